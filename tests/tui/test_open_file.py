"""The configuration file in the person's own editor: at which line, and what is told after it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shlex import quote

import pexpect
import pytest

from storage_core import ConfigurationError
from tests.tui.driving import TWO, names, press, said, screen_text, selected, settle, write
from tui.app import StorageApp
from tui.session import editor

ROOT = Path(__file__).parents[2]


def program(folder: Path, name: str, lines: str) -> str:
    """A program that writes its arguments to the file `seen` and runs `lines`; what calls it."""
    path = folder / name
    path.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {quote(str(folder / "seen"))}\n{lines}\n')
    path.chmod(0o755)
    return quote(str(path))


def seen(folder: Path) -> list[str]:
    """What it was given."""
    return (folder / "seen").read_text().splitlines()


@pytest.fixture
def suspends(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal that can be left to another program."""

    @contextmanager
    def suspend(app: StorageApp) -> Iterator[None]:
        yield

    monkeypatch.setattr(StorageApp, "suspend", suspend)


@pytest.mark.parametrize(
    ("words", "arguments"),
    [
        (["vi"], ["+7", "/f"]),
        (["/usr/bin/vim.basic", "-R"], ["-R", "+7", "/f"]),
        (["nano"], ["+7", "/f"]),
        (["micro"], ["+7", "/f"]),
        (["emacs-nox"], ["+7", "/f"]),
        (["hx"], ["/f:7"]),
        (["code", "--wait"], ["--wait", "--goto", "/f:7"]),
        (["my-own"], ["/f"]),
    ],
)
def test_each_editor_is_told_the_line_in_its_own_way(
    words: list[str], arguments: list[str]
) -> None:
    assert editor.opening(words, "/f", 7) == [words[0], *arguments]
    assert editor.opening(words, "/f", None) == [*words, "/f"]


def test_visual_goes_before_editor_and_vi_is_what_is_left(tmp_path: Path) -> None:
    for name in ("one", "two", "vi"):
        program(tmp_path, name, "")
    path = {"PATH": str(tmp_path)}
    assert editor.editor({**path, "VISUAL": "one -x", "EDITOR": "two"}) == ["one", "-x"]
    assert editor.editor({**path, "VISUAL": "", "EDITOR": "two 'a b'"}) == ["two", "a b"]
    assert editor.editor(path) == ["vi"]


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({}, r"no text editor is known; set \$EDITOR to yours"),
        ({"EDITOR": "nowhere"}, r"\$EDITOR names nowhere, which is no program here"),
        ({"VISUAL": "'vi"}, r"\$VISUAL has a quotation mark that is not closed"),
    ],
)
def test_an_editor_that_is_not_there_is_told(
    tmp_path: Path, variables: dict[str, str], words: str
) -> None:
    with pytest.raises(ConfigurationError, match=words):
        editor.editor({"PATH": str(tmp_path), **variables})


@pytest.mark.usefixtures("suspends")
async def test_the_file_is_opened_at_the_selected_table_and_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "storage.toml")
    new = '[storage.first]\\ntype = "temporary"\\n'
    monkeypatch.setenv("VISUAL", program(tmp_path, "vim", f"printf '{new}' >> {quote(str(path))}"))
    line = TWO.splitlines().index("[storage.laptop]") + 1
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "j", "o")
        assert seen(tmp_path) == [f"+{line}", str(path)]
        assert names(pilot) == ["prod", "laptop", "first"]
        assert selected(pilot).name == "laptop"
        assert said(pilot) == ""
        await press(pilot, "G", "o")
        assert seen(tmp_path) == [str(path)]


@pytest.mark.usefixtures("suspends")
async def test_a_file_that_cannot_be_read_is_opened_where_it_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "storage.toml", f"{TWO}[storage.laptop\n")
    write(tmp_path / "good.toml")
    copies = f"cp {quote(str(tmp_path / 'good.toml'))} {quote(str(path))}"
    monkeypatch.setenv("VISUAL", program(tmp_path, "nano", copies))
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        assert " o   opens it in your editor" in screen_text(pilot)
        await press(pilot, "o")
        assert seen(tmp_path) == [f"+{len(TWO.splitlines()) + 1}", str(path)]
        assert names(pilot) == ["prod", "laptop"]


@pytest.mark.usefixtures("suspends")
async def test_a_broken_table_is_opened_at_what_is_wrong_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "storage.toml", '[storage.a]\ntype = "local"\n\nstorage_path = 7\n')
    monkeypatch.setenv("VISUAL", program(tmp_path, "vi", "exit 3"))
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "o")
        assert seen(tmp_path) == ["+4", str(path)]
        assert said(pilot) == f"{tmp_path}/vi ended with exit code 3"


async def test_where_there_is_no_file_or_no_terminal_to_give_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", program(tmp_path, "vi", ""))
    path = tmp_path / "storage.toml"
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "o")
        assert said(pilot) == "There is no configuration file yet; n creates it."
    async with StorageApp(write(path)).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "o")
        assert "No editor can be opened in this terminal; the file is" in said(pilot)
    assert not (tmp_path / "seen").exists()


def test_in_a_terminal_the_editor_has_the_keys_and_the_app_comes_back_after_it(
    tmp_path: Path, home: Path
) -> None:
    home.mkdir()
    path = write(home / "storage.toml")
    asks = f'echo "the editor asks"; read name; echo "# $name" >> {quote(str(path))}'
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "VISUAL": "",
        "EDITOR": program(tmp_path, "nvim", asks),
    }
    terminal = pexpect.spawn(
        sys.executable,
        ["-m", "tui"],
        cwd=str(ROOT),
        env=environment,
        dimensions=(24, 80),
        encoding="utf-8",
        timeout=30,
    )
    terminal.expect("Quit")
    terminal.send("jo")
    terminal.expect("the editor asks")
    terminal.send("quite mine\r")
    terminal.expect("Quit")
    # On the same row as before.
    terminal.send("e")
    terminal.expect("Edit laptop")
    terminal.send("\x1b")
    terminal.expect("Browse")
    terminal.send("q")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0
    assert path.read_text().endswith("# quite mine\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_while_the_editor_is_being_started_reaches_it_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    started = subprocess.Popen

    def ended_meanwhile(command: list[str]) -> subprocess.Popen[bytes]:
        process = started(command)
        signal.raise_signal(number)
        return process

    monkeypatch.setattr(subprocess, "Popen", ended_meanwhile)
    heard: list[int] = []
    before = signal.signal(number, lambda number, _: heard.append(number))
    # Nothing is kept here: it may be told before its `trap`. Not told, it ends by itself.
    waits = program(tmp_path, "nvim", "exec sleep 20")
    try:
        assert editor.run([waits.strip("'")]) == -number
    finally:
        signal.signal(number, before)
    assert heard == [number]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_ends_the_app_reaches_the_editor_which_ends_first(
    tmp_path: Path, home: Path, number: int
) -> None:
    home.mkdir()
    path = write(home / "storage.toml")
    kept = tmp_path / "kept"
    asks = (
        f"trap 'echo kept >> {quote(str(kept))}; exit 1' TERM HUP; echo 'the editor asks'\n"
        "while :; do sleep 0.05; done"
    )
    terminal = pexpect.spawn(
        sys.executable,
        ["-m", "tui"],
        cwd=str(ROOT),
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "VISUAL": "",
            "EDITOR": program(tmp_path, "nvim", asks),
        },
        dimensions=(24, 80),
        encoding="utf-8",
        timeout=30,
    )
    terminal.expect("Quit")
    terminal.send("o")
    terminal.expect("the editor asks")
    terminal.kill(number)
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 128 + number
    assert kept.read_text() == "kept\n"
    text = terminal.before or ""
    assert text.rfind("\x1b[?1049l") > text.rfind("\x1b[?1049h")
    assert "Traceback" not in text
    assert path.read_text() == TWO
