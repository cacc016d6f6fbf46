"""Several rows at once: chosen, tested, deleted, tagged; and rows in groups."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from storage_core.check import Step, StepResult
from tests.tui.driving import (
    enter,
    names,
    opened,
    press,
    read,
    said,
    screen_text,
    selected,
    settle,
    the_list,
    until,
    words,
    write,
)
from tests.tui.test_rows import visible
from tui.session import checks

FIVE = """\
version = 1
default = "alpha"

[storage.alpha]
type = "temporary"
tags = ["prod"]

[storage.bravo]
type = "temporary"

[storage.charlie]
type = "local"
storage_path = "/data/charlie"
tags = ["prod", "eu"]

[storage.delta]
type = "temporary"

[storage.echo]
type = "local"
storage_path = "/data/echo"
protected = true
read_only = true
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(tmp_path / "storage.toml", FIVE)


def chosen(pilot: Pilot[Any]) -> list[str]:
    return [row.name for row in the_list(pilot).rows.chosen]


def line(pilot: Pilot[Any], name: str) -> str:
    """The line of the list that has this name in it."""
    return next(line for line in visible(pilot) if f" {name} " in line)


def below(pilot: Pilot[Any]) -> str:
    """What stands in the frame below the list."""
    return str(the_list(pilot).query_one("#left").border_subtitle)


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
async def test_rows_are_chosen_one_by_one_and_all_at_once(
    path: Path, size: tuple[int, int]
) -> None:
    async with opened(path, size) as pilot:
        await press(pilot, "space", "j", "a")
        assert chosen(pilot) == ["alpha", "charlie"]
        assert selected(pilot).name == "delta"
        assert below(pilot).endswith("2 chosen")
        assert "2 chosen" in screen_text(pilot)
        assert "t Test 2" in screen_text(pilot)
        assert line(pilot, "alpha").startswith("●")
        assert "●" not in line(pilot, "bravo")
        await press(pilot, "k", "space")
        assert chosen(pilot) == ["alpha"]
        await press(pilot, "A")
        assert chosen(pilot) == names(pilot)
        await press(pilot, "A")
        assert chosen(pilot) == []
        assert " chosen" not in screen_text(pilot)
        await press(pilot, "G", "space")
        assert chosen(pilot) == []
        assert "built in" in said(pilot)
        await press(pilot, "g", "space", "space", "escape")
        assert chosen(pilot) == []


async def test_what_a_filter_hides_stays_chosen_and_is_left_alone_meanwhile(path: Path) -> None:
    async with opened(path) as pilot:
        await press(pilot, "space", "space", "slash", *"alpha", "enter")
        assert chosen(pilot) == ["alpha"]
        assert below(pilot) == "1 of 5 · 1 chosen, 1 hidden"
        await press(pilot, "x")
        await press(pilot, "d")
        await press(pilot, "escape")
        assert names(pilot) == ["bravo", "charlie", "delta", "echo"]
        assert chosen(pilot) == ["bravo"]


async def test_t_tests_those_that_are_chosen(path: Path) -> None:
    async with opened(path) as pilot:
        await press(pilot, "space", "space", "t")
        await until(pilot, lambda: "all 2 work" in said(pilot))
        await settle(pilot)
        results = pilot.app.session.workspace.results
        assert [bool(results.of(row.id, row.entry)) for row in the_list(pilot).table.rows] == [
            *(True, True, False, False, False, False)
        ]
        assert "all 2 work" in said(pilot)
        assert below(pilot) == "5 · ✓ 2 · 2 chosen"


async def test_one_question_and_one_undo_for_all_that_are_deleted(path: Path) -> None:
    async with opened(path, (100, 30)) as pilot:
        await press(pilot, "j", "space", "space", "space", "x")
        assert "Delete 3 configurations?" in screen_text(pilot)
        for name in ("bravo", "charlie", "delta"):
            assert f"• {name}" in screen_text(pilot)
        await press(pilot, "enter")
        assert len(names(pilot)) == 5
        await press(pilot, "x", "right", "enter")
        assert names(pilot) == ["alpha", "echo"]
        await press(pilot, "u")
        assert read(path)["storage"].keys() == {"alpha", "bravo", "charlie", "delta", "echo"}
        assert "Undone: delete 3 configurations." in said(pilot)


async def test_a_protected_one_among_several_has_to_be_typed(path: Path) -> None:
    async with opened(path, (100, 30)) as pilot:
        await press(pilot, "A", "x")
        assert "alpha is the default" in words(pilot)
        await press(pilot, *"ech", "enter")
        assert len(names(pilot)) == 5
        await press(pilot, "o", "enter")
        assert names(pilot) == []
    assert "storage" not in read(path)


async def test_the_ids_of_several_are_copied_one_in_a_line(path: Path) -> None:
    async with opened(path) as pilot:
        await press(pilot, "space", "space", "c")
        ids = [row.id for row in the_list(pilot).rows.chosen]
        assert pilot.app.clipboard.splitlines() == ids


async def test_tags_of_several_are_changed_in_one_step(path: Path) -> None:
    async with opened(path) as pilot:
        await press(pilot, "space", "j", "space", "space", "number_sign")
        assert "Tags of 3 configurations" in screen_text(pilot)
        lines = words(pilot)
        assert "[–] #eu 1 of 3" in lines
        assert "[–] #prod 2 of 3" in lines
        # The first: all get it; the second: none keeps it.
        await press(pilot, "space", "j", "space", "space", "shift+tab", *"a.b", "space", *"#x")
        await press(pilot, "enter", "ctrl+s")
        tables = read(path)["storage"]
        assert tables["alpha"]["tags"] == ["eu", "a.b", "x"]
        assert tables["charlie"]["tags"] == ["eu", "a.b", "x"]
        assert tables["delta"]["tags"] == ["eu", "a.b", "x"]
        assert "tags" not in tables["bravo"]
        assert "#a.b" in screen_text(pilot)
        await press(pilot, "u")
    assert path.read_text() == FIVE  # noqa: ASYNC240


async def test_enter_adds_what_is_typed_and_enter_once_more_saves(path: Path) -> None:
    async with opened(path) as pilot:
        await press(pilot, "j", "number_sign", "shift+tab", *"new", "enter")
        assert "new" not in read(path)["storage"]["bravo"].get("tags", [])
        await press(pilot, "enter")
        assert "new" in read(path)["storage"]["bravo"]["tags"]


async def test_what_is_no_tag_is_refused_in_the_dialog(path: Path) -> None:
    async with opened(path) as pilot:
        await press(pilot, "j", "number_sign", "shift+tab", *"a!", "ctrl+s")
        assert "✗ it must be words of letters" in words(pilot)
        await press(pilot, "backspace", "ctrl+s")
        assert read(path)["storage"]["bravo"]["tags"] == ["a"]
        await press(pilot, "number_sign", "escape")
        assert len(read(path)["storage"]) == 5


async def test_what_stands_in_another_file_is_neither_tagged_nor_deleted(tmp_path: Path) -> None:
    team = write(tmp_path / "team.toml", '[storage.theirs]\ntype = "temporary"\n')
    path = write(tmp_path / "storage.toml", f'include = ["team.toml"]\n{FIVE}')
    before = team.read_bytes()
    async with opened(path, (100, 30)) as pilot:
        await press(pilot, "A", "number_sign", "shift+tab", *"new", "ctrl+s")
        tables = read(path)["storage"]
        assert all("new" in table["tags"] for table in tables.values()), tables
        assert "theirs" not in tables
        await press(pilot, "x")
        assert "1 more stands in a file that is never changed here." in words(pilot)
        await press(pilot, "escape", "escape", "slash", *"theirs", "enter", "space", "number_sign")
        assert "never changed here" in said(pilot)
    assert team.read_bytes() == before


async def remember_tests(pilot: Pilot[Any]) -> None:
    """One that worked, and one that failed."""
    from datetime import datetime, timedelta

    screen = the_list(pilot)
    for row, ok, hours in zip(screen.table.rows, (True, False), (2, 73), strict=False):
        when = datetime.now() - timedelta(hours=hours, minutes=1)  # noqa: DTZ005
        step = StepResult(Step("find", "find the bucket"), ok, 0.5, "" if ok else "it is not there")
        result = checks.TestResult(when, (step,), True)
        pilot.app.session.workspace.results.add(row.id, row.entry, result)
        screen.redraw(row)
    await settle(pilot)


async def test_a_status_has_its_age_and_a_click_on_it_shows_first_what_fails(path: Path) -> None:
    async with opened(path, (120, 40)) as pilot:
        await remember_tests(pilot)
        assert line(pilot, "alpha")[1:7] == "✓  2 h"
        assert line(pilot, "bravo")[1:7] == "✗  3 d"
        await pilot.click("#list", offset=(visible(pilot)[0].index("Test"), 0))
        await settle(pilot)
        assert names(pilot) == ["bravo", "charlie", "delta", "echo", "alpha"]
        assert "by status" in below(pilot)


async def test_the_order_is_turned_round_by_a_key_and_remembered(path: Path) -> None:
    async with opened(path) as pilot:
        await press(pilot, "S")
        assert names(pilot) == ["echo", "delta", "charlie", "bravo", "alpha"]
        assert the_list(pilot).table.rows[-1].built_in
        await press(pilot, "s", "S")
        assert names(pilot) == ["echo", "delta", "charlie", "bravo", "alpha"]
        assert "Name▴" in screen_text(pilot)
        assert below(pilot) == "5 · by name, reversed"
    async with opened(path) as pilot:
        assert "Name▴" in screen_text(pilot)
        await press(pilot, "S")
        assert names(pilot) == ["alpha", "bravo", "charlie", "delta", "echo"]


async def test_rows_are_grouped_by_type_and_by_tag_and_the_cursor_passes_the_heads(
    path: Path,
) -> None:
    async with opened(path, (120, 40)) as pilot:
        await remember_tests(pilot)
        await press(pilot, "z")
        assert names(pilot) == ["charlie", "echo", "alpha", "bravo", "delta"]
        lines = [line.strip("▌ ") for line in visible(pilot)]
        assert "Local Storage  2" in lines
        assert "Temporary Local Storage  3 · ✓ 1 · ✗ 1" in lines
        assert selected(pilot).name == "alpha"
        await press(pilot, "g")
        seen = [selected(pilot).name]
        while not selected(pilot).built_in:
            await press(pilot, "j")
            seen.append(selected(pilot).name)
        assert seen[:-1] == names(pilot)
        # A click on a head does nothing, one below it goes there.
        await pilot.click("#list", offset=(5, 4))
        assert selected(pilot).built_in
        await pilot.click("#list", offset=(5, 5))
        assert selected(pilot).name == "alpha"
        await press(pilot, "z")
        assert names(pilot) == ["charlie", "alpha", "charlie", "bravo", "delta", "echo"]
        assert "#prod  2 · ✓ 1" in [line.strip("▌ ") for line in visible(pilot)]
        await press(pilot, "A")
        assert chosen(pilot) == ["charlie", "alpha", "bravo", "delta", "echo"]
        assert below(pilot) == "5 · ✓ 1 ✗ 1 · grouped by tag · 5 chosen"
    async with opened(path, (120, 40)) as pilot:
        await press(pilot, "slash")
        await enter(pilot, "eu")
        assert names(pilot) == ["charlie", "charlie"]
        assert "5 of 5" not in screen_text(pilot)
        assert "1 of 5" in screen_text(pilot)
        await press(pilot, "escape", "z")
        assert names(pilot) == ["alpha", "bravo", "charlie", "delta", "echo"]


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
async def test_signs_stand_before_names_and_shift_none_of_them(
    path: Path, size: tuple[int, int]
) -> None:
    async with opened(path, size) as pilot:
        assert len({line(pilot, name).index(name) for name in ("alpha", "bravo", "echo")}) == 1
        assert "  ★ alpha" in line(pilot, "alpha")
        assert "◆⊘   echo" in line(pilot, "echo")
