"""Takes the pictures in screenshots/ anew; `make screenshots` runs it.

`python -m scripts.screenshots.make NAME …` takes only the scenes of those names.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .render import render_animation, render_png
from .scenes import SCENES, Recording, Scene, open_app
from .stage import stage

if TYPE_CHECKING:
    from textual.app import App
    from textual.pilot import Pilot

FOLDER = Path(__file__).resolve().parents[2] / "screenshots"

_AT_REST = 3  # equal screens in a row, 50 ms apart, after which a screen counts as settled
_PATIENCE = 200


def take(
    scene: Scene | Recording,
    folder: Path,
    make_app: Callable[[], App[Any]] = open_app,
) -> Path:
    """Run the app through one scene and return the picture's file.

    Raises:
        ValueError: The picture shows the temporary folder it was taken in.
        LookupError: No font has a character of it.
        TimeoutError: The screen does not come to rest.
    """
    with stage(scene.configuration) as home:
        frames = asyncio.run(_drive(scene, make_app))
        if any(home.name in svg for svg, _ in frames):
            raise ValueError(f"{scene.name} shows the temporary folder {home}, not ~")
    if isinstance(scene, Recording):
        path = folder / f"{scene.name}.gif"
        render_animation(frames, path)
    else:
        path = folder / f"{scene.name}.png"
        render_png(frames[0][0], path)
    return path


async def _drive(
    scene: Scene | Recording, make_app: Callable[[], App[Any]]
) -> list[tuple[str, float]]:
    app = make_app()
    async with app.run_test(size=scene.size, notifications=True) as pilot:
        await _settled(pilot)
        # A scene begins when the app has done what it does by itself after its first frame.
        await app.workers.wait_for_complete()
        if isinstance(scene, Recording):
            return [(await _settled(pilot), seconds) async for seconds in scene.drive(pilot)]
        await scene.drive(pilot)
        return [(await _settled(pilot), 0.0)]


async def _settled(pilot: Pilot[Any]) -> str:
    """Return the screen once it has stopped changing."""
    seen: list[str] = []
    for _ in range(_PATIENCE):
        await pilot.pause(0.05)
        seen = [*seen, pilot.app.export_screenshot()][-_AT_REST:]
        if len(seen) == _AT_REST and len(set(seen)) == 1:
            return seen[0]
    raise TimeoutError(f"the screen still changes after {_PATIENCE} looks; let the scene wait")


def main() -> int:
    """Return 0; print each file with its size."""
    parser = argparse.ArgumentParser(prog="make screenshots", description="Take the pictures anew.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these")
    names = parser.parse_args().names
    known = {scene.name: scene for scene in SCENES}
    if unknown := [name for name in names if name not in known]:
        parser.error(f"no scene is called {unknown[0]}; there are {', '.join(known)}")
    FOLDER.mkdir(exist_ok=True)
    for name in names or known:
        path = take(known[name], FOLDER)
        print(f"{path.relative_to(FOLDER.parent)}  {path.stat().st_size // 1024} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
