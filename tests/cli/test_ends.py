"""How a command ends when something is in the way: pipes, disks, Ctrl+C, bugs."""

from __future__ import annotations

import io
import os
import shlex
import signal
import subprocess
import sys
import termios
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex

import pexpect
import pytest

from storage_core.cli import main
from storage_core.config.file import ConfigFile
from tests.cli.conftest import Outcome, ended, run_process

Storage = Callable[..., Outcome]


@pytest.mark.parametrize(
    "arguments",
    [
        *(("ls",), ("ls", "--json"), ("types",), ("schema",), ("--help",), ("--version",)),
        *(("show", "laptop"), ("path",), ("validate",), ("create", "s3", "--help"), ("test",)),
    ],
    ids=" ".join,
)
def test_a_closed_pipe_is_silent(two: Path, arguments: tuple[str, ...]) -> None:
    two.write_text(two.read_text().replace('default = "prod-results"', ""))
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = run_process(*arguments, stdout=writing)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_closed_standard_streams_are_survived(two: Path) -> None:
    command = f"exec {shlex.quote(sys.executable)} -m storage_core ls >&- 2>&- <&-"
    assert subprocess.run(["sh", "-c", command], timeout=60, check=False).returncode == 0


def test_a_failure_keeps_its_code_when_the_pipe_is_closed(two: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = run_process("show", "nope", stdout=writing)
    finally:
        os.close(writing)
    assert done.returncode == 3


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")
def test_a_full_disk_under_the_output_is_an_error(two: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = run_process("ls", stdout=full)
    assert done.returncode == 1
    assert done.stderr == "error: cannot write the output (No space left on device)\n"


def test_output_that_the_locale_cannot_encode_is_escaped(two: Path) -> None:
    two.write_text(two.read_text().replace("laptop", '"日本"'))
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = run_process("ls", env=environment)
    assert done.returncode == 0
    assert "* default: prod-results" in done.stdout
    assert "\\u65e5\\u672c" in done.stdout
    assert run_process("ls", "--json", env=environment).returncode == 0


def test_ctrl_c_while_writing_from_a_terminal_stores_nothing(
    terminal: Callable[..., object], home: Path
) -> None:
    child = terminal("write")
    child.expect("Reading from the terminal")
    child.sendintr()
    assert ended(child) == 130
    assert "Traceback" not in child.before
    assert not (home / "results").exists()


def test_ctrl_c_ends_the_kv_server_cleanly(terminal: Callable[..., object], tmp_path: Path) -> None:
    child = terminal("kv-server", "--port", "0", "--folder", str(tmp_path / "kv"))
    child.expect("API Address: http://127.0.0.1:[0-9]+")
    child.sendintr()
    assert ended(child) == 0


def test_a_bug_is_one_line_without_the_exceptions_text(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = token_hex(16)

    def fail(self: ConfigFile) -> None:
        raise ValueError(secret)

    monkeypatch.setattr(ConfigFile, "load", fail)
    outcome = storage("ls")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("error: unexpected ValueError; ")
    assert outcome.err.count("\n") == 1
    assert "STORAGE_DEBUG=1" in outcome.err
    monkeypatch.setenv("STORAGE_DEBUG", "1")
    debugged = storage("ls").err
    assert " in print_list\n" in debugged
    assert " in fail\n" in debugged
    assert "Traceback" not in debugged
    assert secret not in outcome.err + debugged


def test_a_broken_pipe_of_a_storage_is_not_taken_for_one_of_the_output(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: ConfigFile) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(ConfigFile, "load", fail)
    assert storage("ls").code == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("lss",), "no such command 'lss'"),
        (("blob",), "no such command 'blob'; did you mean blobs?"),
        (("ls", "--jsn"), "no such option '--jsn'; did you mean --json?"),
        (("--json",), "no such option '--json'; see: storage --help"),
        (("--colour",), "no such option"),
        (("ls", "--json=x"), "--json"),
        (("show",), "missing argument 'REF'"),
        (("ls", "extra"), "storage ls got an argument too many"),
        (("blobs", "--kind", "other"), "--kind"),
        (("kv-server", "--port", "99999"), "a port is a number from 0 to 65535"),
        (("kv-server", "--port", "http"), "a port is a number from 0 to 65535"),
        (("types", "nope"), "type 'nope' is unknown"),
    ],
)
def test_wrong_usage_is_one_line_and_code_2(
    storage: Storage, two: Path, arguments: tuple[str, ...], said: str
) -> None:
    outcome = storage(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("error: ")
    assert said in outcome.err
    assert any(hint in outcome.err for hint in ("--help", "known are", "did you mean"))
    assert outcome.err.count("\n") == 1


@pytest.mark.parametrize(
    ("module", "command"), [("storage_core.cli.plain", "ls"), ("click", "types")]
)
def test_a_process_that_is_interrupted_while_it_starts_has_no_traceback(
    module: str, command: str
) -> None:
    code = (
        "import signal, sys\n"
        # As it is at a terminal; tests in the background of a script inherit that it is ignored.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "class Interrupt:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == {module!r}:\n"
        f"            signal.raise_signal({int(signal.SIGINT)})\n"
        "sys.meta_path.insert(0, Interrupt())\n"
        "from storage_core.cli import main\n"
        f"sys.exit(main([{command!r}]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (130, "")


class Terminal(io.TextIOWrapper):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_at_a_terminal_bare_storage_opens_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdin", "stdout"):
        monkeypatch.setattr(sys, name, Terminal(io.BytesIO(), encoding="utf-8"))
    opened: list[str | None] = []

    def open_app(path: str | None) -> int:
        opened.append(path)
        return 4

    assert main([], open_app=open_app) == 4
    assert main(["--config", "some.toml"], open_app=open_app) == 4
    assert main(["ls"], open_app=open_app) == 0
    assert opened == [None, "some.toml"]


def test_the_list_is_printed_where_only_one_end_is_a_terminal(
    storage: Storage, two: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def open_app(path: str | None) -> int:
        raise AssertionError

    monkeypatch.setattr(sys, "stdin", Terminal(io.BytesIO(), encoding="utf-8"))
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="utf-8"))
    assert main([], open_app=open_app) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_ends_a_hidden_question_leaves_a_terminal_that_shows_what_is_typed(
    terminal: Callable[..., pexpect.spawn], config: Path, number: signal.Signals
) -> None:
    child = terminal(
        *("create", "kv", "--name", "x", "--api-address", "http://localhost", "--token", "prompt")
    )
    child.expect("Token")
    before = termios.tcgetattr(child.child_fd)[3]
    child.kill(number)
    code = ended(child)
    after = termios.tcgetattr(child.child_fd)[3]
    assert code == 128 + number
    assert (before & termios.ECHO, after & termios.ECHO) == (0, termios.ECHO)
    assert "Traceback" not in child.before
    assert not config.exists()
