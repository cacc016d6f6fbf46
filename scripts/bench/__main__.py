"""Prints the table; `make bench` runs it.

`python -m scripts.bench NAME …` measures only the sections of those names, and saves nothing.
"""

from __future__ import annotations

import argparse
import compileall
import os
import platform
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path

from . import app, cold, growth, large, warm
from .figures import KEPT, Figure, keep, run
from .measure import PYTHON, ROOT
from .stage import stage
from .table import HEAD, printed, summary

QUICK: dict[str, Callable[[Path], list[Figure]]] = {
    "local": cold.local,
    "s3": cold.cloud,
    "profile": cold.profile,
    "others": cold.others,
    "commands": cold.commands,
    "layers": cold.layers,
    "single": warm.single,
    "many": warm.many,
    "threads": warm.threads,
    "disk": warm.disk,
    "paint": app.first_paint,
    "config": warm.config,
}
"""The sections of `make bench`, which take less than four minutes together."""

LONG: dict[str, Callable[[Path], list[Figure]]] = {
    "large": large.blob,
    "listing": large.listing,
    "callbacks": app.callbacks,
}

_GROWTH = "growth"


def main() -> int:
    """Measure, print each section when it is done, return 0."""
    parser = argparse.ArgumentParser(prog="make bench", description="Measure beside alternatives.")
    sections = QUICK | LONG
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"only {', '.join([*sections, _GROWTH])}"
    )
    parser.add_argument("--full", action="store_true", help="what takes minutes too")
    parser.add_argument("--keep", action="store_true", help=f"keep what NAMEs give in {KEPT.name}")
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in {*sections, _GROWTH}]:
        parser.error(
            f"no section is called {unknown[0]}; there are {', '.join([*sections, _GROWTH])}"
        )
    if not PYTHON.exists():
        parser.error("the alternatives are not installed; run it by `make bench`")
    _compile()
    began = time.perf_counter()
    about = run()
    print(
        f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} processors, "
        f"load {about['load']}. Ratios of medians; ours and theirs measured in turn. 'other': of "
        f"processor time where the ratio is of wall time, and the other way round.\n{HEAD}",
        flush=True,
    )
    found = _measured(options.names or (sections if options.full else QUICK), sections)
    page = ""
    if options.full or _GROWTH in options.names:
        with stage() as folder:
            where = "{date}, {commit}, Python {python}, {processors} processors".format(**about)
            page = growth.page(folder, where)
        print(f"\n{page}")
    print(f"{summary([asdict(each) | {'met': each.met} for each in found])}; ", end="")
    print(f"measured in {time.perf_counter() - began:.0f} s")
    if options.keep or not options.names:
        keep(KEPT, found, about)
        if page:
            growth.PAGE.write_text(page, encoding="utf-8")
        print(f"kept in {KEPT.relative_to(ROOT)}; `make readme` draws the chart from it")
    return 0


def _measured(
    names: Iterable[str], sections: dict[str, Callable[[Path], list[Figure]]]
) -> list[Figure]:
    found: list[Figure] = []
    for name in names:
        if name == _GROWTH:
            continue
        with stage() as folder:
            figures = sections[name](folder)
        for figure in figures:
            print(printed({**asdict(figure), "met": figure.met}), flush=True)
        found += figures
    return found


def _compile() -> None:
    """Compile our modules to bytecode, as pip does for the alternatives when it installs them."""
    for package in ("storage_core", "tui"):
        compileall.compile_dir(ROOT / package, quiet=1)


if __name__ == "__main__":
    sys.exit(main())
