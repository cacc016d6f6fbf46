"""Takes screens of the app as it is in one revision, as SVG; `beside.py` starts it for each.

It imports nothing beside it: the app, the scenes and the stage come from the checkout in
PYTHONPATH, so that an older revision is driven with the keys that it had.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path
from typing import Any

make, material, scenes, stage = (
    import_module(f"scripts.screenshots.{name}") for name in ("make", "material", "scenes", "stage")
)
CONFIGURATION, keys = material.CONFIGURATION, scenes.keys

Steps = Callable[[Any], Awaitable[None]]


async def looked(pilot: Any) -> None:
    """List the default's blobs and test it, then test all connections."""
    await scenes.with_saved()(pilot)
    await scenes.press(pilot, "escape", "t", "escape")
    await scenes.tested(pilot)


STEPS: dict[str, tuple[Steps, str | None]] = {
    "list": (looked, CONFIGURATION),
    "empty": (keys(), None),
    "type": (keys("n"), None),
    "form": (scenes.filled_form, None),
    "test": (keys("G", "k", "k", "t"), CONFIGURATION),
    "help": (keys("question_mark"), CONFIGURATION),
    "palette": (keys("ctrl+p"), CONFIGURATION),
    "jump": (keys("ctrl+o"), CONFIGURATION),
    "blobs": (scenes.with_saved(), CONFIGURATION),
    "table": (scenes.with_saved("enter"), CONFIGURATION),
    "conflict": (scenes.conflict, CONFIGURATION),
    "secret": (keys("j", "j", "m"), material.UNSAFE),
}
"""By screen: the steps that lead to it, and the configuration file; None for no file."""


def take(name: str, size: tuple[int, int]) -> str:
    """Return one screen as SVG."""
    steps, configuration = STEPS[name]
    scene = scenes.Scene(name, size, steps, configuration)
    with stage.stage(configuration):
        frames = asyncio.run(make._drive(scene, scenes.open_app))
    return str(frames[0][0])


def main() -> None:
    """Take the screens that are named, `NAME@COLUMNSxROWS`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("screens", nargs="+")
    told = parser.parse_args()
    for screen in told.screens:
        name, _, size = screen.partition("@")
        columns, _, rows = size.partition("x")
        svg = take(name, (int(columns), int(rows)))
        (told.folder / f"{screen}.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
