"""A package with a storage type of its own proves itself with `storage_core.testing`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "example_package"


def installed(folder: Path) -> Path:
    """What `pip install` leaves of the package's metadata, without building it."""
    project = tomllib.loads((PACKAGE / "pyproject.toml").read_text())["project"]
    info = folder / f"storage_sqlite-{project['version']}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    (info / "entry_points.txt").write_text(
        "".join(
            f"[{group}]\n" + "".join(f"{name} = {where}\n" for name, where in points.items())
            for group, points in project["entry-points"].items()
        )
    )
    return folder


def test_the_type_of_another_package_passes_all_cases(tmp_path: Path) -> None:
    paths = (PACKAGE, installed(tmp_path / "site"), PACKAGE.parents[1])
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"),
            *("--asyncio-mode=auto", "-c", os.devnull, "--rootdir", str(tmp_path)),
            *("--basetemp", str(tmp_path / "tests"), str(PACKAGE / "check_sqlite.py")),
        ],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed, done.stdout
    # All of them, and none left out.
    assert int(passed[1]) > 40
    assert "skipped" not in done.stdout
