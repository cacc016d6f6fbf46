"""Figure 13 for blobs: each safeguard is taken away; the test that is named here must notice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.figures import Figure
from tests.reliability.mutants import Mutant, is_noticed, misplaced, missed, mutant

LOCAL = "storage_core/backends/local/backend.py"
FOLDERS = "storage_core/backends/local/folders.py"
STORE = "storage_core/store.py"
DISK = "storage_core/backends/local/disk.py"
TRANSFER = "storage_core/blobs/files.py"

CALLS = "tests/reliability/test_blob_calls.py"
ORDER = f"{CALLS}::test_a_blob_is_on_the_disk_before_it_has_its_name_and_before_the_write_returns"
BYTES = "tests/reliability/test_blob_bytes.py"
FLIPPED = f"{BYTES}::test_a_flipped_byte_is_detected_however_a_blob_is_read"
RACE = f"{BYTES}::test_of_sixteen_writers_of_a_chosen_key_one_wins"
RACE_WITHOUT_LINKS = f"{BYTES}::test_where_there_are_no_links_a_writer_waits_for_the_one_before"
CRASHES = "tests/reliability/test_blob_crashes.py"
KILLS = f"{CRASHES}::test_a_killed_write_leaves_a_whole_blob_or_none"
FULL = f"{CRASHES}::test_a_full_disk_leaves_the_old_blob_and_nothing_of_the_new_one"
KEYS = "tests/reliability/test_blob_keys.py"


CLOSED = """\
            finally:
                os.close(above)
        except FileExistsError"""


IN_PLACE = """\
temporary = name
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    descriptor = os.open(temporary, flags, mode, dir_fd=folder)"""

MUTANTS = {
    "no flush of the blob": mutant(DISK, "    os.fsync(descriptor)\n", "", ORDER),
    "no flush of the folder": mutant(
        LOCAL,
        f"                sync_folder(above)\n{CLOSED}",
        CLOSED,
        ORDER,
    ),
    "no flush of a new folder": mutant(
        DISK,
        "        return False\n    sync_folder(above)\n",
        "        return False\n",
        f"{CALLS}::test_new_folders_are_on_the_disk_before_a_blob_is_written_into_them",
    ),
    "no flush after a deletion": mutant(
        LOCAL,
        "os.unlink(name, dir_fd=above)\n                sync_folder(above)\n",
        "os.unlink(name, dir_fd=above)\n",
        f"{CALLS}::test_a_deletion_is_on_the_disk_before_it_returns",
    ),
    "no replacing, but writing in place": Mutant(
        DISK,
        (
            ("temporary, descriptor = new_temporary(mode, folder)", IN_PLACE),
            ("            publish_new(temporary, name, folder)", "            pass"),
        ),
        (KILLS,),
    ),
    "no new name, but replacing what is there": mutant(
        DISK,
        "        os.link(temporary, name, src_dir_fd=folder, dst_dir_fd=folder, "
        "follow_symlinks=False)\n",
        "        os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)\n",
        RACE,
    ),
    "no new name for a file without one, but replacing what is there": mutant(
        DISK, "        if not overwrite:\n            raise\n", "        pass\n", RACE
    ),
    "no lock where there are no links": mutant(
        DISK, "        flock(folder, LOCK_EX)\n", "        pass\n", RACE_WITHOUT_LINKS
    ),
    "no second look under that lock": mutant(
        DISK,
        "    if is_taken(name, folder):\n        raise FileExistsError",
        "    if False:\n        raise FileExistsError",
        RACE_WITHOUT_LINKS,
    ),
    "no check of the length": mutant(
        DISK,
        "    if stored != length:\n",
        "    if False:\n",
        f"{CALLS}::test_bytes_that_the_disk_swallows_are_noticed",
    ),
    "no writing on after a short write": mutant(
        DISK,
        "        while rest:\n            rest = rest[os.write(descriptor, rest) :]\n",
        "        os.write(descriptor, rest)\n",
        f"{CALLS}::test_writes_in_small_pieces_are_put_together",
    ),
    "no removal of what is not complete": mutant(
        DISK,
        "            unlink(temporary, folder)\n        raise\n\n\ndef new_temporary",
        "            pass\n        raise\n\n\ndef new_temporary",
        FULL,
    ),
    "no sweeping": mutant(
        LOCAL,
        "                            unlink(each.name, descriptor)\n",
        "                            pass\n",
        f"{CRASHES}::test_what_a_killed_write_has_left_is_swept_an_hour_later",
    ),
    "no comparison with the hash by read": mutant(
        STORE,
        "if self._naming.is_hash(key) and keys.content_name(data) != key.name:",
        "if False:",
        FLIPPED,
    ),
    "no comparison with the hash by read_file": mutant(
        TRANSFER,
        "if expected is not None and content_name_of(file) != expected:",
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
        FOLDERS,
        "        try:\n            return os.open(name, _FOLDER | os.O_NOFOLLOW, ",
        "        try:\n            return os.open(name, _FOLDER, ",
        f"{KEYS}::test_a_link_in_place_of_the_folder_of_a_kind_is_refused",
    ),
    "links followed by temporary files": mutant(
        DISK,
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


def test_every_safeguard_of_blobs_is_still_where_it_is_taken_away() -> None:
    assert not misplaced(MUTANTS)


def test_a_blob_that_is_not_flushed_is_noticed(tmp_path: Path) -> None:
    name = "no flush of the blob"
    assert is_noticed(tmp_path / "copy", name, MUTANTS[name])


@pytest.mark.reliability
@pytest.mark.timeout(900)
def test_figure_13_every_missing_safeguard_of_blobs_is_noticed(
    tmp_path: Path, figure: Figure
) -> None:
    unnoticed = missed(MUTANTS, tmp_path)
    figure(
        13,
        f"safeguards of blobs taken away: {len(MUTANTS)}",
        f"{len(MUTANTS) - len(unnoticed)} noticed by the test that is named for it",
    )
    assert not unnoticed
