"""Figure 13: each safeguard of the configuration file is taken away; some test must notice.

A copy of the code is changed by hand and the tests of it run against the copy. An unchanged copy
must pass them, or their failing would prove nothing.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.figures import Figure

ROOT = Path(__file__).parents[2]
TESTS = (
    "tests/config/test_edit.py",
    "tests/config/test_replace.py",
    "tests/reliability/test_config_crashes.py",
)
COPIED = (
    "tests/__init__.py",
    "tests/children.py",
    "tests/figures.py",
    "tests/config",
    "tests/reliability",
)

REPLACE = "storage_core/config/replace.py"
DISK = "storage_core/config/disk.py"
LOCKED = "    with locked(path, timeout) as target:\n"
BEFORE = "        _existing(path, target)\n        before = fingerprint(target)\n"
READ = "    text = read.read_text(path)\n"
IN_PLACE = """\
            with open(temporary) as new, open(target, 'w') as old:
                old.write(new.read())
            os.unlink(temporary)
            return
"""
MUTANTS = {
    "no lock": (REPLACE, "        _acquire(lock, target)\n", "        pass\n"),
    "no reading again under the lock": (
        REPLACE,
        f"{LOCKED}{BEFORE}    {READ}",
        f"{READ}{LOCKED}{BEFORE}",
    ),
    "no flush of the file": (DISK, "        os.fsync(file)\n", ""),
    "no flush of the folder": (DISK, "        os.fsync(folder)\n", "        pass\n"),
    "no replacing, but writing in place": (
        DISK,
        "            return os.replace(temporary, target)\n",
        IN_PLACE,
    ),
    "no check that the new text is TOML": (REPLACE, "            _verify(new, path)\n", ""),
    "no check that the old text is TOML": (REPLACE, "        _verify(text, path)\n", ""),
    "no comparison with what was meant": (
        "storage_core/config/edit.py",
        "    if same(data, intended):\n",
        "    if data is not None:\n",
    ),
    "no check of the length": (DISK, "st_size != len(data)", "st_size < 0"),
    "no look at the file before it is replaced": (
        REPLACE,
        "if fingerprint(target) != expected:",
        "if False:",
    ),
    "no narrow temporary file": (DISK, "_NEW_FILE_FLAGS, 0o600)", "_NEW_FILE_FLAGS, 0o644)"),
    "no keeping of permissions": (DISK, "    os.fchmod(file, mode)\n", "    pass\n"),
    "no following of links": (REPLACE, "os.path.realpath(path)", "os.path.abspath(path)"),
    "no sweeping": (REPLACE, "        _sweep(target)\n", ""),
    "no removal of the temporary file": (
        REPLACE,
        "os.unlink(temporary)\n            raise",
        "raise",
    ),
}


def copy(folder: Path) -> Path:
    """The code and the tests of the configuration file."""
    folder.mkdir()
    without_caches = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "storage_core", folder / "storage_core", ignore=without_caches)
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=without_caches)
        else:
            (folder / name).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def outcome(folder: Path) -> tuple[int, str]:
    """The exit code and the output of the tests in `folder`: 0 passed, 1 failed."""
    options = ("-q", "-x", "-p", "no:cacheprovider", "--noconftest", "-m", "not reliability")
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = reliability\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *TESTS],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(folder), "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def is_noticed(folder: Path, name: str) -> bool:
    """Whether a test fails when the safeguard `name` is missing."""
    file, old, new = MUTANTS[name]
    path = copy(folder) / file
    source = path.read_text()
    assert source.count(old) == 1, f"{name}: the code has changed, change this list"
    path.write_text(source.replace(old, new))
    code, output = outcome(folder)
    assert code in (0, 1), output
    return code == 1


def test_a_save_without_flush_or_comparison_is_noticed(tmp_path: Path) -> None:
    assert is_noticed(tmp_path / "1", "no flush of the folder")
    assert is_noticed(tmp_path / "2", "no comparison with what was meant")


def test_every_safeguard_is_still_where_it_is_taken_away() -> None:
    for name, (file, old, _) in MUTANTS.items():
        assert (ROOT / file).read_text().count(old) == 1, name


@pytest.mark.reliability
@pytest.mark.timeout(900)
def test_figure_13_every_missing_safeguard_is_noticed(tmp_path: Path, figure: Figure) -> None:
    code, output = outcome(copy(tmp_path / "whole"))
    assert code == 0, output
    missed = [
        name for index, name in enumerate(MUTANTS) if not is_noticed(tmp_path / str(index), name)
    ]
    figure(
        13,
        f"safeguards of the configuration file taken away: {len(MUTANTS)}",
        f"{len(MUTANTS) - len(missed)} noticed by a test",
    )
    assert not missed
