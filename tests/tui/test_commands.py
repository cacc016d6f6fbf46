"""One declaration of all commands: keys, footer, help and palette say the same."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex
from shlex import quote
from typing import Any

import pytest
from textual.command import CommandList
from textual.containers import VerticalScroll
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Input

from storage_core import ConfigFile
from tests.quoting import in_toml
from tests.tui.driving import (
    TWO,
    burst,
    enter,
    press,
    read,
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
from tui.features.commands import ALL, keymap
from tui.features.configurations.commands import LIST
from tui.features.form.commands import FORM
from tui.features.help.keys import HelpDialog
from tui.kit.commands import shown_key
from tui.kit.secret import SecretArea
from tui.kit.theme import THEMES
from tui.session.preview.source import PREVIEWED


def test_at_most_eight_commands_stand_in_a_footer() -> None:
    for group in ALL:
        assert sum(command.footer for command in group) <= 8


def test_no_two_commands_of_a_screen_have_the_same_key() -> None:
    for group in ALL:
        keys = [key for command in group for key in command.keys]
        assert len(keys) == len(set(keys))


def test_a_key_with_a_modifier_or_a_number_means_one_thing_on_all_screens() -> None:
    meant: dict[str, set[str]] = {}
    for command in {command for group in ALL for command in group}:
        for key in command.keys:
            if key.startswith("ctrl+") or (key[0] == "f" and key[1:].isdigit()):
                meant.setdefault(key, set()).add(command.name)
    assert meant["f5"] == {"reload"}
    assert [key for key, names in meant.items() if len(names) > 1] == []


async def test_every_command_of_the_list_does_something(tmp_path: Path) -> None:
    async with StorageApp(write(tmp_path / "storage.toml")).run_test() as pilot:
        await settle(pilot)
        for command in LIST:
            assert callable(the_list(pilot).does[command.name])


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


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ((80, 24), "n New e Edit d Default t Test b Browse / Filter ? Help q Quit"),
        ((60, 20), "n New e Edit d Default t Test b Browse ? Help q Quit"),
        ((50, 20), "n New e Edit d Default t Test ? Help q Quit"),
        ((30, 10), "n New ? Help q Quit"),
        ((14, 5), "? Help"),
    ],
)
async def test_the_footer_shows_what_is_used_most_and_help_whatever_the_width(
    tmp_path: Path, size: tuple[int, int], shown: str
) -> None:
    async with StorageApp(write(tmp_path / "storage.toml")).run_test(size=size) as pilot:
        await settle(pilot)
        assert " ".join(screen_text(pilot).splitlines()[-1].split()) == shown


@pytest.mark.parametrize("opens", ["", "n 6", "b"], ids=["list", "form", "blobs"])
@pytest.mark.parametrize("size", [(120, 40), (200, 60), (80, 24), (60, 20)])
async def test_help_is_whole_where_there_is_room_and_scrolls_elsewhere(
    tmp_path: Path, opens: str, size: tuple[int, int]
) -> None:
    path = write(tmp_path / "storage.toml", TWO.replace('"/data/storage"', in_toml(tmp_path / "d")))
    async with StorageApp(path).run_test(size=size) as pilot:
        await settle(pilot)
        await press(pilot, "j", *opens.split(), "f1")
        box = pilot.app.screen.query_one(VerticalScroll)
        assert box.region in pilot.app.screen.region
        assert (box.max_scroll_y == 0) == (size[0] >= 120)
        assert "Keys" in screen_text(pilot)
        await press(pilot, "end")
        assert "Esc closes this." in screen_text(pilot)


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


async def test_the_footer_can_be_clicked(tmp_path: Path) -> None:
    async with StorageApp(write(tmp_path / "storage.toml")).run_test() as pilot:
        await settle(pilot)
        line = screen_text(pilot).splitlines()[-1]
        await pilot.click(offset=(line.index("Help"), 23))
        await settle(pilot)
        assert isinstance(pilot.app.screen, HelpDialog)


async def test_a_click_selects_and_a_double_click_edits(tmp_path: Path) -> None:
    async with StorageApp(write(tmp_path / "storage.toml")).run_test() as pilot:
        await settle(pilot)
        await pilot.click("#list", offset=(5, 2))
        assert selected(pilot).name == "laptop"
        await pilot.click("#list", offset=(5, 2), times=2)
        await settle(pilot)
        assert "Edit laptop" in screen_text(pilot)


async def test_keys_are_remapped_in_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml", TWO + '\n[app.keys]\ncopy_id = "y"\nnew = "ctrl+n"\n')
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        assert "Ctrl+N New" in screen_text(pilot)
        await press(pilot, "c")
        assert pilot.app.clipboard == ""
        await press(pilot, "y")
        assert pilot.app.clipboard.startswith("61354abf")
        await press(pilot, "ctrl+n")
        assert "choose a type" in screen_text(pilot)


@pytest.mark.parametrize(
    "wanted",
    [
        "keys = 7",
        "keys.quit = 7",
        'keys.quit = ""',
        'keys.quit = "cntrl+x"',
        'keys.quit = "n"',
        'keys.quit = "escape"',
        'keys.help = "ctrl+q"',
        'keys.sav = "x"',
        'keys.save = "s"',
        'keys.new = "y"\nkeys.quit = "y"',
    ],
)
async def test_a_broken_keymap_locks_nobody_out(tmp_path: Path, wanted: str) -> None:
    path = write(tmp_path / "storage.toml", TWO + f"\n[app]\n{wanted}\n")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        assert "app.keys" in said(pilot)
        await press(pilot, "f1")
        assert isinstance(pilot.app.screen, HelpDialog)
        await press(pilot, "escape", "n", "escape", "q")
        assert not pilot.app.is_running or pilot.app._exit


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


@pytest.mark.parametrize(
    ("name", "key"),
    [
        *(("rename", key) for key in ("i", "E", "S", "z", "a", "A")),
        *(("download", key) for key in ("a", "A", "P", "ctrl+l")),
    ],
)
def test_who_had_chosen_a_key_keeps_it_when_a_new_command_has_it_too(name: str, key: str) -> None:
    assert keymap({"app": {"keys": {name: key}}}) == ({name: key}, [])


async def test_several_mistakes_in_the_keymap_are_told_in_one_line(tmp_path: Path) -> None:
    keys = "\n[app.keys]\nquit = 7\nsav = 'x'\nnew = 'escape'\n"
    path = write(tmp_path / "storage.toml", TWO + keys)
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        assert said(pilot) == (
            f"[app.keys] has 3 mistakes; `storage validate --config {quote(str(path))}` lists them."
        )


def test_keys_may_be_swapped() -> None:
    wanted: dict[str, Any] = {"app": {"keys": {"default": "t", "test": "d"}}}
    assert keymap(wanted) == ({"default": "t", "test": "d"}, [])


@pytest.mark.parametrize(
    ("name", "key", "words"),
    [
        ("try_out", "slash", "is typed into fields"),
        ("try_out", "/", "is typed into fields"),
        ("source", "backspace", "is typed into fields"),
        ("save", "delete", "is typed into fields"),
        ("save", "Shift+S", "is typed into fields"),
        ("leave", "ctrl+x", "is for editing in fields"),
        ("save", "ctrl+v", "is for editing in fields"),
        ("try_out", "Ctrl+Left", "is for editing in fields"),
        ("source", "f7", "is for editing in fields"),
        ("advanced", "space", "has a fixed meaning"),
        ("save", "enter", "has a fixed meaning"),
        ("new", "space", "has a fixed meaning"),
        ("new", "ctrl+f", "has a fixed meaning"),
        ("sort", "ctrl+b", "has a fixed meaning"),
        ("sort", "ctrl+m", "has a fixed meaning"),
        ("sort", "shift+1", "is no key"),
        ("sort", "<any>", "is no key"),
        ("sort", "return", "is no key"),
    ],
)
def test_a_key_that_would_break_typing_or_moving_or_never_comes_is_left_aside(
    name: str, key: str, words: str
) -> None:
    keys, (note,) = keymap({"app": {"keys": {name: key}}})
    assert keys == {}
    assert note.startswith(f"app.keys.{name}")
    assert words in note


@pytest.mark.parametrize(
    ("name", "key", "spelled"),
    [
        ("new", "Shift+N", "N"),
        ("delete", "backspace", "backspace"),
        ("source", "f9", "f9"),
        ("save", "ctrl+o", "ctrl+o"),
        ("new", "ctrl+x", "ctrl+x"),
        ("leave", "escape", "escape"),
        ("preview", "space", "space,enter"),
    ],
)
def test_a_key_that_breaks_nothing_is_taken(name: str, key: str, spelled: str) -> None:
    assert keymap({"app": {"keys": {name: key}}}) == ({name: spelled}, [])


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
async def test_nothing_of_the_bars_is_cut(tmp_path: Path, size: tuple[int, int]) -> None:
    async with StorageApp(write(tmp_path / "storage.toml")).run_test(size=size) as pilot:
        await settle(pilot)
        last = screen_text(pilot).splitlines()[-1]
        assert "? Help" in last
        assert "q Quit" in last
        for widget in pilot.app.screen.query("#panes, #left, #list, #detail").results(Widget):
            assert pilot.app.screen.region.contains_region(widget.region)


@pytest.mark.parametrize(
    ("name", "kept"),
    [("leave", "escape"), ("palette", "ctrl+p"), ("help", "f1"), ("edit", "enter")],
)
def test_what_a_lost_person_presses_stays_beside_any_other_key(name: str, kept: str) -> None:
    keys, notes = keymap({"app": {"keys": {name: "ctrl+t"}}})
    assert keys[name].split(",") == ["ctrl+t", kept]
    assert not notes
    assert keymap({"app": {"keys": {name: "ctrl+t", "sort": kept}}})[1]


async def test_texts_name_the_keys_that_commands_are_remapped_to(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    names = ("edit", "test", "move_secret", "undo", "default", "download", "all_kinds")
    text = TWO.replace('"/data/storage"', in_toml(tmp_path / "d")).replace(
        "env:PROD_S3_SECRET", token_hex()
    )
    text += '[storage.wrong]\ntype = "local"\nstorage_path = 7\n[app.keys]\nreload = "f9"\n'
    text += "".join(f'{name} = "{key}"\n' for key, name in enumerate(names, 1))
    app = StorageApp(write(tmp_path / "storage.toml", text))
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        assert "not tested yet; 2 does it" in screen_text(pilot)
        assert "; 3 moves" in screen_text(pilot)
        await press(pilot, "end")
        assert ". 5 makes" in screen_text(pilot)
        await press(pilot, "k")
        assert "Mend it with 1, or in" in screen_text(pilot)
        await press(pilot, "k", "x")
        assert "4 takes this back" in screen_text(pilot)
        await press(pilot, "escape", "b")
        assert "F9  looks again" in screen_text(pilot)
        (tmp_path / "d" / "results").mkdir()
        (tmp_path / "d" / "results" / "large").write_bytes(b"\n" * (PREVIEWED + 1))
        await press(pilot, "f9", "enter")
        assert "6 downloads all of it" in screen_text(pilot)
        (tmp_path / "d" / "results" / "large").unlink()
        await press(pilot, "f9")
        assert "F9 tries again" in screen_text(pilot)
        await press(pilot, "escape", "2")
        assert "7  shows all" in screen_text(pilot)


async def test_a_field_that_is_empty_names_the_key_that_reveals_secrets(tmp_path: Path) -> None:
    text = '[storage.a]\ntype = "gcs"\nbucket = "models"\n[app.keys]\nreveal = "f10"\n'
    async with StorageApp(write(tmp_path / "storage.toml", text)).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "e", "f3")
        assert [str(area.placeholder) for area in pilot.app.screen.query(SecretArea)] == [
            "Paste the JSON here; F10 shows it.",
            "key = value, one on a line; F10 shows the values",
        ]


async def test_escape_and_ctrl_q_work_whatever_leave_and_quit_are_remapped_to(
    tmp_path: Path,
) -> None:
    keys = '\n[app.keys]\nleave = "ctrl+t"\nquit = "Z"\nhelp = "H"\n'
    path = write(
        tmp_path / "storage.toml", TWO.replace('"/data/storage"', in_toml(tmp_path / "d")) + keys
    )
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        for opens in ("e", "b", "t"):
            for leaves in ("escape", "ctrl+t"):
                await press(pilot, "end", "k", opens, leaves)
                assert pilot.app.screen is the_list(pilot)
        await press(pilot, "e", "H")
        assert isinstance(pilot.app.focused, Input)
        assert pilot.app.focused.value.endswith("H")
        await press(pilot, "f1")
        assert isinstance(pilot.app.screen, HelpDialog)
        assert "Ctrl+T  Esc" in screen_text(pilot)
        await press(pilot, "escape", "ctrl+q")
        assert pilot.app._exit


@pytest.mark.parametrize(
    "opens", ["n", "e", "r", "x", "t", "v", "question_mark", "ctrl+p", "slash"]
)
async def test_ctrl_q_leaves_the_app_from_everywhere(tmp_path: Path, opens: str) -> None:
    path = write(tmp_path / "storage.toml", TWO.replace('"/data/storage"', in_toml(tmp_path / "d")))
    ConfigFile(path).set_default("laptop")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "j", opens)
        assert opens == "slash" or pilot.app.screen is not the_list(pilot)
        await press(pilot, "ctrl+q")
        assert pilot.app._exit
        assert pilot.app.return_code == 0


async def test_what_is_being_saved_is_saved_before_the_app_is_left(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await burst(pilot, "j", "d", "q")
        assert pilot.app._exit
    assert read(path)["default"] == "laptop"


WHY_NOT = {
    "u": "Nothing to undo.",
    "ctrl+r": "Nothing to redo.",
    "m": "No secret of prod stands in the file.",
    "F": "Nobody else can see a secret in this file.",
    **{
        f"G{key}": "Temporary Local Storage is built in; n creates one of your own."
        for key in "erxDm"
    },
    "Gc": "Temporary Local Storage is built in and has no ID.",
}


@pytest.mark.parametrize("keys", WHY_NOT)
async def test_a_key_that_can_do_nothing_says_why_and_what_to_do(tmp_path: Path, keys: str) -> None:
    path = write(tmp_path / "storage.toml")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, *([keys] if "+" in keys else keys))
        assert said(pilot) == WHY_NOT[keys]
        # Held down it says so once.
        await press(pilot, keys if "+" in keys else keys[-1])
        assert said(pilot) == WHY_NOT[keys]
        assert pilot.app.screen is the_list(pilot)
    assert path.read_text() == TWO


async def test_a_command_that_is_dimmed_answers_a_click_too(tmp_path: Path) -> None:
    async with StorageApp(write(tmp_path / "storage.toml")).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "G")
        line = screen_text(pilot).splitlines()[-1]
        await pilot.click(offset=(line.index("Edit"), 23))
        await settle(pilot)
        assert "built in" in said(pilot)


async def test_every_command_that_changes_a_read_only_file_says_why_it_cannot(
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "storage.toml")
    path.chmod(0o444)
    for command in LIST:
        if command.changes:
            async with StorageApp(path).run_test() as pilot:
                await settle(pilot)
                await press(pilot, command.keys[0])
                assert said(pilot) == "Nothing can be changed here: the file is read-only."


async def test_on_a_broken_file_keys_say_what_to_do(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml", "[storage\n")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "n")
        assert said(pilot) == "The file cannot be read; o opens it in your editor."
    ConfigFile(write(path)).set_default("laptop")
    write(path, "[storage\n")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "slash")
        assert said(pilot) == (
            "The file cannot be read; o opens it in your editor, v brings an earlier version back."
        )
        assert not pilot.app.screen.query(Input)


@pytest.mark.parametrize(
    ("text", "words"),
    [(None, "the file is read-only"), ("[storage\n", "nothing can be saved until it is mended")],
)
async def test_a_form_that_cannot_be_saved_says_why(
    tmp_path: Path, text: str | None, words: str
) -> None:
    path = write(tmp_path / "storage.toml")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "e", "x")
        if text is None:
            path.chmod(0o444)
        else:
            write(path, text)
        await pilot.app.session.reload()
        await press(pilot, "ctrl+s")
        assert words in said(pilot)
        assert pilot.app.screen is not the_list(pilot)


async def test_where_there_is_no_blob_the_keys_for_one_say_so(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml", TWO.replace('"/data/storage"', in_toml(tmp_path / "d")))
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "j", "b", "x", "w", "enter")
        assert said(pilot) == "There is no blob to do that with."
