"""The room below the list: what is known of the selection, asked of nobody."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from storage_core.check import Step, StepResult
from tests.quoting import in_toml
from tests.tui.browsing import filled
from tests.tui.driving import enter, opened, press, screen_text, settle, the_list, write
from tui.features.configurations.room.blobs import newest
from tui.features.configurations.room.room import Room
from tui.kit.sheet import Sheet
from tui.kit.table import Table
from tui.session import checks
from tui.session.listing import Listed
from tui.session.recent import Seen

WIDE = (120, 40)


def pane(pilot: Pilot[Any], name: str) -> str:
    """What a pane says, however it is wrapped."""
    sheet = the_list(pilot).query_one(f"#{name}", Sheet)
    lines = ["".join(text for text, _ in line) for line in sheet.lines]
    return " ".join(" ".join([*lines, str(sheet.border_subtitle or "")]).split())


def two(tmp_path: Path) -> Path:
    """One storage that works, one that does not."""
    (tmp_path / "file").touch()
    (tmp_path / "blobs").mkdir(exist_ok=True)
    places = {"good": tmp_path / "blobs", "bad": tmp_path / "file" / "below"}
    text = "".join(
        f'[storage.{name}]\ntype = "local"\nstorage_path = {in_toml(place)}\n'
        for name, place in places.items()
    )
    return write(tmp_path / "storage.toml", text)


async def test_the_last_test_is_shown_step_by_step_with_times_and_the_remedy(
    tmp_path: Path,
) -> None:
    async with opened(two(tmp_path), WIDE) as pilot:
        assert pane(pilot, "last-test") == "Not tested yet; t does it."
        await press(pilot, "t", "escape", "j", "t", "escape")
        assert re.search(r"✓ read the settings .*✗ find the folder", pane(pilot, "last-test"))
        assert "is no folder" in pane(pilot, "last-test") or "file" in pane(pilot, "last-test")
        assert re.match(r"✗ \d\d:\d\d .* find the folder$", pane(pilot, "last-five"))
        await press(pilot, "k")
        assert re.search(r"✓ write a blob [\d.]+ m?s .*✓ delete it", pane(pilot, "last-test"))
        assert "✓ delete it" in screen_text(pilot)
    async with opened(two(tmp_path), WIDE) as pilot:
        # After a restart too; other settings make it old.
        assert "✓ delete it" in pane(pilot, "last-test")
        await press(pilot, "e", "end")
        await enter(pilot, "2")
        await press(pilot, "ctrl+s")
        assert "? The settings are others now; t tests them." in pane(pilot, "last-test")
        assert pane(pilot, "last-five").endswith("?")


async def test_the_last_five_tests_have_their_day_and_a_bar_of_how_long_they_took(
    tmp_path: Path,
) -> None:
    async with opened(two(tmp_path), WIDE) as pilot:
        row = the_list(pilot).row
        assert row is not None
        results = pilot.app.session.workspace.results  # type: ignore[attr-defined]
        now = datetime.now()  # noqa: DTZ005 (local time is what is shown)
        for number in range(7):
            step = StepResult(Step("open", "read the settings"), True, 0.1 * (number + 1))
            when = now - timedelta(days=2) + timedelta(seconds=number)
            results.add(row.id, row.entry, checks.TestResult(when, (step,), True))
        the_list(pilot).redraw()
        await settle(pilot)
        sheet = the_list(pilot).query_one("#last-five", Sheet)
        lines = ["".join(text for text, _ in line) for line in sheet.lines]
        assert [line.split()[3:5] for line in lines] == [
            [str(took), "ms"] for took in (700, 600, 500, 400, 300)
        ]
        assert all(f"{now - timedelta(days=2):%m-%d}" in line or "-" in line for line in lines)
        bars = [line.count("━") for line in lines]
        assert bars == sorted(bars, reverse=True)
        assert bars[0] > bars[-1] > 0


async def test_newest_blobs_are_those_of_the_last_browse_and_never_listed_by_the_cursor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(filled(tmp_path), WIDE) as pilot:
        await press(pilot, "j", "k")
        assert pane(pilot, "newest-blobs") == "Not looked at yet; b does it."
        await press(pilot, "b", "escape")
        text = pane(pilot, "newest-blobs")
        assert re.search(r"results delta +\S+ B ", text)
        assert re.search(r"of 5 · \d\d:\d\d$", text)
        monkeypatch.setattr("storage_core.store.Store.list", None)
        await press(pilot, "j", "k")
        assert pane(pilot, "newest-blobs") == text


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (90, r"results forecast-of-stores-2026-11-23\.json +3 B +2 days"),
        (51, r"results forecast-of-stores-2026-11-23\.json +3 B +2 d"),
        (43, r"forecast-of-stores-2026-11-23\.json +3 B +2 d"),
        (32, r"forecast-of…-11-23\.json +3 B +2 d"),
    ],
)
def test_of_a_newest_blob_age_and_kind_are_shortened_before_its_name_is_cut(
    width: int, line: str
) -> None:
    now = datetime.now(UTC)
    names = ["forecast-of-stores-2026-11-23.json", "a"]
    when = now - timedelta(days=2)
    blobs = tuple(Listed(f"results/{name}", "results", name, 3, when) for name in names)
    lines = newest(width, Seen(blobs, 3, datetime.now(), ""), "b", now)  # noqa: DTZ005
    texts = ["".join(text for text, _ in each) for each in lines]
    assert re.fullmatch(line, texts[0])
    assert {cell_len(text) for text in texts} == {width}


async def test_a_secret_that_is_not_set_is_named_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ACME_PROD_S3_SECRET", raising=False)
    text = '[storage.a]\ntype = "s3"\nbucket = "b"\n'
    text += 'aws_secret_access_key = "env:ACME_PROD_S3_SECRET"\n'
    async with opened(write(tmp_path / "storage.toml", text), (110, 40)) as pilot:
        assert "$ env:ACME_PROD_S3_SECRET not set ⚠" in pane(pilot, "secrets")


async def test_newest_blobs_are_those_that_a_test_has_listed_until_one_browses(
    tmp_path: Path,
) -> None:
    async with opened(filled(tmp_path), WIDE) as pilot:
        await press(pilot, "t", "enter")
        text = pane(pilot, "newest-blobs")
        assert "flows" not in text
        assert "storage-test" not in text
        assert re.search(r"results delta .* of \d results · \d\d:\d\d$", text)
        await press(pilot, "b", "escape")
        text = pane(pilot, "newest-blobs")
        assert re.search(r" of 5 · \d\d:\d\d$", text)
        await press(pilot, "t", "enter")
        assert pane(pilot, "newest-blobs") == text


async def test_secrets_are_told_by_where_they_are_and_never_by_their_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, option, password, kept = (token_hex() for _ in range(4))
    monkeypatch.setenv("ROOM_SECRET", kept)
    monkeypatch.delenv("ROOM_NOWHERE", raising=False)
    path = write(
        tmp_path / "storage.toml",
        f"""\
[storage.one]
type = "s3"
bucket = "acme"
aws_access_key_id = "env:ROOM_NOWHERE"
aws_secret_access_key = "env:ROOM_SECRET"
aws_session_token = "keyring:storage/one"
endpoint_url = "https://user:{password}@127.0.0.1:1"
options = {{ client_kwargs = {{ aws_secret = "{option}" }}, token = {{ ref = "file:/run/s3" }} }}

[storage.two]
type = "s3"
bucket = "acme"
aws_access_key_id = "AKIAEXAMPLE"
aws_secret_access_key = "{plain}"

[storage.three]
type = "local"
storage_path = "/data"
""",
    )
    path.chmod(0o600)
    async with opened(path, WIDE) as pilot:
        text = pane(pilot, "secrets")
        assert "$ env:ROOM_NOWHERE not set ⚠" in text
        assert "$ env:ROOM_SECRET set" in text
        assert "AWS Session Token ⚿ keyring:storage/one" in text
        assert "Endpoint URL in this file ⚠" in text
        assert "Options: token ≡ file:/run/s3" in text
        await press(pilot, "j")
        assert "AWS Secret Access Key in this file ⚠ m moves" in pane(pilot, "secrets")
        drawn = screen_text(pilot)
        await press(pilot, "j")
        assert pane(pilot, "secrets") == "No setting of it is a secret."
        for secret in (plain, option, password, kept):
            assert secret not in drawn + text
    assert os.environ["ROOM_SECRET"] == kept


async def test_a_broken_configuration_and_an_empty_selection_say_what_is_wrong(
    tmp_path: Path,
) -> None:
    text = '[storage.wrong]\ntype = "s3"\nbucke = "acme"\n'
    async with opened(write(tmp_path / "storage.toml", text), WIDE) as pilot:
        assert "has to be mended" in pane(pilot, "last-test")
        assert "did you mean bucket?" in pane(pilot, "last-test")
        assert "⚠ line 3" in pane(pilot, "origin")
        await press(pilot, "slash", *"nowhere")
        assert pane(pilot, "last-test") == "Nothing is selected."
        assert pane(pilot, "secrets") == ""
    async with opened(write(tmp_path / "storage.toml", "default = \n"), WIDE) as pilot:
        assert not the_list(pilot).query_one(Room).region.height
        assert "cannot be read" in screen_text(pilot)


@pytest.mark.parametrize("size", [(120, 40), (100, 30), (80, 24), (60, 20)])
async def test_keys_lead_from_pane_to_pane_and_back_at_every_size(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with opened(two(tmp_path), size) as pilot:
        await press(pilot, "t", "enter")
        beside = size[0] >= 110
        assert ("Last five tests" in screen_text(pilot)) == beside
        seen = []
        for _ in range(7):
            seen.append(getattr(pilot.app.focused, "id", None))
            await press(pilot, "l")
            focused = pilot.app.focused
            assert focused is not None
            assert 0 < focused.region.y < size[1] - 1
            assert focused.region.height
        names = ["last-test", "newest-blobs", "last-five", "secrets", "origin"]
        assert seen == ["list", "detail", *names]
        await press(pilot, *"hhhh")
        assert getattr(pilot.app.focused, "id", None) == "last-test"
        line = next(each for each in screen_text(pilot).splitlines() if "✓ delete it" in each)
        assert re.search(r"✓ delete it +[\d.]+ m?s", line)
        await press(pilot, "tab")
        assert getattr(pilot.app.focused, "id", None) == "newest-blobs"
        # What commands do does not depend on the pane that one reads in.
        await press(pilot, "escape")
        assert getattr(pilot.app.focused, "id", None) == "list"
        assert ("Last five tests" in screen_text(pilot)) == beside


async def test_the_room_takes_the_place_that_was_free_for_it_and_nothing_jumps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes, resized = set(), Table.on_resize

    def on_resize(table: Table[Any]) -> None:
        sizes.add(table.size)
        resized(table)

    monkeypatch.setattr(Table, "on_resize", on_resize)
    async with opened(two(tmp_path), WIDE) as pilot:
        assert the_list(pilot).query_one(Room).region.height
        assert sizes == {the_list(pilot).table.size}


@pytest.mark.parametrize(
    ("rows", "many", "there"), [(30, 8, True), (30, 50, False), (40, 50, True)]
)
async def test_the_room_gives_way_to_a_long_list_on_a_terminal_that_is_not_high(
    tmp_path: Path, rows: int, many: int, there: bool
) -> None:
    text = "".join(
        f'[storage.s{number}]\ntype = "local"\nstorage_path = "/d"\n' for number in range(many)
    )
    async with opened(write(tmp_path / "s.toml", text), (120, rows)) as pilot:
        assert (the_list(pilot).query_one(Room).region.height > 0) == there
        await press(pilot, "slash", *"s1", "enter")
        assert (the_list(pilot).query_one(Room).region.height > 0) == there
        await press(pilot, "l", "l")
        assert "Not tested yet" in screen_text(pilot)


async def test_a_failure_is_explained_in_one_place(tmp_path: Path) -> None:
    async with opened(two(tmp_path), WIDE) as pilot:
        await press(pilot, "j", "t", "enter")
        result = pilot.app.session.result(the_list(pilot).row)  # type: ignore[attr-defined]
        said = result.failure.message

        def details() -> str:
            return " ".join(str(the_list(pilot).query_one("#detail Static").render()).split())

        assert "could not find the folder" in details()
        assert said.split()[-1] not in details()
        assert said.split()[-1] in pane(pilot, "last-test")
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert said.split()[-1] in details()
