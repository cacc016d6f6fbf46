"""Keys that are remapped in the file: which are taken, and what names them then."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex
from shlex import quote
from typing import Any

import pytest
from textual.widgets import Input

from tests.quoting import in_toml
from tests.tui.driving import TWO, press, said, screen_text, settle, the_list, write
from tui.app import StorageApp
from tui.features.commands import keymap
from tui.features.help.keys import HelpDialog
from tui.kit.secret import SecretArea
from tui.session.preview.source import PREVIEWED


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
