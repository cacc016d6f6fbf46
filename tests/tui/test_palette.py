"""The palette: groups, keys at the right edge, badges, what other screens can do, and themes."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
from textual.command import CommandList
from textual.pilot import Pilot
from textual.widgets import Input

from tests.quoting import in_toml
from tests.tui.driving import (
    TWO,
    enter,
    press,
    said,
    screen_text,
    selected,
    settle,
    the_list,
    words,
    write,
)
from tests.tui.test_snapshots import FULL
from tui.app import StorageApp
from tui.features.configurations.commands import LIST
from tui.features.doctor.screen import DoctorScreen
from tui.features.form.commands import FORM
from tui.features.help.palette import Commands
from tui.kit.commands import shown_key
from tui.kit.theme import THEMES


async def test_a_page_key_that_comes_before_the_list_is_drawn_is_no_crash(tmp_path: Path) -> None:
    async with StorageApp(write(tmp_path / "storage.toml")).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "ctrl+p")
        listed = pilot.app.screen.query_one(CommandList)
        listed.remove_class("--visible")
        await pilot.pause()
        listed.set_options(["one", "two"])
        listed.highlighted = 0
        assert not listed.scrollable_content_region
        pilot.app.simulate_key("pagedown")
        pilot.app.simulate_key("pageup")
        await pilot.pause()
        assert pilot.app.is_running


async def offered(pilot: Pilot[Any], words: str = "") -> list[str]:
    """What the palette that is open offers for some words, from the top."""
    if words:
        await enter(pilot, words)
    await settle(pilot)
    found: CommandList = pilot.app.screen.query_one(CommandList)
    return [str(each.prompt) for each in found.options]


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


async def test_help_and_palette_use_the_words_of_the_declaration(tmp_path: Path) -> None:
    # With a secret that others can read there is something to do for every command, but for
    # copying one that is another's.
    text = TWO.replace("env:PROD_S3_SECRET", token_hex())
    path = write(tmp_path / "storage.toml", f'include = ["team.toml"]\n{text}')
    path.chmod(0o644)
    write(tmp_path / "team.toml", '[storage.shared]\ntype = "temporary"\n')
    app = StorageApp(path)
    # In one column, so that what is said of each can be read line by line, with nothing beside it.
    async with app.run_test(size=(70, 120)) as pilot:
        await settle(pilot)
        await press(pilot, "ctrl+p")
        palette = await palette_of(pilot)
        await press(pilot, "escape", "j", "j", "ctrl+p")
        assert selected(pilot).name == "shared"
        palette["Copy here"] = (await palette_of(pilot))["Copy here"]
        await press(pilot, "escape", "question_mark")
        text = words(pilot)
        for command in LIST:
            assert command.label in text
            assert command.tooltip in text
            if command.name not in ("palette", "undo", "redo"):
                assert {*command.tooltip.split()} <= {*palette[command.label].split()}
                assert palette[command.label].split("\n")[0].endswith(shown_key(command.keys[0]))
        await press(pilot, "escape")
        assert app.screen is the_list(pilot)


async def test_our_own_themes_are_offered_first_and_the_one_in_force_says_so(
    tmp_path: Path,
) -> None:
    app = StorageApp(write(tmp_path / "storage.toml"))
    async with app.run_test(size=(120, 60)) as pilot:
        await settle(pilot)
        await press(pilot, "f8")
        offered = app.screen.query_one(CommandList)
        while not offered.option_count:
            await pilot.pause()
        names = [each.hit.text for each in offered.options]
        assert names[: len(THEMES)] == [theme.name for theme in THEMES]
        assert "Now" in str(offered.options[0].prompt)
        assert "Ours" in str(offered.options[1].prompt)
        await press(pilot, "down", "enter")
        assert app.theme == "storage-light"


async def palette_of(pilot: Pilot[Any]) -> dict[str, str]:
    """What the palette that is open offers: the lines of each, by what it is called."""
    offered = pilot.app.screen.query_one(CommandList)
    while not offered.option_count:
        await pilot.pause()
    return {each.hit.text or "": str(each.prompt) for each in offered.options}


async def test_the_palette_of_a_form_offers_its_commands_and_escape_leaves_all_as_it_was(
    tmp_path: Path,
) -> None:
    async with StorageApp(write(tmp_path / "storage.toml")).run_test(size=(120, 60)) as pilot:
        await settle(pilot)
        await press(pilot, "e", "x", "ctrl+p")
        palette = await palette_of(pilot)
        for command in FORM:
            if command.name != "palette":
                said = palette[command.label].split("\n")[0]
                assert {*command.tooltip.split()} <= {*palette[command.label].split()}
                assert said.endswith(f" {shown_key(command.keys[0])}")
        await press(pilot, "escape", "y", "f8", "escape", ":", "z")
        assert isinstance(pilot.app.focused, Input)
        assert pilot.app.focused.value == "acme-resultsxy:z"


async def test_a_command_of_the_palette_works_on_the_field_that_has_the_focus(
    tmp_path: Path,
) -> None:
    secret = token_hex(12)
    path = write(tmp_path / "storage.toml", TWO.replace("env:PROD_S3_SECRET", secret))
    async with StorageApp(path).run_test(size=(120, 60)) as pilot:
        await settle(pilot)
        await press(pilot, "e", "tab", "tab", "ctrl+p")
        await palette_of(pilot)
        await press(pilot, *"reveal")
        while len(await palette_of(pilot)) > 1:
            await pilot.pause()
        await press(pilot, "enter")
        assert secret in screen_text(pilot)
        await press(pilot, "ctrl+p")
        await palette_of(pilot)
        await press(pilot, *"advanced")
        while len(await palette_of(pilot)) > 1:
            await pilot.pause()
        await press(pilot, "enter")
        assert "▾ Advanced" in screen_text(pilot)


async def searched(pilot: Pilot[Any], typed: str, expected: str) -> list[str]:
    """What the palette finds for some words, as soon as that is in it."""
    await press(pilot, "ctrl+u")
    await enter(pilot, typed)
    offered = pilot.app.screen.query_one(CommandList)
    while not any(expected in str(each.prompt) for each in offered.options):
        await pilot.pause()
    return [str(each.prompt).split("\n")[0] for each in offered.options]


async def test_the_palette_finds_words_of_descriptions_configurations_and_themes(
    tmp_path: Path,
) -> None:
    app = StorageApp(write(tmp_path / "storage.toml", FULL))
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "slash", *"laptop", "enter", "ctrl+p")
        await palette_of(pilot)
        first = (await searched(pilot, "clipboard", "Copy ID"))[0].split()
        assert [*first[:3], first[-1]] == ["Use", "Copy", "ID", "c"]
        first = (await searched(pilot, "filter", "Filter"))[0].split()
        assert [*first[:2], first[-1]] == ["View", "Filter", "/"]
        assert (await searched(pilot, "theme nord", "nord"))[0].split()[0] == "Theme"
        first = (await searched(pilot, "go to nightly", "staging"))[0].split()
        assert first[:4] == ["Go", "to", "GCS", "staging"]
        await press(pilot, "enter")
        assert selected(pilot).name == "staging"
        assert len(the_list(pilot).table.rows) == 6


@pytest.mark.parametrize("ends", ["enter", "escape"])
async def test_a_theme_is_shown_while_the_cursor_is_on_it_and_taken_by_enter_only(
    tmp_path: Path, ends: str
) -> None:
    path = write(tmp_path / "storage.toml")
    app = StorageApp(path)
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "f8")
        await palette_of_themes(pilot)
        assert app.theme == "storage-dark"
        before = app.export_screenshot()
        await press(pilot, "down", "down", "down")
        assert app.theme not in ("storage-dark", "storage-light")
        shown = app.theme
        while any(worker.group == "styles" for worker in app.workers):
            await pilot.pause()
        assert app.export_screenshot() != before
        assert app.session.remembered.theme in ("", "storage-dark")
        await press(pilot, ends)
        taken = shown if ends == "enter" else "storage-dark"
        assert app.theme == taken
    async with StorageApp(path).run_test() as pilot:
        assert pilot.app.theme == taken


async def palette_of_themes(pilot: Pilot[Any]) -> None:
    """The palette of themes, when it lists them."""
    while not pilot.app.screen.query_one(CommandList).option_count:
        await pilot.pause()
    await settle(pilot)


EVERY_STATE = (
    (),
    ("slash",),
    ("escape", "G"),
    ("slash", "z", "z", "enter"),
    ("escape", "g", "e"),
    ("escape", "i"),
    ("escape", "!"),
    ("escape", "j", "b"),
    ("slash",),
    ("escape", "4"),
    ("2",),
    ("1", "enter"),
)
"""Keys that lead from one to the next: the list, its filter, what is built in, nothing found, a
form, import, doctor, blobs, their filter, folders, no blob, one blob."""


async def test_the_palette_has_every_command_of_each_screen_with_a_reason_where_it_cannot_work(
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "storage.toml", TWO.replace('"/data/storage"', in_toml(tmp_path / "d")))
    blob = tmp_path / "d" / "results" / "a.txt"
    blob.parent.mkdir(parents=True)
    blob.write_text("x")
    refused = 0
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        screens = []
        for keys in EVERY_STATE:
            await press(pilot, *keys)
            screen = pilot.app.screen
            screens.append(type(screen).__name__)
            found = {each.command.name: each.lacks for each in Commands(screen).offers()}
            for command in screen.declared:
                assert command.name == "palette" or command.name in found, (screens, command)
                refused += bool(found.get(command.name))
    assert len({*screens}) == 6
    assert refused > 30
