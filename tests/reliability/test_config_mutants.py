"""Figure 13: each safeguard of the configuration file is taken away; some test must notice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.figures import Figure
from tests.reliability.mutants import Mutant, is_noticed, misplaced, missed, mutant

TESTS = (
    "tests/config/test_edit.py",
    "tests/config/test_replace.py",
    "tests/config/test_swap.py",
    "tests/reliability/test_config_crashes.py",
)
REPLACE = "storage_core/config/saving/replace.py"
LOCK = "storage_core/config/saving/lock.py"
DISK = "storage_core/config/saving/disk.py"
LOCKED = "    with locked(path, timeout) as target:\n"
BEFORE = "        _existing(path, target)\n        before = fingerprint(target)\n"
READ = "    text = read_text(path)\n"
IN_PLACE = """\
            elif os.path.exists(temporary):
                with open(temporary) as new, open(target, 'w') as old:
                    old.write(new.read())
                os.unlink(temporary)
"""


def missing(file: str, old: str, new: str) -> Mutant:
    return mutant(file, old, new, *TESTS)


MUTANTS = {
    "no lock": missing(
        LOCK,
        "        lock = _acquired(target, timeout)\n",
        "        from filelock import FileLock\n\n"
        "        lock = FileLock(beside(target, 'lock'))\n",
    ),
    "no reading again under the lock": missing(
        REPLACE,
        f"{LOCKED}{BEFORE}    {READ}",
        f"{READ}{LOCKED}{BEFORE}",
    ),
    "no flush of the file": missing(DISK, "        os.fsync(file)\n", ""),
    "no flush of the folder": missing(DISK, "        os.fsync(folder)\n", "        pass\n"),
    "no replacing, but writing in place": missing(
        REPLACE,
        "            elif not swap(temporary, target):\n"
        "                rename(temporary, target)\n",
        IN_PLACE,
    ),
    "no check that the new text is TOML": missing(
        REPLACE, "            parse_strictly(text)\n", "            pass\n"
    ),
    "no check that the old text is TOML": missing(
        REPLACE, "            parse(text)\n", "            pass\n"
    ),
    "no comparison with what tomllib reads": mutant(
        "storage_core/config/toml/edit.py",
        "        data = parse_strictly(after)\n",
        "        data = parse(after)\n",
        "tests/config/test_plain.py::"
        "test_a_mistake_in_reading_is_noticed_before_a_file_is_replaced",
    ),
    "no comparison with what was meant": missing(
        "storage_core/config/toml/edit.py",
        "    if same(data, intended):\n",
        "    if data is not None:\n",
    ),
    "no check of the length": missing(DISK, "st_size != len(data)", "st_size < 0"),
    "no look at what was replaced": missing(
        REPLACE,
        "elif not _is_what_was_read(temporary, expected, read):",
        "elif False:",
    ),
    "no putting back": missing(REPLACE, "            swap(old, target)\n", "            pass\n"),
    "no waiting for writers": missing(REPLACE, "        await_writers(file.fileno())\n", ""),
    "no look whether a new file is there": missing(
        DISK,
        "        os.link(temporary, target)\n",
        "        return os.replace(temporary, target) or True\n",
    ),
    "no narrow temporary file": missing(DISK, "_NEW_FILE_FLAGS, 0o600)", "_NEW_FILE_FLAGS, 0o644)"),
    "no keeping of permissions": missing(DISK, "    os.fchmod(file, mode)\n", "    pass\n"),
    "no following of links": missing(LOCK, "os.path.realpath(path)", "os.path.abspath(path)"),
    "no sweeping": missing(LOCK, "        _sweep(target)\n", ""),
    "no removal of the temporary file": missing(
        REPLACE,
        "os.unlink(temporary)\n            raise",
        "raise",
    ),
}


def test_a_save_without_flush_or_comparison_is_noticed(tmp_path: Path) -> None:
    for name in ("no flush of the folder", "no comparison with what was meant"):
        assert is_noticed(tmp_path / "copy", name, MUTANTS[name])


def test_every_safeguard_is_still_where_it_is_taken_away() -> None:
    assert not misplaced(MUTANTS)


@pytest.mark.reliability
@pytest.mark.timeout(900)
def test_figure_13_every_missing_safeguard_is_noticed(tmp_path: Path, figure: Figure) -> None:
    unnoticed = missed(MUTANTS, tmp_path)
    figure(
        13,
        f"safeguards of the configuration file taken away: {len(MUTANTS)}",
        f"{len(MUTANTS) - len(unnoticed)} noticed by a test",
    )
    assert not unnoticed
