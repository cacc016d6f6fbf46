"""`storage test`."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pexpect
import pytest

from storage_core.check import steps
from storage_core.types.local import LocalStorage
from tests.cli.conftest import Outcome, ended
from tests.quoting import in_toml

Storage = Callable[..., Outcome]


@pytest.fixture
def several(config: Path, tmp_path: Path) -> Path:
    """Two storages that work, one whose folder is a file, one with a mistake."""
    (tmp_path / "file").write_text("in the way")
    config.write_text(
        'default = "one"\n[storage.one]\ntype = "local"\n'
        f"storage_path = {in_toml(tmp_path / 'one')}\n"
        '[storage.two]\ntype = "temporary"\n'
        f'[storage.wrong]\ntype = "local"\nstorage_path = {in_toml(tmp_path / "file")}\n'
        '[storage.bad]\ntype = "local"\nstorage_pth = "x"\n'
    )
    return config


def test_the_default_is_tested_and_nothing_is_left_behind(
    storage: Storage, several: Path, tmp_path: Path
) -> None:
    outcome = storage("test")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("ok      one  ")
    assert list((tmp_path / "one").rglob("*.*")) == []
    assert storage("blobs", "one", "--json").json["blobs"] == []


def test_without_a_default_temporary_storage_is_tested(storage: Storage, home: Path) -> None:
    assert storage("test").out.startswith("ok      Temporary Local Storage  ")


def test_all_are_tested_in_the_files_order_and_failures_say_why(
    storage: Storage, several: Path, tmp_path: Path
) -> None:
    outcome = storage("test", "--all")
    assert outcome.code == 1
    assert [line.split()[:2] for line in outcome.out.splitlines()] == [
        ["ok", "one"],
        ["ok", "two"],
        ["failed", "wrong"],
        ["failed", "bad"],
    ]
    wrong, bad = outcome.out.splitlines()[2:]
    assert str(tmp_path / "file") in wrong
    assert f"{several}:12: [storage.bad]: storage_pth is not a setting" in bad
    assert outcome.err == "error: the test failed for wrong, bad\n"


def test_a_folder_that_is_missing_is_told_and_is_missing_again_after_the_test(
    storage: Storage, terminal: Callable[..., object], several: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "one"
    hint = f"{folder} does not exist yet; the first write will create it"
    assert storage("test", "one").out.endswith(f"; find the folder: {hint}\n")
    steps = storage("test", "one", "--json").json["results"][0]["steps"]
    assert [step["message"] for step in steps if step["message"]] == [hint]
    child = terminal("test", "one", COLUMNS="300")
    assert ended(child) == 0
    assert hint in child.before
    assert f"The folder {folder} was made for the test and removed again; " in child.before
    assert not folder.exists()
    folder.mkdir()
    assert "exist" not in storage("test", "one").out
    assert [*folder.iterdir()] == []


def test_refs_are_tested_once_each(storage: Storage, several: Path) -> None:
    outcome = storage("test", "two", "one", "two")
    assert outcome.code == 0
    assert [line.split()[1] for line in outcome.out.splitlines()] == ["two", "one"]


def test_results_as_json_have_every_step(storage: Storage, several: Path) -> None:
    outcome = storage("test", "one", "wrong", "bad", "--json")
    assert outcome.code == 1
    assert outcome.json["ok"] is False
    one, wrong, bad = outcome.json["results"]
    assert (one["ok"], one["error"], one["type"]) == (True, None, "local")
    names = [step.name for step in steps(LocalStorage(storage_path="/"))]
    assert [step["step"] for step in one["steps"]] == names
    assert all(step["ok"] and step["seconds"] >= 0 for step in one["steps"])
    assert wrong["ok"] is False
    assert wrong["error"].startswith(wrong["steps"][-1]["label"])
    assert bad["steps"] == []
    assert "storage_pth" in bad["error"]


def test_refs_and_all_exclude_each_other(storage: Storage, several: Path) -> None:
    assert storage("test", "one", "--all").code == 2


def test_all_of_nothing_is_no_failure(storage: Storage, home: Path) -> None:
    outcome = storage("test", "--all")
    assert (outcome.code, outcome.out) == (0, "")
    assert "storage create" in outcome.err
    assert storage("test", "--all", "--json").json == {"ok": True, "results": []}


def test_a_terminal_gets_a_checklist(terminal: Callable[..., object], several: Path) -> None:
    child = terminal("test", "one", "wrong")
    assert ended(child) == 1
    for step in steps(LocalStorage(storage_path="/")):
        assert f"✓\x1b[0m {step.label}" in child.before
    assert "✗" in child.before
    assert "error: the test failed for wrong" in child.before


def test_the_times_of_all_checklists_stand_in_one_column(
    terminal: Callable[..., object], several: Path
) -> None:
    child = terminal("test", "one", "two", "wrong", "bad", NO_COLOR="1")
    assert ended(child) == 1
    timed = [line for line in lines_of(child) if line.endswith(" ms")]
    assert len(timed) == 18
    assert len({len(line) for line in timed}) == 1
    assert "  ✗ read the settings\r\n    " in child.before


def test_all_get_a_line_each_at_a_terminal(terminal: Callable[..., object], several: Path) -> None:
    for folder in ("one", "home"):
        (several.parents[1] / folder).mkdir(exist_ok=True)
    child = terminal("test", "--all", NO_COLOR="1", COLUMNS="60")
    assert ended(child) == 1
    lines = lines_of(child)
    assert [line.split()[:2] for line in lines if line[0] in "✓✗"] == [
        ["✓", "one"],
        ["✓", "two"],
        ["✗", "wrong"],
        ["✗", "bad"],
    ]
    assert re.fullmatch(r"✓ one    +\d+ ms", lines[0])
    assert re.fullmatch(r"✗ wrong  +\d+ ms  find the folder", lines[2])
    assert all(line[0] in "✓✗ " or line.startswith("error: ") for line in lines)
    assert " ".join(lines).count("storage_pth is not a setting") == 1


def lines_of(child: pexpect.spawn) -> list[str]:
    """What can be seen of the output: what was drawn over is left out."""
    return [
        line.rpartition("\x1b[K")[2] for line in child.before.removesuffix("\r\n").split("\r\n")
    ]


def test_a_server_that_is_down_shows_at_a_terminal_that_it_is_tried_again(
    terminal: Callable[..., object], config: Path, server_down_url: str
) -> None:
    # A minute, of which a busy machine leaves some after the first attempt.
    down = f'type = "kv"\napi_address = "{server_down_url}"\ntimeout = 60\n'
    config.write_text(f'[storage."a-name-{"x" * 90}"]\n{down}[storage.b]\n{down}')
    child = terminal("test", "b")
    child.expect("reach the server: trying again, [1-5][0-9] s left")
    child.sendintr()
    assert ended(child) == 130
    # Each drawing of a line must fit in one, or the next one would leave some of it standing.
    child = terminal("test", "--all")
    child.expect(r"\r… a-name-x+\x1b\[K.*\r… a-name-x+\x1b\[K")
    printed = child.before + child.after
    child.sendintr()
    assert ended(child) == 130
    drawn = re.findall(r"\r(… [^\r\x1b]*)\x1b\[K", printed)
    assert drawn
    assert all(len(line) < 80 for line in drawn)


@contextmanager
def silent_server(*answered: bytes) -> Iterator[tuple[int, threading.Event]]:
    """A port where a request is answered only if it has one of these methods.

    Yields:
        The port, and what is set when a request came that is not answered.
    """
    asked = threading.Event()

    class Silent(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            method = self.rfile.readline().partition(b" ")[0]
            while self.rfile.readline().strip():
                pass
            self.close_connection = not method
            if method in answered:
                self.wfile.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnull")
            elif method:
                asked.set()
                self.rfile.read()

    with ThreadingHTTPServer(("127.0.0.1", 0), Silent) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server.server_address[1], asked
        server.shutdown()
        thread.join()


def slow(config: Path, port: int) -> None:
    config.write_text(
        f'[storage.slow]\ntype = "kv"\ntimeout = 3600\napi_address = "http://127.0.0.1:{port}"\n'
    )


def test_ctrl_c_ends_a_test_that_waits_for_a_server(
    terminal: Callable[..., object], config: Path
) -> None:
    with silent_server() as (port, asked):
        slow(config, port)
        child = terminal("test", "--all")
        assert asked.wait(30)
        child.sendintr()
        assert ended(child) == 130
        assert "Stopping" not in child.before
        assert "Traceback" not in child.before


def test_ctrl_c_waits_for_the_test_to_delete_its_blob_and_a_second_one_does_not(
    terminal: Callable[..., object], config: Path
) -> None:
    with silent_server(b"GET") as (port, asked):
        slow(config, port)
        child = terminal("test", "slow")
        assert asked.wait(30)
        child.sendintr()
        child.expect("Stopping, and deleting what the test wrote; Ctrl\\+C again leaves at once")
        child.sendintr()
        assert ended(child) == 130
        assert "Traceback" not in child.before


def test_a_server_that_is_down_fails_within_the_timeout(
    storage: Storage, config: Path, server_down_url: str
) -> None:
    # In which a busy machine loads the driver too, and makes one attempt.
    config.write_text(
        f'[storage.down]\ntype = "kv"\napi_address = "{server_down_url}"\ntimeout = 5\n'
    )
    outcome = storage("test", "down")
    assert outcome.code == 1
    assert outcome.out.startswith("failed  down  reach the server: ")
    assert f"{server_down_url} cannot be reached: Connection refused at" in outcome.out
    assert outcome.err == "error: the test failed for down\n"
    assert list(config.parent.iterdir()) == [config]


def test_what_a_server_does_not_do_is_a_hint_and_no_failure(
    storage: Storage, terminal: Callable[..., object], config: Path, plain_kv_url: str
) -> None:
    config.write_text(f'[storage.kv]\ntype = "kv"\napi_address = "{plain_kv_url}"\n')
    outcome = storage("test", "kv", "--json")
    assert outcome.code == 0
    (found,) = outcome.json["results"]
    lacking = {step["step"]: step["message"] for step in found["steps"] if step["lacks"]}
    assert [*lacking] == ["keep", "list", "delete"]
    assert "the later one wins" in lacking["keep"]
    assert "results/storage-test-blob stays" in lacking["delete"]
    child = terminal("test", "kv", NO_COLOR="1")
    assert ended(child) == 0
    assert [line.split()[0] for line in lines_of(child) if "list what" in line] == ["–"]
