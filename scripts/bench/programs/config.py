"""Opening and changing one configuration of many in a file, and parsing the file with tomllib."""

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
    """Parse the file with tomllib."""
    for _ in range(count):
        _change_elsewhere()
        with path.open("rb") as file:
            tomllib.load(file)


def _change_elsewhere() -> None:
    """Change the file, so that no call uses a cache of the last: most programs make one edit."""
    with path.open("a", encoding="utf-8") as end:
        end.write(f"# {next(numbers)}\n")


served({"opened": opened, "changed": changed, "parsed": parsed})
