"""Puts three pictures side by side: a screen as it was, as it is, and the nearest one elsewhere.

`make beside` runs it; `ours.py` and `others.py` take the screens. `programs/` has the requirements
of the other programs, each of which has an environment of its own.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from .grid import Grid, read_svg
from .others import ROOT, look, title
from .render import render_row

_WIDE: Final = (120, 40)
_SMALL: Final = (80, 24)


@dataclass(frozen=True)
class Screen:
    """One screen of ours and one of another program."""

    name: str
    program: str
    look: str
    """The screen of the other program, by its name in `others.py`."""
    size: tuple[int, int] = _WIDE
    """Columns and rows of the terminal."""
    steps: str = ""
    """The steps to ours, by their name in `ours.py`; empty if they are named like the screen."""

    @property
    def ours(self) -> str:
        """The argument with which `ours.py` takes it."""
        return f"{self.steps or self.name}@{self.size[0]}x{self.size[1]}"


SCREENS: Final = (
    Screen("list", "posting", "collection"),
    Screen("empty", "posting", "empty"),
    Screen("type", "posting", "method"),
    Screen("form", "posting", "auth"),
    Screen("test", "posting", "trace"),
    Screen("help", "posting", "help"),
    Screen("palette", "posting", "palette"),
    Screen("jump", "posting", "jump"),
    Screen("blobs", "awss3tui", "folder"),
    Screen("table", "harlequin", "grid"),
    Screen("conflict", "posting", "delete"),
    Screen("small", "posting", "collection", _SMALL, "list"),
)

_BEFORE = "79ddc592"
_BUILT = ROOT / "build" / "beside"
_SHOWN = ROOT / "docs" / "_static" / "beside"
_LARGE, _SHORT = 10, 8  # width of a cell in pixels: to look at, and in the documentation
_MOST = 150 * 1024  # bytes of a picture in the documentation
_ALTOGETHER = 1536 * 1024


def ours(tree: Path, screens: Sequence[Screen], name: str) -> dict[str, Grid]:
    """Return the screens of the app in a checkout, with `name` as their title."""
    with tempfile.TemporaryDirectory(prefix="beside-") as folder:
        subprocess.run(
            [sys.executable, "-P", Path(__file__).with_name("ours.py"), folder,
             *dict.fromkeys(screen.ours for screen in screens)],
            env={**os.environ, "PYTHONPATH": str(tree)},
            cwd=folder,
            check=True,
        )  # fmt: skip
        return {
            screen.name: replace(
                read_svg(Path(folder, f"{screen.ours}.svg").read_text(encoding="utf-8")), title=name
            )
            for screen in screens
        }


@contextmanager
def checkout(revision: str) -> Iterator[Path]:
    """Yield a checkout of this revision; it is deleted at the end."""
    with tempfile.TemporaryDirectory(prefix="beside-") as folder:
        tree = Path(folder, "tree")
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", tree, revision], check=True)
        try:
            yield tree
        finally:
            subprocess.run([*git, "remove", "--force", tree], check=True)


def main() -> int:
    """Return 0; print each file with its size."""
    parser = argparse.ArgumentParser(prog="make beside", description="Pictures to compare.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these screens")
    parser.add_argument("--before", default=_BEFORE, metavar="REVISION", help="beside this one")
    parser.add_argument("--docs", action="store_true", help="the documentation's pictures as well")
    parser.add_argument("--small", action="store_true", help="before and now only, at 80×24")
    told = parser.parse_args()
    known = {screen.name: screen for screen in SCREENS}
    if unknown := [name for name in told.names if name not in known]:
        parser.error(f"no screen is called {unknown[0]}; there are {', '.join(known)}")
    screens = [known[name] for name in told.names or known]
    if told.small:
        screens = [replace(each, size=_SMALL) for each in screens if each.name != "small"]
    with checkout(told.before) as tree:
        before = ours(tree, screens, f"Storage before, {told.before}")
    now = ours(ROOT, screens, "Storage now")
    wanted: dict[tuple[str, tuple[int, int]], set[str]] = {}
    for screen in () if told.small else screens:
        wanted.setdefault((screen.program, screen.size), set()).add(screen.look)
    theirs = {key: look(*key, names) for key, names in wanted.items()}
    _BUILT.mkdir(parents=True, exist_ok=True)
    for screen in screens:
        row = [before[screen.name], now[screen.name]]
        if not told.small:
            other = theirs[screen.program, screen.size][screen.look]
            row.append(replace(other, title=title(screen.program)))
        file = f"{screen.name}{'-small' * told.small}.png"
        _draw(row, _BUILT / file, _LARGE)
        if told.docs:
            _SHOWN.mkdir(parents=True, exist_ok=True)
            size = _draw(row, _SHOWN / file, _SHORT)
            if size > _MOST:
                raise SystemExit(f"error: {file} has more than {_MOST // 1024} KiB")
    if told.docs and sum(file.stat().st_size for file in _SHOWN.iterdir()) > _ALTOGETHER:
        raise SystemExit(f"error: the pictures have more than {_ALTOGETHER // 1024} KiB")
    return 0


def _draw(row: Sequence[Grid], file: Path, cell_width: int) -> int:
    render_row(row, file, cell_width=cell_width)
    size = file.stat().st_size
    print(f"{file.relative_to(ROOT)}  {size // 1024} KiB")
    return size


if __name__ == "__main__":
    sys.exit(main())
