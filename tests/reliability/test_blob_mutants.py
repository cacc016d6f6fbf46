"""Figure 13 for blobs: each safeguard is taken away from a copy of the code; a test must notice.

The test that is to notice is named here. An unchanged copy must pass all of them, or their failing
would prove nothing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.figures import Figure

ROOT = Path(__file__).parents[2]

LOCAL = "storage_core/backends/local.py"
STORE = "storage_core/store.py"
TRANSFER = "storage_core/transfer.py"

CALLS = "test_blob_calls.py"
ORDER = f"{CALLS}::test_a_blob_is_on_the_disk_before_it_has_its_name_and_before_the_write_returns"
BYTES = "test_blob_bytes.py"
FLIPPED = f"{BYTES}::test_a_flipped_byte_is_detected_however_a_blob_is_read"
RACE = f"{BYTES}::test_of_sixteen_writers_of_a_chosen_key_one_wins"
RACE_WITHOUT_LINKS = f"{BYTES}::test_where_there_are_no_links_a_writer_waits_for_the_one_before"
KILLS = "test_blob_crashes.py::test_a_killed_write_leaves_a_whole_blob_or_none"
FULL = "test_blob_crashes.py::test_a_full_disk_leaves_the_old_blob_and_nothing_of_the_new_one"
KEYS = "test_blob_keys.py"


CLOSED = """\
            finally:
                os.close(folder)
        except FileExistsError"""


class Mutant(NamedTuple):
    """A safeguard that is missing."""

    file: str
    changes: tuple[tuple[str, str], ...]
    """What stands in the file exactly once, and what stands there instead."""

    noticed_by: str


def mutant(file: str, old: str, new: str, noticed_by: str) -> Mutant:
    return Mutant(file, ((old, new),), noticed_by)


MUTANTS = {
    "no flush of the blob": mutant(LOCAL, "    os.fsync(descriptor)\n", "", ORDER),
    "no flush of the folder": mutant(
        LOCAL,
        f"                _sync_folder(folder)\n{CLOSED}",
        CLOSED,
        ORDER,
    ),
    "no flush of a new folder": mutant(
        LOCAL,
        "        return\n    _sync_folder(above)\n",
        "        return\n",
        f"{CALLS}::test_new_folders_are_on_the_disk_before_a_blob_is_written_into_them",
    ),
    "no flush after a deletion": mutant(
        LOCAL,
        "os.unlink(key.name, dir_fd=folder)\n                _sync_folder(folder)\n",
        "os.unlink(key.name, dir_fd=folder)\n",
        f"{CALLS}::test_a_deletion_is_on_the_disk_before_it_returns",
    ),
    "no replacing, but writing in place": Mutant(
        LOCAL,
        (
            ('temporary = f"~{os.urandom(8).hex()}"', "temporary = key.name"),
            (
                "os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW",
                "os.O_WRONLY | os.O_CREAT | os.O_TRUNC",
            ),
            ("_publish_new(temporary, key.name, folder)", "pass"),
        ),
        KILLS,
    ),
    "no new name, but replacing what is there": mutant(
        LOCAL,
        "        os.link(temporary, name, src_dir_fd=folder, dst_dir_fd=folder, "
        "follow_symlinks=False)\n",
        "        os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)\n",
        RACE,
    ),
    "no lock where there are no links": mutant(
        LOCAL, "    flock(folder, LOCK_EX)\n", "", RACE_WITHOUT_LINKS
    ),
    "no second look under that lock": mutant(
        LOCAL,
        "    if _is_taken(name, folder):\n        raise FileExistsError",
        "    if False:\n        raise FileExistsError",
        RACE_WITHOUT_LINKS,
    ),
    "no check of the length": mutant(
        LOCAL,
        "    if stored != length:\n",
        "    if False:\n",
        f"{CALLS}::test_bytes_that_the_disk_swallows_are_noticed",
    ),
    "no writing on after a short write": mutant(
        LOCAL,
        "        while rest:\n            rest = rest[os.write(descriptor, rest) :]\n",
        "        os.write(descriptor, rest)\n",
        f"{CALLS}::test_writes_in_small_pieces_are_put_together",
    ),
    "no removal of what is not complete": mutant(
        LOCAL,
        "                    _unlink(temporary, folder)\n                    raise\n",
        "                    raise\n",
        FULL,
    ),
    "no sweeping": mutant(
        LOCAL,
        "                            _unlink(entry.name, folder)\n",
        "                            pass\n",
        "test_blob_crashes.py::test_what_a_killed_write_has_left_is_swept_an_hour_later",
    ),
    "no comparison with the hash by read": mutant(
        STORE,
        "if self._is_hash(key) and keys.content_name(data) != key.name:",
        "if False:",
        FLIPPED,
    ),
    "no comparison with the hash by read_file": mutant(
        TRANSFER,
        "if expected is not None and content_name_of(temporary) != expected:",
        "if False:",
        FLIPPED,
    ),
    "no comparison with the hash by open": mutant(
        TRANSFER,
        "if not chunk and self._digest.hexdigest() != self._expected:",
        "if False:",
        FLIPPED,
    ),
    "no check of keys": mutant(
        "storage_core/keys.py",
        "        if slash and is_name(name):\n",
        "        if slash:\n",
        f"{KEYS}::test_no_key_leads_out_of_a_local_store",
    ),
    "links followed to blobs": mutant(
        LOCAL,
        "os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC",
        "os.O_RDONLY | os.O_CLOEXEC",
        f"{KEYS}::test_a_link_in_place_of_a_blob_is_never_followed",
    ),
    "links followed to the folder of a kind": mutant(
        LOCAL,
        "            try:\n                return os.open(kind, _FOLDER | os.O_NOFOLLOW, ",
        "            try:\n                return os.open(kind, _FOLDER, ",
        f"{KEYS}::test_a_link_in_place_of_the_folder_of_a_kind_is_refused",
    ),
    "links followed by temporary files": mutant(
        LOCAL,
        "os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW",
        "os.O_WRONLY | os.O_CREAT",
        f"{KEYS}::test_a_link_under_the_name_of_a_temporary_file_is_not_written_through",
    ),
    "pipes waited for": mutant(
        LOCAL,
        "os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK",
        "os.O_NOFOLLOW | os.O_CLOEXEC",
        f"{KEYS}::test_what_is_no_file_is_refused_and_never_waited_for",
    ),
}


def copied(folder: Path) -> Path:
    """A copy of the code and its tests."""
    folder.mkdir()
    ignored = shutil.ignore_patterns("__pycache__", "node_modules", "__snapshots__")
    for name in ("storage_core", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def outcome(folder: Path, tests: list[str]) -> tuple[int, str]:
    """The exit code and the output of these tests in a copy: 0 passed, 1 failed."""
    options = ("-q", "-x", "-p", "no:cacheprovider", "--timeout", "20")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", *options),
            *(f"tests/reliability/{test}" for test in tests),
        ],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def is_noticed(folder: Path, name: str) -> bool:
    """Whether the named test fails when the safeguard `name` is missing."""
    mutant = MUTANTS[name]
    path = copied(folder) / mutant.file
    source = path.read_text()
    for old, new in mutant.changes:
        source = source.replace(old, new)
    path.write_text(source)
    code, output = outcome(folder, [mutant.noticed_by])
    shutil.rmtree(folder)
    assert code in (0, 1), output
    return code == 1


def test_every_safeguard_of_blobs_is_still_where_it_is_taken_away() -> None:
    for name, mutant in MUTANTS.items():
        source = (ROOT / mutant.file).read_text()
        for old, _ in mutant.changes:
            assert source.count(old) == 1, f"{name}: the code has changed, change this list"


def test_a_blob_that_is_not_flushed_is_noticed(tmp_path: Path) -> None:
    assert is_noticed(tmp_path / "copy", "no flush of the blob")


@pytest.mark.reliability
@pytest.mark.timeout(900)
def test_figure_13_every_missing_safeguard_of_blobs_is_noticed(
    tmp_path: Path, figure: Figure
) -> None:
    code, output = outcome(
        copied(tmp_path / "whole"), sorted({mutant.noticed_by for mutant in MUTANTS.values()})
    )
    assert code == 0, output
    missed = [
        name for number, name in enumerate(MUTANTS) if not is_noticed(tmp_path / str(number), name)
    ]
    figure(
        13,
        f"safeguards of blobs taken away: {len(MUTANTS)}",
        f"{len(MUTANTS) - len(missed)} noticed by the test that is named for it",
    )
    assert not missed
