"""Prints the table; `make bench` runs it.

`python -m scripts.bench NAME …` measures only the sections of those names.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path

from . import app, cold, warm
from .stage import stage
from .table import Section, printed

SECTIONS: dict[str, Callable[[Path], Section]] = {
    "local": cold.local,
    "s3": cold.s3,
    "small-blobs": warm.small_blobs,
    "large-blob": warm.large_blob,
    "reading": warm.reading,
    "editing": warm.editing,
    "ls": cold.ls,
    "paint": app.first_paint,
    "callbacks": app.callbacks,
}


def main() -> int:
    """Measure, print each section when it is done, return 0."""
    parser = argparse.ArgumentParser(prog="make bench", description="Measure beside alternatives.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"only {', '.join(SECTIONS)}")
    names = parser.parse_args().names
    if unknown := [name for name in names if name not in SECTIONS]:
        parser.error(f"no section is called {unknown[0]}; there are {', '.join(SECTIONS)}")
    began = time.perf_counter()
    print(
        f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} processors, "
        f"load {os.getloadavg()[0]:.1f}. Each ratio: the median (and the range) of samples taken "
        "in turn.\n",
        flush=True,
    )
    for name in names or SECTIONS:
        with stage() as folder:
            start = time.perf_counter()
            section = SECTIONS[name](folder)
        for line in printed(section, time.perf_counter() - start):
            print(line, flush=True)
    print(f"measured in {time.perf_counter() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
