"""How tests ended is kept: over restarts, cancelled tests, undo; and is tied to the settings."""

from __future__ import annotations

import re
import stat
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from storage_core import ConfigFile
from tests.quoting import in_toml
from tests.tui.driving import enter, press, screen_text, settle, the_list, write
from tui.app import StorageApp
from tui.features.check import dialog as probe_screen
from tui.session import state


def local(tmp_path: Path) -> Path:
    """Two storages that work."""
    return write(
        tmp_path / "storage.toml",
        "".join(
            f'[storage.{name}]\ntype = "local"\nstorage_path = {in_toml(tmp_path / name)}\n'
            for name in ("one", "two")
        ),
    )


def sign(pilot: Pilot[Any], name: str) -> str:
    """The sign of the last test in the list."""
    list_ = the_list(pilot).table.scrollable_content_region
    lines = [line[list_.x :] for line in screen_text(pilot).splitlines()]
    return next(line[1] for line in lines if f" {name} " in line[:40])


def details(pilot: Pilot[Any]) -> str:
    """What the details say, however they are wrapped."""
    return " ".join(str(the_list(pilot).query_one("#detail Static", Static).render()).split())


async def test_results_are_there_after_a_restart_with_their_time(tmp_path: Path) -> None:
    path = local(tmp_path)
    before = path.read_bytes()
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "t", "enter")
        assert sign(pilot, "one") == "✓"
        told = re.search(r"✓ tested \d\d:\d\d", details(pilot))
        assert told is not None
    assert path.read_bytes() == before
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        assert (sign(pilot, "one"), sign(pilot, "two")) == ("✓", " ")
        assert told.group() in details(pilot)
    other = write(tmp_path / "other.toml", path.read_text())
    async with StorageApp(other).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        assert sign(pilot, "one") == " "


async def test_a_test_has_an_age_in_the_list_once_that_says_something(tmp_path: Path) -> None:
    async with StorageApp(local(tmp_path)).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "t", "enter")
        session = pilot.app.session  # type: ignore[attr-defined]
        row = the_list(pilot).row
        assert re.search(r"✓ +LOCAL +one ", screen_text(pilot))
        old = session.result(row)._replace(when=session.result(row).when - timedelta(minutes=3))
        session.workspace.results.add(row.id, row.entry, old)
        the_list(pilot).redraw(row)
        await settle(pilot)
        assert re.search(r"✓ +3 m +LOCAL +one ", screen_text(pilot))


@pytest.mark.parametrize("again", [False, True], ids=["opened anew", "tested again"])
async def test_a_test_that_is_cancelled_keeps_the_result_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, again: bool
) -> None:
    release, real = threading.Event(), probe_screen.probe

    def hanging(*args: Any, **how: Any) -> Iterator[Any]:
        release.wait()
        yield from real(*args, **how)

    async with StorageApp(local(tmp_path)).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "t", *([] if again else ["enter"]))
        monkeypatch.setattr(probe_screen, "probe", hanging)
        await pilot.press("t")
        await pilot.pause()
        await pilot.press("escape")
        release.set()
        await settle(pilot)
        assert pilot.app.screen is the_list(pilot)
        assert sign(pilot, "one") == "✓"
        assert "✓ tested" in details(pilot)


async def test_undo_brings_a_result_back_and_rename_keeps_it(tmp_path: Path) -> None:
    path = local(tmp_path)
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "t", "enter", "x", "d")
        assert "one" not in ConfigFile(path).load()
        await press(pilot, "u")
        assert sign(pilot, "one") == "✓"
        await press(pilot, "r", "end", "b", "enter")
        assert "oneb" in ConfigFile(path).load()
        assert sign(pilot, "oneb") == "✓"


async def test_a_result_is_old_while_the_settings_are_others_however_they_were_changed(
    tmp_path: Path,
) -> None:
    path = local(tmp_path)
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "t", "enter", "e", "end")
        await enter(pilot, "x")
        await press(pilot, "ctrl+s")
        assert sign(pilot, "one") == "?"
        assert "worked; the settings are others now" in details(pilot)
        await press(pilot, "u")
        assert sign(pilot, "one") == "✓"
    text = path.read_text()
    write(path, text.replace("/one", "/elsewhere"))
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        assert sign(pilot, "one") == "?"
        write(path, text)
        await press(pilot, "f5")
        assert sign(pilot, "one") == "✓"
        await press(pilot, "t", "enter")
        assert sign(pilot, "one") == "✓"


async def test_tags_and_protection_leave_a_result_as_it_is(tmp_path: Path) -> None:
    path = local(tmp_path)
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "t", "enter")
        ConfigFile(path).update("one", tags=["prod"], protected=True)
        await press(pilot, "f5")
        assert "#prod" in details(pilot)
        assert sign(pilot, "one") == "✓"


async def test_nothing_secret_is_kept_and_another_secret_makes_a_result_old(
    tmp_path: Path, server_down_url: str
) -> None:
    secret, other = token_hex(), token_hex()
    path = write(
        tmp_path / "storage.toml",
        f'[storage.kv]\ntype = "kv"\napi_address = "{server_down_url}"\n'
        f'token = "{secret}"\ntimeout = 0.2\n',
    )
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "t", "escape")
        assert sign(pilot, "kv") == "✗"
        (kept,) = _folder().iterdir()
        assert secret not in kept.read_text()
        assert "reach the server" in kept.read_text()
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        write(path, path.read_text().replace(secret, other))
        await press(pilot, "f5")
        assert sign(pilot, "kv") == "?"
        assert "failed; the settings are others now" in details(pilot)


@pytest.mark.parametrize(
    "rubbish",
    [
        "",
        "[]",
        "{",
        '{"ID": 7}',
        '{"ID": [7, [], [1e99, true, "", []], [0, true, "", [[]]], [0, 1, 2, 3]]}',
        "\x00" * 99,
    ],
)
async def test_rubbish_in_the_place_of_results_counts_as_nothing(
    tmp_path: Path, rubbish: str
) -> None:
    path = local(tmp_path)
    app = StorageApp(path)
    kept = app.session.workspace.results._file()
    assert kept is not None
    kept.parent.mkdir(parents=True)
    id = ConfigFile(path).load()["one"].id
    kept.write_text(rubbish.replace("ID", str(id)))
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        assert sign(pilot, "one") == " "
        await press(pilot, "t", "escape")
        assert sign(pilot, "one") == "✓"
    assert str(id) in kept.read_text()


async def test_two_apps_on_one_file_keep_the_results_of_both(tmp_path: Path) -> None:
    path = local(tmp_path)
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        async with StorageApp(path).run_test(size=(120, 40)) as other:
            await settle(other)
            await press(other, "t", "enter")
        await press(pilot, "f5")
        assert (sign(pilot, "one"), sign(pilot, "two")) == ("✓", " ")
        await press(pilot, "j", "t", "enter")
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        assert (sign(pilot, "one"), sign(pilot, "two")) == ("✓", "✓")


def test_results_that_cannot_be_kept_are_no_error(tmp_path: Path) -> None:
    _folder().parent.parent.mkdir(parents=True, exist_ok=True)
    _folder().parent.write_text("a file in the place of the folder")
    results = StorageApp(local(tmp_path)).session.workspace.results
    results.save()
    assert len(results) == 0


def _folder() -> Path:
    beside = state.path()
    assert beside is not None
    return beside.parent / "tests"
