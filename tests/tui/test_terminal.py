"""The whole way in a real terminal: from `storage` to bytes that a headless process reads back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pexpect
import pytest

from tests.tui.driving import read, write

ROOT = Path(__file__).parents[2]

SECONDS = 60
"""For how long anything may take: the app loads for seconds on a machine that is busy."""


def opened(environment: dict[str, str]) -> pexpect.spawn[str]:
    """The app in a terminal of 80×24."""
    return pexpect.spawn(
        sys.executable,
        ["-m", "tui"],
        cwd=str(ROOT),
        env=environment,
        dimensions=(24, 80),
        encoding="utf-8",
        timeout=SECONDS,
    )


def test_keys_that_come_in_one_write_go_where_the_first_leads_and_the_title_comes_back(
    home: Path,
) -> None:
    home.mkdir()
    path = write(home / "storage.toml")
    terminal = opened({**os.environ, "PYTHONPATH": str(ROOT), "COLORTERM": "truecolor"})
    # The terminal keeps its title, and gets another.
    terminal.expect_exact("\x1b[22;2t\x1b]2;Storage: ")
    terminal.expect("Quit")
    terminal.send("en3")
    terminal.expect("Edit prod")
    terminal.send("\x1b")
    terminal.expect("Leave without saving")
    terminal.send("\t\rn5/blobs\tlaptop2\x13")
    terminal.expect("laptop2")
    terminal.send("ddq")
    terminal.expect_exact("\x1b[23;2t")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0
    tables = read(path)
    assert "default" not in tables
    assert tables["storage"]["laptop2"]["storage_path"] == "/blobs"
    assert tables["storage"]["prod"]["bucket"] == "acme-results"


def test_a_newcomer_sets_a_default_by_keys_and_a_program_uses_it(
    tmp_path: Path, home: Path
) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLORTERM": "truecolor"}
    terminal = opened(environment)
    terminal.expect("]2;Storage: ")
    terminal.expect("No storage is configured yet")
    terminal.send("n")
    terminal.expect("choose a type")
    terminal.send("5")
    terminal.expect("Path to the storage folder")
    # In one burst, as a paste or a fast typist does.
    terminal.send(f"{tmp_path}/blobs\tlaptop\x13")
    terminal.expect("Make laptop the default")
    terminal.send("\r")
    terminal.expect("Updated default storage!")
    terminal.send("q")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0
    assert 'default = "laptop"' in (home / "storage.toml").read_text()
    program = (
        "import sys, storage_core\n"
        "store = storage_core.get_store()\n"
        "key = store.write(b'from a worker')\n"
        "assert storage_core.get_store('laptop').read(key) == b'from a worker'\n"
        "assert 'textual' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], env=environment, check=True, timeout=60)
    assert len(list((tmp_path / "blobs" / "results").iterdir())) == 1


def test_the_signs_are_there_where_the_locale_has_no_utf_8(home: Path) -> None:
    home.mkdir()
    write(home / "storage.toml")
    terminal = opened({**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "latin-1"})
    terminal.expect("★")
    terminal.send("q")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0


RESTORED = ("\x1b[?1049l", "\x1b[?25h", "\x1b[?1000l", "\x1b[?1003l", "\x1b[?2004l", "\x1b[23;2t")
"""The screen as it was, the cursor, no reports of the mouse or of pastes, the title."""


def test_a_signal_that_ends_the_app_leaves_the_terminal_as_it_was(home: Path) -> None:
    home.mkdir()
    write(home / "storage.toml")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLORTERM": "truecolor"}
    numbers = [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT]
    terminals = [opened(environment) for _ in numbers]
    for terminal, number in zip(terminals, numbers, strict=True):
        terminal.expect("Quit")
        terminal.send("en3")
        terminal.expect("Edit prod")
        terminal.kill(number)
        terminal.expect(pexpect.EOF)
        terminal.close()
        assert terminal.exitstatus == 128 + number
        text = terminal.before or ""
        assert [each for each in RESTORED if each not in text] == [], number
        assert "Traceback" not in text


def test_the_app_ends_quietly_when_its_terminal_is_gone(home: Path, tmp_path: Path) -> None:
    home.mkdir()
    write(home / "storage.toml")
    ended = tmp_path / "ended"
    # One terminal with a hang-up that is heard, one without, as under `nohup`.
    script = f'trap "" HUP; {sys.executable} -m tui; echo $? >{ended}'
    terminal = pexpect.spawn(
        "/bin/sh",
        ["-c", script],
        cwd=str(ROOT),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        dimensions=(24, 80),
        encoding="utf-8",
        timeout=SECONDS,
    )
    terminal.expect("Quit")
    # Closed by its number alone, it would be closed once more when it is garbage, and by then that
    # may be the number of another test's terminal.
    terminal.ptyproc.fileobj.close()
    terminal.closed = terminal.ptyproc.closed = True
    deadline = monotonic() + SECONDS
    while not (ended.exists() and ended.read_text()) and monotonic() < deadline:
        sleep(0.05)
    assert ended.read_text().strip() == str(128 + signal.SIGHUP)


def test_ctrl_z_gives_the_terminal_to_the_shell_and_fg_comes_back(home: Path) -> None:
    home.mkdir()
    write(home / "storage.toml")
    terminal = pexpect.spawn(
        "/bin/sh",
        ["-i"],
        cwd=str(ROOT),
        env={**os.environ, "PYTHONPATH": str(ROOT), "PS1": "> ", "ENV": ""},
        dimensions=(24, 80),
        encoding="utf-8",
        timeout=SECONDS,
    )
    terminal.sendline(f"{sys.executable} -m tui")
    terminal.expect("Quit")
    terminal.send("\x1a")
    terminal.expect_exact("\x1b[?1049l")
    terminal.expect("Stopped")
    terminal.sendline("fg")
    terminal.expect_exact("\x1b[?1049h")
    terminal.expect("acme-results")
    terminal.send("q")
    terminal.expect_exact("\x1b[23;2t")
    terminal.sendline("exit")
    terminal.expect(pexpect.EOF)
    terminal.close()


@pytest.mark.parametrize("stop", [signal.SIGTSTP, signal.SIGSTOP])
def test_an_app_that_was_stopped_draws_itself_when_continued(
    home: Path, stop: signal.Signals
) -> None:
    home.mkdir()
    write(home / "storage.toml")
    terminal = opened({**os.environ, "PYTHONPATH": str(ROOT)})
    terminal.expect("Quit")
    terminal.kill(stop)
    while not subprocess.check_output(["ps", "-o", "stat=", "-p", str(terminal.pid)]).startswith(
        b"T"
    ):
        sleep(0.02)
    terminal.kill(signal.SIGCONT)
    terminal.expect_exact("\x1b[?1049h")
    terminal.expect("acme-results")
    # Several keys: none is read by a second thread that is left over.
    terminal.send("e")
    terminal.expect("Edit prod")
    terminal.send("\x1b")
    terminal.expect("laptop")
    terminal.send("q")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0


def test_without_a_shell_ctrl_z_changes_nothing(home: Path) -> None:
    home.mkdir()
    write(home / "storage.toml")
    terminal = opened({**os.environ, "PYTHONPATH": str(ROOT)})
    terminal.expect("Quit")
    terminal.send("\x1aq")
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0
