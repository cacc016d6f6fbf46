"""The palette: groups, keys at the right edge, badges, swatches, and what other screens can do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.command import CommandList
from textual.pilot import Pilot

from tests.quoting import in_toml
from tests.tui.driving import TWO, enter, press, said, screen_text, selected, settle, write
from tests.tui.test_snapshots import FULL
from tui.app import StorageApp
from tui.features.configurations.commands import LIST
from tui.features.doctor.screen import DoctorScreen
from tui.kit.commands import shown_key


async def offered(pilot: Pilot[Any], words: str = "") -> list[str]:
    """What the palette that is open offers for some words, from the top."""
    if words:
        await enter(pilot, words)
    found: CommandList = pilot.app.screen.query_one(CommandList)
    while not found.option_count:
        await pilot.pause()
    while True:
        before = [str(each.prompt) for each in found.options]
        await pilot.pause(0.1)
        if before == [str(each.prompt) for each in found.options]:
            return before


async def test_commands_stand_by_group_each_in_a_line_that_ends_with_its_key(
    tmp_path: Path,
) -> None:
    async with StorageApp(write(tmp_path / "storage.toml", FULL)).run_test(size=(120, 50)) as pilot:
        await settle(pilot)
        await press(pilot, "ctrl+p")
        lines = await offered(pilot)
        groups = [line.split("  ")[0] for line in lines if not line.startswith(" ")]
        declared = list(dict.fromkeys(command.group for command in LIST))
        assert groups == [*declared, "Not now"]
        firsts = [line.split("\n")[0] for line in lines]
        assert len({len(line) for line in firsts}) == 1
        assert any(line.endswith(" Ctrl+O") for line in firsts)
        assert max(map(len, screen_text(pilot).splitlines())) == 120


async def test_what_cannot_be_done_now_stands_last_says_why_and_only_tells_it(
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "storage.toml", FULL)
    async with StorageApp(path).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "ctrl+p")
        lines = [line.split("\n")[0] for line in await offered(pilot)]
        at = next(at for at, line in enumerate(lines) if "Not now" in line)
        keys = {command.label: shown_key(command.keys[0]) for command in LIST}
        able = {name for name, key in keys.items() for line in lines[:at] if line.endswith(key)}
        assert "Edit" in able
        assert not [line for line in lines[at:] if line.split()[-1] in keys.values()]
        lines = await offered(pilot, "undo")
        assert lines[-1].split("\n")[0].split() == ["Undo", "Change", "nothing", "to", "undo"]
        await press(pilot, "up", "enter")
        assert said(pilot) == "Nothing to undo."
        assert path.read_text() == FULL
        await press(pilot, "ctrl+p")
        lines = await offered(pilot, "copy")
        reasons = ["in your file" in line for line in lines]
        assert reasons == [False] * (len(lines) - 1) + [True]


async def test_where_nothing_can_be_changed_the_palette_says_so_on_other_screens_too(
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "storage.toml", TWO.replace('"/data/storage"', in_toml(tmp_path / "d")))
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        write(path, path.read_text().replace("version = 1", "version = 2"))
        await press(pilot, "f5", "j", "b", "ctrl+p")
        (line,) = await offered(pilot, "other tools know")
        assert line.endswith("read-only")
        await press(pilot, "ctrl+u")
        (line,) = await offered(pilot, "folder above")
        assert line.split()[:2] == ["View", "Up"]
        assert line.endswith("no folder above")


async def test_a_configuration_is_found_among_5_000_with_its_badge_and_is_gone_to(
    tmp_path: Path,
) -> None:
    many = "".join(
        f'[storage.n{number}]\ntype = "s3"\nbucket = "acme-{number}"\n' for number in range(5000)
    )
    path = write(tmp_path / "storage.toml", f"version = 1\n{many}")
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "ctrl+p")
        lines = await offered(pilot, "acme-4711")
        assert [line.split() for line in lines] == [["Go", "to", "S3", "n4711", "s3://acme-4711"]]
        await press(pilot, "enter")
        assert selected(pilot).name == "n4711"


async def test_other_screens_offer_the_doctor_and_come_back(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml", TWO.replace('"/data/storage"', in_toml(tmp_path / "d")))
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "j", "b")
        blobs = pilot.app.screen
        await press(pilot, "ctrl+p")
        (line,) = await offered(pilot, "this machine")
        assert line.split()[:2] == ["Share", "Doctor"]
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, DoctorScreen)
        await press(pilot, "escape")
        assert pilot.app.screen is blobs


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
async def test_each_theme_shows_its_colours_beside_what_is_drawn_in_it(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    app = StorageApp(write(tmp_path / "storage.toml", FULL))
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await press(pilot, "f8")
        lines = await offered(pilot)
        assert len(lines) == len(app.available_themes)
        assert all("██" in line for line in lines)
        assert size[0] < 80 or "prod" in screen_text(pilot)
        await press(pilot, "down")
        while any(worker.group == "styles" for worker in app.workers):
            await pilot.pause()
        await settle(pilot)
        strips = app.screen._compositor.render_strips()
        grounds = {s.style.bgcolor.name for strip in strips for s in strip if s.style and s.text}
        assert app.available_themes["storage-light"].background.lower() in grounds
        assert size[0] < 80 or "prod" in screen_text(pilot)
        lines = await offered(pilot, "light")
        found = {word for line in lines for word in line.split()}
        assert {"storage-light", "storage-paper", "solarized-light"} <= found
        assert "dracula" not in found
