"""`storage usage` and `storage prune`."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest

from tests.care.test_usage import put
from tests.cli.conftest import Outcome, ended
from tests.quoting import in_toml

Storage = Callable[..., Outcome]


@pytest.fixture
def here(config: Path, tmp_path: Path) -> Path:
    """The folder of `here`, the default; `precious` and `fixed` are the same one, guarded; `wrong`
    cannot be listed, `bad` not be opened."""
    folder = tmp_path / "blobs"
    (tmp_path / "file").write_text("in the way")
    tables = {
        "here": "",
        "precious": "protected = true",
        "fixed": "read_only = true",
    }
    text = "".join(
        f'[storage.{name}]\ntype = "local"\nstorage_path = {in_toml(folder)}\n{more}\n'
        for name, more in tables.items()
    )
    config.write_text(
        f'default = "here"\n{text}[storage.wrong]\ntype = "local"\n'
        f"storage_path = {in_toml(tmp_path / 'file')}\n"
        '[storage.bad]\ntype = "local"\nstorage_pth = "x"\n'
    )
    put(folder, "results/old", 3_000_000, days=40)
    put(folder, "results/new", 10)
    put(folder, "flows/old", 2000, days=400)
    put(folder, "raw/x", 300, days=400)
    return folder


def test_usage_shows_the_default_by_folder_and_age(storage: Storage, here: Path) -> None:
    outcome = storage("usage")
    assert (outcome.code, outcome.err) == (0, "")
    first, empty, *table = outcome.out.splitlines()
    assert first == f"here  {here}  4 blobs, 2.9 MiB"
    assert empty == ""
    assert table == [
        "Folder          Blobs     Size",
        "flows               1  2.0 KiB  ▏",
        "results             2  2.9 MiB  ████████████████████████",
        "raw/                1    300 B  ▏",
        "",
        "Written         Blobs     Size",
        "within a day        1     10 B  ▏",
        "within a week       0      0 B",
        "within 30 days      0      0 B",
        "within 90 days      1  2.9 MiB  ████████████████████████",
        "within a year       0      0 B",
        "before that         2  2.2 KiB  ▏",
    ]


def test_usage_fits_a_terminal_of_80_columns_whatever_folders_are_called(
    terminal: Callable[..., Any], here: Path
) -> None:
    put(here, f"{'long ' * 40}/x", 10)
    put(here, "\x1b[31m/x", 10)
    for index in range(25):
        put(here, f"many-{index}/x", 20)
    child = terminal("usage")
    assert ended(child) == 0
    shown = child.before.split("blobs, 2.9 MiB")[1]
    assert "\x1b[32m█" in shown
    assert "\x1b[31m" not in shown
    lines = re.sub(r"\x1b\[\d*m", "", shown).splitlines()
    assert max(map(len, lines)) <= 80
    assert any(re.match(r"other folders +8 +", line) for line in lines)
    ends = {len(line.rstrip(" ▏▎▍▌▋▊▉█")) for line in lines if re.search(r" [KM]?i?B\b", line)}
    assert len(ends) == 1, "the sizes stand one below the other"


def test_of_several_one_that_fails_is_one_line_and_the_others_are_shown(
    storage: Storage, here: Path
) -> None:
    outcome = storage("usage", "wrong", "here", "bad")
    assert outcome.code == 1
    assert outcome.err == "error: cannot tell the usage of wrong, bad\n"
    lines = outcome.out.splitlines()
    assert lines[0].startswith("failed  wrong  ")
    assert lines[2].startswith("here  ")
    assert lines[-1].startswith("failed  bad  ")
    assert "storage_pth is not a setting" in lines[-1]
    alone = storage("usage", "wrong")
    assert (alone.code, alone.out) == (1, "")
    assert alone.err.startswith("error: ")
    assert storage("usage", "nobody").code == 3
    assert storage("usage", "here", "--all").code == 2


def test_usage_as_json_has_all_of_it(storage: Storage, here: Path) -> None:
    outcome = storage("usage", "--all", "--json")
    assert outcome.code == 1
    assert outcome.json["ok"] is False
    results = {each["name"]: each for each in outcome.json["results"]}
    assert [*results] == ["here", "precious", "fixed", "wrong", "bad"]
    assert results["bad"]["error"]
    assert "blobs" not in results["bad"]
    found = results["here"]
    assert (found["error"], found["blobs"], found["bytes"]) == (None, 4, 3_002_310)
    assert found["folders"]["raw"] == {"blobs": 1, "bytes": 300, "unsized": 0}
    assert found["ages"]["older"]["blobs"] == 2


def to_the_clock_of_children(folder: Path) -> None:
    """Move all times to the real clock, as processes have it that a test starts (`tests/clock`)."""
    probe = folder.parent / "probe"
    probe.touch()
    ahead = time.time() - probe.stat().st_mtime
    for path in folder.rglob("*"):
        then = path.stat().st_mtime - ahead
        os.utime(path, (then, then))


def test_prune_asks_with_number_and_bytes_first(terminal: Callable[..., Any], here: Path) -> None:
    to_the_clock_of_children(here)
    child = terminal("prune", "here", "--older-than", "30d", COLUMNS="300")
    child.expect(r"Delete 2 blobs, 2.9 MiB, of here \(\S+blobs\), written before \S+ \S+ UTC\?")
    child.expect(r"\[y/N\]")
    child.sendline("n")
    assert ended(child) == 1
    assert "nothing was deleted" in child.before
    assert (here / "results/old").exists()
    child = terminal("prune", "here", "--older-than", "30d", COLUMNS="300")
    child.expect(r"\[y/N\]")
    child.sendline("y")
    assert ended(child) == 0
    assert "Deleted 2 blobs, 2.9 MiB." in child.before
    assert not (here / "results/old").exists()
    assert (here / "results/new").exists()
    assert (here / "raw/x").exists()
    child = terminal("prune", "here", "--older-than", "30d", "--yes", COLUMNS="300")
    assert ended(child) == 0
    assert "Nothing in here was written before " in child.before


def test_a_dry_run_lists_and_deletes_nothing(storage: Storage, here: Path) -> None:
    outcome = storage("prune", "precious", "--older-than", "30d", "--dry-run", "--kind", "results")
    assert outcome.code == 0
    assert re.fullmatch(r"\S+ \S+ +3000000  results/old\n", outcome.out)
    assert outcome.err.startswith("Would delete 1 blob, 2.9 MiB, written before ")
    found = storage("prune", "here", "--older-than", "1y", "--dry-run", "--json").json
    assert [each["key"] for each in found["blobs"]] == ["flows/old"]
    assert found["bytes"] == 2000
    assert (here / "results/old").exists()
    assert (here / "flows/old").exists()


def test_without_a_terminal_prune_needs_yes(storage: Storage, here: Path) -> None:
    outcome = storage("prune", "here", "--older-than", "30d")
    assert outcome.code == 2
    assert "--yes" in outcome.err
    assert (here / "results/old").exists()
    outcome = storage("prune", "here", "--older-than", "30d", "--yes", "--json")
    assert outcome.code == 0
    assert (outcome.json["deleted"], outcome.json["bytes"]) == (2, 3_002_000)


def test_a_protected_storage_wants_its_name(
    terminal: Callable[..., Any], storage: Storage, here: Path
) -> None:
    to_the_clock_of_children(here)
    for arguments, code in (("--yes",), 2), (("--yes", "--confirm", "here"), 2):
        assert storage("prune", "precious", "--older-than", "30d", *arguments).code == code
    child = terminal("prune", "precious", "--older-than", "30d", "--yes", COLUMNS="300")
    child.expect("Type its name to confirm deleting 2 blobs, 2.9 MiB, of precious")
    child.expect("Name: ")
    child.sendline("here")
    assert ended(child) == 1
    assert (here / "results/old").exists()
    assert storage("prune", "precious", "--older-than", "30d", "--confirm", "precious").code == 0
    assert not (here / "results/old").exists()


def test_a_read_only_storage_is_refused_before_anything(storage: Storage, here: Path) -> None:
    for more in (), ("--yes",), ("--dry-run",):
        outcome = storage("prune", "fixed", "--older-than", "30d", *more)
        assert (outcome.code, outcome.out) == (1, "")
        assert "is read-only by its configuration" in outcome.err
    assert (here / "results/old").exists()


@pytest.mark.parametrize(
    ("span", "said"),
    [
        ("30", "has no unit"),
        ("30 d", "is no span of time"),
        ("-30d", "is no span of time"),
        ("1.5h", "is no span of time"),
        ("three days", "is no span of time"),
        ("٣d", "is no span of time"),
        ("", "is no span of time"),
        ("0d", "more than 0"),
        ("99999y", "before the year 1"),
        ("9" * 5000 + "d", "longer than calendars go"),
    ],
)
def test_a_span_that_is_none_is_explained(
    storage: Storage, here: Path, span: str, said: str
) -> None:
    outcome = storage("prune", "here", "--older-than", span, "--yes")
    assert outcome.code == 2
    assert said in outcome.err
    assert (here / "results/old").exists()


@pytest.mark.parametrize("span", ["57600m", "960h", "39d", "5w"])
def test_every_unit_means_what_it_says(storage: Storage, here: Path, span: str) -> None:
    found = storage("prune", "here", "--older-than", span, "--dry-run", "--json").json
    keys = [each["key"] for each in found["blobs"]]
    # 57,600 minutes and 960 hours are the 40 days that lie behind it.
    assert keys == ["flows/old", "results/old"]


def test_what_cannot_be_deleted_is_listed_with_why(
    storage: Storage, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from storage_core.backends.local import LocalBackend
    from storage_core.errors import AccessDenied

    for index in range(25):
        put(here, f"flows/{index}", 1, days=31)

    def refuse(self: LocalBackend, path: str) -> None:
        raise AccessDenied(f"{path} may not be deleted")

    monkeypatch.setattr(LocalBackend, "delete", refuse)
    outcome = storage("prune", "here", "--older-than", "30d", "--yes")
    assert (outcome.code, outcome.out) == (1, "")
    *failed, more, last = outcome.err.splitlines()
    assert len(failed) == 20
    assert re.fullmatch(r"failed  (flows/\S+)  \1 may not be deleted", failed[0])
    assert more == "and 7 more"
    assert last == "error: 27 blobs could not be deleted"


@pytest.mark.parametrize("more", [("--yes",), ("--dry-run",)])
def test_of_what_could_not_be_looked_at_prune_claims_nothing(
    storage: Storage, here: Path, more: tuple[str, ...]
) -> None:
    rmtree(here / "results")
    (here / "results").write_text("in the way")
    outcome = storage("prune", "here", "--older-than", "9y", *more)
    assert (outcome.code, outcome.out) == (1, "")
    assert re.fullmatch(r"error: cannot list \S+results: .*\n", outcome.err)


def test_prune_as_json_has_what_ended_it(storage: Storage, here: Path) -> None:
    arguments = ("prune", "here", "--yes", "--json", "--older-than")
    assert storage(*arguments, "9y").json["error"] is None
    rmtree(here / "results")
    (here / "results").write_text("in the way")
    outcome = storage(*arguments, "30d")
    assert (outcome.code, outcome.json["deleted"], outcome.json["failures"]) == (1, 1, 0)
    assert f"cannot list {here}/results" in outcome.json["error"]
    assert outcome.err == f"error: {outcome.json['error']}\n"


def test_interrupting_prune_leaves_the_rest(terminal: Callable[..., Any], here: Path) -> None:
    for index in range(5000):
        put(here, f"flows/{index}", 0, days=31)
    to_the_clock_of_children(here)
    child = terminal("prune", "here", "--older-than", "30d", "--yes", COLUMNS="300")
    child.expect(r"deleting .*[1-9]\d* blobs")
    child.sendintr()
    assert ended(child) == 130
    assert "blobs had been deleted" in child.before
    assert any((here / "flows").iterdir())
