"""Taking safeguards away from a copy of the code: the tests that are named for one have to fail.

The tests run against the copy in a process of its own. Those of an unchanged copy must pass, or
their failing would prove nothing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]


class Mutant(NamedTuple):
    """A safeguard that is missing."""

    file: str
    changes: tuple[tuple[str, str], ...]
    """What stands in the file exactly once, and what stands there instead."""

    noticed_by: tuple[str, ...]
    """Tests, as pytest is told of them."""


def mutant(file: str, old: str, new: str, *noticed_by: str) -> Mutant:
    """One with a single change."""
    return Mutant(file, ((old, new),), noticed_by)


def misplaced(mutants: Mapping[str, Mutant]) -> list[str]:
    """Those whose safeguards are not where they are to be taken away, because code has changed."""
    return [
        name
        for name, mutant in mutants.items()
        for old, _ in mutant.changes
        if (ROOT / mutant.file).read_text().count(old) != 1
    ]


def missed(mutants: Mapping[str, Mutant], folder: Path) -> list[str]:
    """Those that no test notices. Copies go into `folder`, and are gone afterwards."""
    tests = sorted({test for mutant in mutants.values() for test in mutant.noticed_by})
    code, output = outcome(copied(folder / "whole"), tests)
    assert code == 0, output
    return [
        name
        for number, (name, mutant) in enumerate(mutants.items())
        if not is_noticed(folder / str(number), name, mutant)
    ]


def is_noticed(folder: Path, name: str, mutant: Mutant) -> bool:
    """Whether the named tests fail when this safeguard is missing."""
    path = copied(folder) / mutant.file
    source = path.read_text()
    for old, new in mutant.changes:
        assert source.count(old) == 1, f"{name}: the code has changed, change this list"
        source = source.replace(old, new)
    path.write_text(source)
    code, output = outcome(folder, mutant.noticed_by)
    shutil.rmtree(folder)
    assert code in (0, 1), output
    return code == 1


def copied(folder: Path) -> Path:
    """A copy of the code and its tests."""
    folder.mkdir()
    ignored = shutil.ignore_patterns("__pycache__", "node_modules", "__snapshots__")
    for name in ("storage_core", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def outcome(folder: Path, tests: Sequence[str]) -> tuple[int, str]:
    """The exit code and the output of these tests in a copy: 0 passed, 1 failed."""
    options = ("-q", "-x", "-p", "no:cacheprovider", "-m", "not reliability", "--timeout", "30")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *tests],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr
