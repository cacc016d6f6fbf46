"""One configuration of a file of many: opened, changed, and what tomllib takes for the file."""

import sys
import tomllib
from itertools import count as counted
from pathlib import Path

from served import served

import storage_core

path = Path(sys.argv[1])
middle, bucket = sys.argv[2:]
numbers = counted()


def opened(count: int) -> None:
    """Open a storage by name."""
    for _ in range(count):
        storage_core.get_store(middle, config_path=path)


def changed(count: int) -> None:
    """Change a setting and save."""
    for _ in range(count):
        _change_elsewhere()
        storage_core.ConfigFile(path).update(bucket, bucket=f"bucket-{next(numbers)}")


def parsed(count: int) -> None:
    """What it costs to parse the file."""
    for _ in range(count):
        _change_elsewhere()
        with path.open("rb") as file:
            tomllib.load(file)


def _change_elsewhere() -> None:
    """Let nobody profit from what the last call learnt: most programs make one edit and end."""
    with path.open("a", encoding="utf-8") as end:
        end.write(f"# {next(numbers)}\n")


served({"opened": opened, "changed": changed, "parsed": parsed})
