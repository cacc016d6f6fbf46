"""`storage transfer`: blobs from one storage into another."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree

import pexpect
import pytest

from storage_core import get_store
from tests.cli.conftest import Outcome, ended
from tests.quoting import in_toml

Storage = Callable[..., Outcome]
Terminal = Callable[..., pexpect.spawn]


@pytest.fixture
def places(config: Path, tmp_path: Path) -> Path:
    """Configurations `here` with three blobs, `there`, which is empty, and `frozen`."""
    config.write_text(
        f'[storage.here]\ntype = "local"\nstorage_path = {in_toml(tmp_path / "here")}\n'
        f'[storage.there]\ntype = "local"\nstorage_path = {in_toml(tmp_path / "there")}\n'
        f'[storage.frozen]\ntype = "local"\nstorage_path = {in_toml(tmp_path / "there")}\n'
        "read_only = true\n"
    )
    store = get_store("here")
    for key, data in (("flows/1", b"1"), ("results/2", b"22"), ("results/3", bytes(2048))):
        store.write(data, key=key)
    return tmp_path


def without_time(line: str) -> str:
    head, _, seconds = line.rpartition(", in ")
    assert seconds.endswith(" s\n")
    return head


def test_a_summary_is_printed_and_a_second_run_finds_all_of_it(
    storage: Storage, places: Path
) -> None:
    first = storage("transfer", "here", "there")
    assert (first.code, first.err) == (0, "")
    assert without_time(first.out) == ("3 blobs (2.0 KiB) copied, 0 there already, 0 failed")
    again = storage("transfer", "here", "there", "--kind", "results")
    assert without_time(again.out) == ("0 blobs (0 B) copied, 2 there already, 0 failed")
    assert storage("blobs", "there", "--json").json["blobs"][0]["size"]
    assert (places / "there" / "results" / "3").read_bytes() == bytes(2048)


def test_a_dry_run_lists_what_would_be_copied(storage: Storage, places: Path) -> None:
    outcome = storage("transfer", "here", "there", "--kind", "results", "--dry-run")
    *lines, last = outcome.out.splitlines(keepends=True)
    assert sorted(lines) == ["           2  results/2\n", "        2048  results/3\n"]
    assert without_time(last).startswith("2 blobs (2.0 KiB) would be copied, 0")
    assert not (places / "there").exists()
    told = storage("transfer", "here", "there", "--kind", "flows", "--dry-run", "--json").json
    assert told["blobs"] == [{"path": "flows/1", "size": 1}]
    assert (told["dry_run"], told["planned"], told["copied"]) == (True, 1, 0)


def test_json_has_the_totals_and_the_failures(storage: Storage, places: Path) -> None:
    get_store("there").write(b"another", key="results/2")
    outcome = storage("transfer", "here", "there", "--json")
    told = outcome.json
    assert told.pop("seconds") >= 0
    assert "holds another blob results/2" in told["failures"][0].pop("error")
    assert told == {
        "source": "here",
        "target": "there",
        "dry_run": False,
        "planned": 2,
        "copied": 2,
        "skipped": 0,
        "failed": 1,
        "bytes": 2049,
        "failures": [{"path": "results/2"}],
        "error": None,
    }
    assert (outcome.code, outcome.err) == (1, "error: 1 blob of 3 not transferred\n")


@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_json_has_what_ended_it_before_all_was_looked_at(
    storage: Storage, places: Path, more: tuple[str, ...]
) -> None:
    rmtree(places / "here" / "results")
    (places / "here" / "results").write_text("in the way")
    outcome = storage("transfer", "here", "there", "--json", *more)
    told = outcome.json
    assert (outcome.code, told["planned"], told["failed"], told["failures"]) == (1, 1, 0, [])
    assert f"cannot list {places}/here/results" in told["error"]
    assert outcome.err == f"error: {told['error']}\n"


def test_the_first_failures_have_a_line_each_and_the_rest_is_counted(
    storage: Storage, places: Path
) -> None:
    for number in range(30):
        get_store("here").write(b"here", key=f"results/bad-{number}")
        get_store("there").write(b"there", key=f"results/bad-{number}")
    outcome = storage("transfer", "here", "there")
    lines = outcome.err.splitlines()
    assert outcome.code == 1
    assert len(lines) == 22
    assert all(line.startswith("failed  results/bad-") for line in lines[:20])
    assert "which stays; delete one of the two" in lines[0]
    assert lines[20:] == ["… and 10 more", "error: 30 blobs of 33 not transferred"]
    assert without_time(outcome.out).endswith(
        "3 blobs (2.0 KiB) copied, 0 there already, 30 failed"
    )


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("here", "frozen"), 1, "frozen is read-only by its configuration"),
        (("here", "here"), 1, "here and here lead to one place"),
        (("here", "nowhere"), 3, "nowhere"),
        (("here", "there", "--path", "misspelt"), 3, "holds nothing below misspelt; see what"),
        (("here", "there", "--path", ""), 2, "write / for all"),
        (("here", "there", "--path", "a//b"), 1, "not valid"),
        (("here", "there", "--path", "x", "--kind", "flows"), 2, "leave one of them out"),
        (("here", "there", "--dask", "tcp://x:1", "--ray", "auto"), 2, "leave one of them out"),
        (("here", "there", "--jobs", "0"), 2, "--jobs"),
        (("here",), 2, "TO"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    storage: Storage, places: Path, arguments: tuple[str, ...], code: int, words: str
) -> None:
    outcome = storage("transfer", *arguments)
    assert (outcome.code, outcome.out) == (code, "")
    assert words in outcome.err
    assert outcome.err.startswith("error: ")
    assert outcome.err.count("\n") == 1
    assert not (places / "there").exists()


@pytest.mark.parametrize(("option", "package"), [("--dask", "distributed"), ("--ray", "ray")])
def test_a_missing_package_is_named(
    storage: Storage, places: Path, option: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, package, None)
    outcome = storage("transfer", "here", "there", option, "127.0.0.1:1")
    assert outcome.code == 1
    assert f"install it: pip install {package}\n" in outcome.err


def test_an_empty_source_is_said(storage: Storage, places: Path) -> None:
    outcome = storage("transfer", "there", "here")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == f"No blobs in there ({places / 'there'}).\n"


def test_all_below_a_location(storage: Storage, places: Path) -> None:
    get_store("here").backend.put("raw/x", b"x", overwrite=False)
    assert storage("transfer", "here", "there", "--path", "raw").code == 0
    assert storage("blobs", "there", "--all").out.endswith("  raw/x\n")
    assert "3 blobs" in storage("transfer", "here", "there", "--path", "/").out


def test_interrupted_it_says_how_to_go_on_and_then_does(
    terminal: Terminal, storage: Storage, places: Path
) -> None:
    store = get_store("here")
    # So many that it is not done before it can be interrupted, on a busy machine either.
    for number in range(240):
        store.write(bytes(10 if number % 8 else 1_200_000), key=f"results/many-{number}")
    child = terminal("transfer", "here", "there", "--jobs", "1")
    # The folder is there before the first blob in it.
    until = time.monotonic() + 60
    while not [*(places / "there").glob("results/many-*")] and time.monotonic() < until:
        time.sleep(0.01)
    child.kill(signal.SIGINT)
    child.expect_exact("Stopped; what was copied stays, and the same command goes on from there.")
    assert ended(child) == 130
    written = [*(places / "there" / "results").iterdir()]
    assert 0 < len(written) < 242
    assert all(
        each.read_bytes() == (places / "here" / "results" / each.name).read_bytes()
        for each in written
    )
    assert storage("transfer", "here", "there").code == 0
    assert len([*(places / "there" / "results").iterdir()]) == 242
