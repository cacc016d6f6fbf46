"""`push` and `pull`: flow code into a storage and back."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pexpect
import pytest

from storage_core.blobs.archive.unpacking import NewFolder
from storage_core.cli import main
from tests.children import Killable
from tests.cli.conftest import Outcome, ended
from tests.quoting import in_toml
from tests.unit.archive.folders import FIXED, KEY, contents, filled, in_archive

Storage = Callable[..., Outcome]


@pytest.fixture
def here(config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of `here`, a configured Local Storage that is the default; the folder `flow`."""
    folder = tmp_path / "blobs"
    config.write_text(
        f'default = "here"\n[storage.here]\ntype = "local"\nstorage_path = {in_toml(folder)}\n'
        '[storage.tmp]\ntype = "temporary"\n'
        f'[storage.frozen]\ntype = "local"\nstorage_path = {in_toml(folder)}\nread_only = true\n'
    )
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    filled(Path("flow"), FIXED)
    return folder


def test_a_folder_comes_back_as_it_was(storage: Storage, here: Path) -> None:
    assert storage("push", "flow") == Outcome(0, f"{KEY}\n".encode(), "")
    assert (here / KEY).is_file()
    assert storage("pull", KEY, "back") == Outcome(0, b"Unpacked 15 files into back\n", "")
    assert contents(Path("back")) == in_archive(FIXED)
    assert os.access("back/run", os.X_OK)


@pytest.mark.parametrize(("compression", "suffix"), [("gzip", ".gz"), ("zstd", ".zst")])
def test_a_named_storage_a_compression_and_json(
    storage: Storage, here: Path, compression: str, suffix: str
) -> None:
    pushed = storage("push", "flow", "--to", "tmp", "--compression", compression, "--json")
    key = KEY + suffix
    size = pushed.json["size"]
    assert 0 < size < 10_000
    assert pushed.json == {
        "key": key,
        "files": 15,
        "size": size,
        "suspects": [],
        "storage": "tmp",
    }
    assert storage("pull", key, "back").code == 3
    assert not Path("back").exists()
    pulled = storage("pull", key, "back", "--from", "tmp", "--json")
    assert pulled.json == {"key": key, "folder": "back", "files": 15, "storage": "tmp"}
    assert contents(Path("back")) == in_archive(FIXED)


def test_what_looks_like_a_secret_is_warned_of_and_stored(storage: Storage, here: Path) -> None:
    filled(Path("flow"), {"conf/.env": b"PASSWORD=x", ".storageignore": b"*.pem\n", "a.pem": b""})
    outcome = storage("push", "flow", "--json")
    assert outcome.err == (
        "warning: conf/.env looks like a secret, which all who may read the storage can read; "
        "to leave it out, add a line to .storageignore\n"
    )
    assert outcome.json["suspects"] == ["conf/.env"]
    assert outcome.json["files"] == 17


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("push", ""), 2, "PATH is empty"),
        (("push", "nowhere"), 1, "cannot read nowhere: No such file or directory"),
        (("push", "flow", "--to", "frozen"), 1, "read-only"),
        (("push", "flow", "--to", "nobody"), 3, "nobody"),
        (("push", "flow", "--compression", "xz"), 2, "xz"),
        (("pull", KEY, ""), 2, "DEST is empty"),
        (("pull", KEY, "flow"), 1, "flow is there, and not empty"),
        (("pull", KEY, "."), 1, "not empty"),
        (("pull", KEY, "a/b"), 1, "cannot create a/b: the folder for it is not there"),
        (("pull", KEY, "back"), 3, "holds no blob"),
        (("pull", "x", "back"), 1, "key 'x' is not valid"),
        (("pull", "results/x", "back"), 1, "results/x is not the key of flow code: it is a plain"),
        (("pull", KEY, "back", "--max-files", "0"), 2, "max-files"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    storage: Storage, here: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    outcome = storage(*arguments)
    assert (outcome.code, outcome.out) == (code, "")
    assert outcome.err.startswith("error: ")
    assert said in outcome.err
    assert outcome.err.count("\n") == 1
    assert list(Path().iterdir()) == [Path("flow")]


def test_limits_are_options(storage: Storage, here: Path) -> None:
    storage("push", "flow")
    outcome = storage("pull", KEY, "back", "--max-files", "10")
    assert (outcome.code, outcome.out) == (1, "")
    assert "more than 10 files and folders" in outcome.err
    assert list(Path().iterdir()) == [Path("flow")]
    assert storage("pull", KEY, "back", "--max-files", "40", "--max-bytes", "5000").code == 0


def test_a_terminal_shows_a_bar_and_nothing_of_it_stays(
    terminal: Callable[..., pexpect.spawn], here: Path
) -> None:
    child = terminal("push", "flow")
    child.expect("Packing")
    child.expect("Sending")
    child.expect(KEY)
    assert ended(child) == 0
    child = terminal("pull", KEY, "back")
    for phase in ("Fetching", "Unpacking", "Unpacked 15 files into back"):
        child.expect(phase)
    assert ended(child) == 0
    # The key alone goes where standard output does.
    child = terminal("push", "flow", "--json", TERM="dumb")
    child.expect_exact('{\r\n  "key"')
    assert ended(child) == 0


def test_ctrl_c_leaves_nothing(terminal: Callable[..., pexpect.spawn], here: Path) -> None:
    Path("flow/large").touch()
    os.truncate("flow/large", 4 * 1024**3)
    child = terminal("push", "flow")
    child.expect("Packing")
    child.sendintr()
    assert ended(child) == 130
    assert not here.exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_while_it_unpacks_leaves_nothing(
    storage: Storage, here: Path, number: int
) -> None:
    key = storage("push", "flow").out.strip()

    def pulled(begun: Callable[[], None]) -> None:
        def place(_: NewFolder) -> None:
            begun()
            time.sleep(60)

        NewFolder.place = place  # type: ignore[method-assign]
        # It is ignored where the tests run in the background of a script.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os._exit(main(["pull", key, "back"]))

    pulling = Killable(pulled)
    assert [path.name[:16] for path in Path().iterdir() if path.name != "flow"] == [
        ".back.unpacking-"
    ]
    os.kill(pulling.pid, number)
    _, status = os.waitpid(pulling.pid, 0)
    # 128 and its number, which for Ctrl+C is 130.
    assert os.waitstatus_to_exitcode(status) == 128 + number
    assert list(Path().iterdir()) == [Path("flow")]
