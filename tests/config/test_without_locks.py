"""File systems that know no locks: edits take turns all the same, and nothing is printed."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

import storage_core
from tests.patience import within

# What the system answers there. No test may mount such a file system, so that `flock` is the
# narrowest stand-in; everything above it is real.
_WITHOUT = """
import errno, fcntl, os, sys
answer = getattr(errno, sys.argv.pop(1))
def flock(file, operation):
    raise OSError(answer, os.strerror(answer))
fcntl.flock = flock
"""
_COMMAND = f"{_WITHOUT}\nfrom storage_core.cli import main\nsys.exit(main())"
_SIX_EDITS = f"""{_WITHOUT}
import storage_core
file = storage_core.ConfigFile(sys.argv[1])
for number in range(6):
    file.add(storage_core.TemporaryLocalStorage(), name=f"{{sys.argv[2]}}-{{number}}")
"""
_DIES = f"""{_WITHOUT}
import storage_core
with storage_core.ConfigFile(sys.argv[1]).transaction() as edit:
    print("holding", flush=True)
    os.kill(os.getpid(), 9)
"""
ANSWERS = ("ENOLCK", "EOPNOTSUPP", "ENOSYS")


def started(program: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "default", "-c", program, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(child: subprocess.Popen[str]) -> tuple[int, str]:
    _, said = child.communicate(timeout=60)
    return child.returncode, said


@pytest.mark.parametrize("answer", ["ENOLCK"])
def test_edits_of_several_processes_are_all_kept(tmp_path: Path, answer: str) -> None:
    path = str(tmp_path / "storage.toml")
    children = [started(_SIX_EDITS, answer, path, name) for name in "abc"]
    assert [ended(child) for child in children] == [(0, "")] * 3
    assert len(storage_core.ConfigFile(path).load()) == 18
    left = {each.name for each in tmp_path.iterdir()} - {"home", "user"}
    assert left == {".storage.toml.lock", "storage.toml"}


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_command_edits_and_prints_no_warning(tmp_path: Path, answer: str) -> None:
    path = str(tmp_path / "storage.toml")
    child = started(_COMMAND, answer, "create", "temporary", "--name", "a", "--config", path)
    assert ended(child) == (0, "")


def test_what_a_process_that_died_held_is_free_at_once(tmp_path: Path) -> None:
    path = str(tmp_path / "storage.toml")
    assert ended(started(_DIES, "ENOLCK", path))[0] == -9
    assert (tmp_path / ".storage.toml.held").exists()
    with within(5):
        child = started(_COMMAND, "ENOLCK", "create", "temporary", "--name", "a", "--config", path)
        assert ended(child) == (0, "")


def test_what_a_process_of_another_machine_held_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    from storage_core.config.saving.lock import locked

    def flock(file: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", flock)
    path = tmp_path / "storage.toml"
    held = tmp_path / ".storage.toml.held"
    held.write_text("1\nanother-machine\n")
    with pytest.raises(storage_core.ConfigurationError) as caught, locked(str(path), 0.2):
        pass
    assert f"or remove {held} if that program has died on another machine" in str(caught.value)


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_chosen_key_needs_neither_links_nor_locks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    import fcntl

    def refused(*_args: object, **_options: object) -> None:
        raise OSError(getattr(errno, answer), answer)

    monkeypatch.setattr(fcntl, "flock", refused)
    monkeypatch.setattr(os, "link", lambda *a, **o: (_ for _ in ()).throw(OSError(errno.EPERM, "")))
    store = storage_core.open_store(storage_core.LocalStorage(storage_path=str(tmp_path / "data")))
    assert store.write(b"x", key="results/chosen") == "results/chosen"
    with pytest.raises(storage_core.BlobExists):
        store.write(b"y", key="results/chosen")
    assert store.read("results/chosen") == b"x"
