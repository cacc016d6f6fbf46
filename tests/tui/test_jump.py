"""Jump letters: a letter over everything that can have the focus, or do something when clicked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.geometry import Region
from textual.pilot import Pilot
from textual.screen import Screen
from textual.theme import BUILTIN_THEMES
from textual.widgets import Button, Input, OptionList

from tests.quoting import in_toml
from tests.tui.browsing import browsing
from tests.tui.driving import (
    TWO,
    burst,
    enter,
    opened,
    press,
    screen_text,
    selected,
    settle,
    the_list,
    words,
    write,
)
from tests.tui.test_browse_folders import shared
from tests.tui.test_colours import color
from tests.tui.test_contrast import NAMES
from tui.app import StorageApp
from tui.features.blobs.folders import FolderBar
from tui.features.configurations.table import SORTED_BY
from tui.kit.jump import KEYS, JumpScreen, labels
from tui.kit.legible import contrast
from tui.kit.table import Table
from tui.kit.theme import THEMES

SCREENS: dict[str, Sequence[str]] = {
    "list": [],
    "filter": ["/"],
    "types": ["n"],
    "form": ["e", "f3"],
    "blobs": ["j", "b"],
    "question": ["x"],
    "name": ["r"],
    "test": ["j", "t"],
    "help": ["f1"],
    "palette": ["ctrl+p"],
}


NAME = re.compile(r"\bn\d+\b")

CASES = [
    *((name, (80, 24)) for name in SCREENS),
    *(("list", size) for size in ((120, 40), (60, 20))),
    ("form", (60, 20)),
]


def over(pilot: Pilot[Any]) -> JumpScreen:
    """The letters that are shown."""
    screen = pilot.app.screen
    assert isinstance(screen, JumpScreen)
    return screen


def in_sight(screen: Screen[Any]) -> set[Any]:
    """What can have the focus, and is seen."""
    return {w for w in screen.focus_chain if screen.find_widget(w).visible_region}


def has_rows(widget: Any) -> bool:
    """Whether it is a list that is not empty."""
    rows = widget.rows if isinstance(widget, Table) else getattr(widget, "options", ())
    return bool(rows)


@pytest.mark.parametrize(("name", "size"), CASES)
async def test_everything_that_can_have_the_focus_has_a_letter_and_typing_it_goes_there(
    tmp_path: Path, name: str, size: tuple[int, int]
) -> None:
    path = write(tmp_path / "storage.toml", TWO.replace('"/data/storage"', in_toml(tmp_path / "d")))
    async with StorageApp(path).run_test(size=size) as pilot:
        await settle(pilot)
        await press(pilot, *SCREENS[name])
        below, before, focused = pilot.app.screen, screen_text(pilot), pilot.app.screen.focused
        await press(pilot, "ctrl+o")
        text = screen_text(pilot).splitlines()
        to_focus = {}
        for label, spot in over(pilot).spots.items():
            assert label in text[spot.place.y], label
            if isinstance(spot.go, partial) and spot.go.func == below.set_focus:
                to_focus[spot.go.args[0]] = label
        # In the list that has the focus its rows have letters.
        assert to_focus.keys() == in_sight(below) - {*filter(has_rows, [focused])}
        await press(pilot, "escape")
        assert (screen_text(pilot), below.focused) == (before, focused)
        for last, label in [*to_focus.items()][-1:]:
            await press(pilot, "ctrl+o", *label)
            assert (pilot.app.screen, below.focused) == (below, last)


async def test_a_letter_clicks_the_head_of_a_column_and_the_kinds_of_blobs(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml", TWO.replace('"/data/storage"', in_toml(tmp_path / "d")))
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await jump_to(pilot, "Location")
        assert [row.name for row in the_list(pilot).table.rows][:2] == ["laptop", "prod"]
        await press(pilot, "g", "b")
        await jump_to(pilot, "Folders")
        assert pilot.app.screen.query_one(FolderBar).chosen == 3


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
async def test_letters_before_the_folders_above_the_blobs_lead_up(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    path, last = shared(tmp_path), tmp_path / "blobs" / "models" / "bert" / "v1"
    last.mkdir(parents=True)
    async with opened(path, size) as pilot:
        await press(pilot, "b")
        screen = browsing(pilot)
        screen._enter("models/bert/v1")
        await settle(pilot)
        # None leads to where one is, and none hides a name.
        for path_now, place, rows in (
            (r"/blobs (\w) models (\w) bert › v1", 2, ["v1"]),
            (r"/blobs (\w) models › bert", 1, ["bert"]),
            (r"(\w)\S*/blobs › models", 1, ["models", "results", "top.json"]),
        ):
            await press(pilot, "ctrl+o")
            found = re.search(path_now, screen_text(pilot))
            assert found is not None, screen_text(pilot)
            await press(pilot, found[place])
            assert pilot.app.screen is screen
            assert {*rows} <= {row.name for row in screen.table.rows}


async def jump_to(pilot: Pilot[Any], text: str) -> None:
    """Type the letter that stands nearest to a text."""
    lines = screen_text(pilot).splitlines()
    y = max(y for y, line in enumerate(lines) if text in line)
    await press(pilot, "ctrl+o")
    x = lines[y].index(text)
    beside = {
        min(abs(spot.place.x - x), abs(spot.place.x - x - len(text))): label
        for label, spot in over(pilot).spots.items()
        if spot.place.y == y
    }
    assert text.strip() in screen_text(pilot).splitlines()[y], "no word is hidden by a letter"
    await press(pilot, *beside[min(beside)])


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
async def test_a_letter_before_each_row_in_sight_of_5_000_leads_there_and_hides_no_name(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    many = "".join(f'[storage.n{n}]\ntype = "s3"\nbucket = "acme-{n}"\n' for n in range(5000))
    async with opened(write(tmp_path / "storage.toml", f"version = 1\n{many}"), size) as pilot:
        await press(pilot, "pagedown", "pagedown")
        before = screen_text(pilot).splitlines()
        await press(pilot, "ctrl+o")
        rows = {each.place.y: label for label, each in over(pilot).spots.items() if each.is_row}
        assert len(rows) == the_list(pilot).table.size.height - 1
        text = screen_text(pilot).splitlines()
        name = {line: NAME.findall(before[line])[0] for line in rows}
        assert all(NAME.findall(text[line])[0] == name[line] for line in rows)
        await press(pilot, *rows[max(rows)])
        assert selected(pilot).name == name[max(rows)]
        assert the_list(pilot).table.has_focus


async def test_the_two_columns_of_the_test_are_one_head_to_jump_to(tmp_path: Path) -> None:
    async with opened(write(tmp_path / "storage.toml"), (120, 40)) as pilot:
        for _ in range(2):
            await press(pilot, "ctrl+o")
            heads = [label for label, each in over(pilot).spots.items() if each.place.y == 2]
            assert len(heads) == len({*SORTED_BY.values()})
            await press(pilot, *heads[0])
        assert "by status, reversed" in screen_text(pilot)


async def test_types_have_letters_which_choose_none_of_them(tmp_path: Path) -> None:
    async with opened(write(tmp_path / "storage.toml")) as pilot:
        await press(pilot, "n")
        before = pilot.app.screen
        types = before.query_one(OptionList)
        await jump_to(pilot, "Google Cloud")
        assert "Google" in str(types.highlighted_option and types.highlighted_option.prompt)
        assert pilot.app.screen is before


async def test_a_button_only_gets_the_focus(tmp_path: Path) -> None:
    async with StorageApp(write(tmp_path / "storage.toml")).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "x")
        await jump_to(pilot, "Delete")
        assert isinstance(pilot.app.focused, Button)
        assert str(pilot.app.focused.label) == "Delete"
        assert (tmp_path / "storage.toml").read_text() == TWO


async def test_letters_that_are_typed_at_once_do_not_go_into_the_field(tmp_path: Path) -> None:
    async with StorageApp(write(tmp_path / "storage.toml")).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "e")
        await burst(pilot, "ctrl+o", "f", "x")
        field = pilot.app.focused
        assert isinstance(field, Input)
        assert field.value.replace("PROD_S3_SECRET", "") == "x"
        assert pilot.app.screen.query(Input).first().value == "acme-results"


async def test_the_key_can_be_another_and_leaves_its_own_to_whoever_wants_it(
    tmp_path: Path,
) -> None:
    keys = '[app.keys]\njump = "f"\nsave = "ctrl+o"\n'
    async with StorageApp(write(tmp_path / "storage.toml", TWO + keys)).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "f")
        over(pilot)
        await press(pilot, "escape", "e")
        await enter(pilot, "f")
        assert isinstance(pilot.app.focused, Input)
        await press(pilot, "ctrl+o")
        assert 'bucket = "acme-resultsf"' in (tmp_path / "storage.toml").read_text()


async def test_a_command_with_the_key_of_old_keeps_it(tmp_path: Path) -> None:
    keys = '[app.keys]\nsave = "ctrl+o"\n'
    async with StorageApp(write(tmp_path / "storage.toml", TWO + keys)).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "ctrl+o", "escape", "e", "f1")
        assert "Ctrl+O Save Write" in words(pilot)
        assert "Ctrl+O Jump" not in words(pilot)
        await press(pilot, "escape", "x", "ctrl+o")
        assert 'bucket = "acme-resultsx"' in (tmp_path / "storage.toml").read_text()


@pytest.mark.parametrize("ends", ["escape", "ctrl+o", "enter", "9", "m"])
async def test_any_key_but_a_letter_that_is_shown_ends_it_and_does_nothing_else(
    tmp_path: Path, ends: str
) -> None:
    async with StorageApp(write(tmp_path / "storage.toml")).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "ctrl+o", ends)
        assert pilot.app.screen is the_list(pilot)
        assert the_list(pilot).focused is the_list(pilot).table


async def test_another_size_ends_it(tmp_path: Path) -> None:
    async with StorageApp(write(tmp_path / "storage.toml")).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "ctrl+o")
        await pilot.resize_terminal(60, 20)
        await settle(pilot)
        assert pilot.app.screen is the_list(pilot)


@pytest.mark.parametrize("count", [0, 1, 35, 36, 69, 70, 300, 1225])
def test_no_label_begins_another_and_most_are_one_key(count: int) -> None:
    made = labels([("asdfghjkl", "qwertyuiop", "123456789zxcvbnm")[n % 3] for n in range(count)])
    assert len(set(made)) == count
    assert all(set(label) <= set(KEYS) and 1 <= len(label) <= 2 for label in made)
    assert not [one for one in made for other in made if one != other and other.startswith(one)]
    assert count > len(KEYS) or all(len(label) == 1 for label in made)


async def test_what_is_there_again_has_the_same_letter(tmp_path: Path) -> None:
    found = []
    for size in ((120, 40), (110, 30), (80, 24)):
        async with opened(write(tmp_path / "storage.toml"), size) as pilot:
            for keys in ([], ["tab"], ["j", "s"]):
                await press(pilot, *keys, "ctrl+o")
                letters = {
                    spot.go.args[0].id: label
                    for label, spot in over(pilot).spots.items()
                    if isinstance(spot.go, partial) and spot.go.func == the_list(pilot).set_focus
                }
                heads = "".join(each for each in over(pilot).spots if each in "qwertyuiop")
                found.append((letters, heads))
                await press(pilot, "escape")
    assert {heads for _, heads in found} == {"qwer"}
    everywhere = {each for letters, _ in found for each in letters}
    assert {"list", "detail"} <= everywhere, everywhere
    for name in everywhere:
        assert len({letters[name] for letters, _ in found if name in letters}) == 1


async def test_two_letters_lead_on_where_there_are_many(tmp_path: Path) -> None:
    async with StorageApp(write(tmp_path / "storage.toml")).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        heads = [
            (Region(x, 0, 1, 1), partial(the_list(pilot).rows.select, "laptop"))
            for x in range(2, 82, 2)
        ]
        the_list(pilot).table.clickable = lambda: iter(heads)  # type: ignore[method-assign]
        await press(pilot, "ctrl+o")
        two = next(label for label in over(pilot).spots if len(label) == 2)
        await press(pilot, two[0])
        assert {label[0] for line in over(pilot).drawn.values() for _, label in line} == {two[0]}
        await press(pilot, two[1])
        assert selected(pilot).name == "laptop"


async def test_letters_have_no_colour_where_none_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened(write(tmp_path / "storage.toml")) as pilot:
        await press(pilot, "ctrl+o")
        for strip in over(pilot)._compositor.render_strips():
            for segment in strip:
                assert segment.style is not None
                for each in (segment.style.color, segment.style.bgcolor):
                    assert each is None or len({*each.get_truecolor()}) == 1, segment


@pytest.mark.parametrize(("ink", "ground"), [("background", "accent"), ("foreground", "panel")])
def test_letters_are_legible_in_every_theme(ink: str, ground: str) -> None:
    every = {**BUILTIN_THEMES, **{theme.name: theme for theme in THEMES}}
    for name in NAMES:
        assert contrast(color(every[name], ink), color(every[name], ground)) >= 3, name
