"""Drives an app as a person would and times every callback of its event loop.

    python -m scripts.bench.callbacks OUT hello
    python -m scripts.bench.callbacks OUT storage FILE

Started by `app.py` in a terminal. It writes JSON into the file OUT: for each phase, what each
callback took as [seconds, seconds without the time in which other programs had the processor].
Callbacks of Textual and of the driver count like ours: any callback keeps the loop from the next
key.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from tests.tui.driving import press, settle

from .terminal import SIZE

if TYPE_CHECKING:
    from textual.app import App
    from textual.pilot import Pilot

Phases: TypeAlias = dict[str, list[tuple[float, float]]]

_PALETTE = 0.3
"""How many seconds to wait until Textual's command palette lists its results."""


class Stopwatch:
    """Times every callback of the event loop, phase by phase."""

    def __init__(self) -> None:
        self.phases: Phases = {}
        self._current: list[tuple[float, float]] = []
        run: Callable[[asyncio.Handle], None] = asyncio.Handle._run
        queued = _queued()

        def timed(handle: asyncio.Handle) -> None:
            phase = self._current
            before, start = queued(), time.perf_counter()
            try:
                run(handle)
            finally:
                took = time.perf_counter() - start
                phase.append((took, took - (queued() - before)))

        asyncio.Handle._run = timed  # type: ignore[assignment,method-assign]

    def begin(self, phase: str) -> None:
        """Count the callbacks from now on for this phase."""
        self._current = self.phases[phase] = []

    def end(self) -> None:
        """Count the callbacks from now on for no phase."""
        self._current = []


def _queued() -> Callable[[], float]:
    """A function that tells how many seconds this thread was ready to run but had no processor.

    What a callback itself waits for is not in it: the disk, and threads that hold the interpreter.
    So subtracting it keeps that time, unlike counting processor time. It is always 0 except on
    Linux.
    """
    try:
        statistics = os.open("/proc/thread-self/schedstat", os.O_RDONLY)
    except OSError:
        return float
    return lambda: int(os.pread(statistics, 128, 0).split()[1]) / 1e9


@asynccontextmanager
async def started(app: App[Any], stopwatch: Stopwatch) -> AsyncIterator[Pilot[Any]]:
    """The app, running and drawing; leaving it is not timed."""
    stopwatch.begin("start")
    async with app.run_test(headless=False, size=SIZE, notifications=True) as pilot:
        await pilot.pause()
        yield pilot
        stopwatch.end()


async def palette(pilot: Pilot[Any]) -> None:
    """Open Textual's command palette, type, and leave it."""
    await pilot.press("ctrl+p")
    await pilot.pause(_PALETTE)
    await pilot.press("e")
    await pilot.pause(_PALETTE)
    await pilot.press("escape")


async def resized(pilot: Pilot[Any]) -> None:
    """A small terminal, then a large one again."""
    await pilot.resize_terminal(80, 24)
    await pilot.pause()
    await pilot.resize_terminal(*SIZE)
    await pilot.pause()


async def themed(pilot: Pilot[Any]) -> None:
    """A light theme, then the one before."""
    before = pilot.app.theme
    pilot.app.theme = "textual-light"
    await pilot.pause()
    pilot.app.theme = before
    await pilot.pause()


async def hello(app: App[Any], stopwatch: Stopwatch) -> None:
    """Drive the hello-world: start, keys that do nothing, a dialog with one text, the palette."""
    from .programs.hello_textual import Dialog

    async with started(app, stopwatch) as pilot:
        stopwatch.begin("keys")
        await pilot.press(*["down"] * 30)
        stopwatch.begin("dialog")
        await app.push_screen(Dialog())
        await pilot.pause()
        await app.pop_screen()
        await pilot.pause()
        stopwatch.begin("palette")
        await palette(pilot)
        stopwatch.begin("another size")
        await resized(pilot)
        stopwatch.begin("another theme")
        await themed(pilot)


async def storage(app: App[Any], stopwatch: Stopwatch) -> None:
    """Drive our app: every screen of daily use, and what is done on it."""
    async with started(app, stopwatch) as pilot:
        await settle(pilot)
        stopwatch.begin("scroll")
        await pilot.press(*["j"] * 40, *["pagedown"] * 5, "G", "g")
        await settle(pilot)
        stopwatch.begin("filter")
        await pilot.press("slash", *"storage", "minus", *"07", *["backspace"] * 2, "escape")
        await settle(pilot)
        for phase, key in _DIALOGS.items():
            stopwatch.begin(phase)
            await press(pilot, key, "escape")
        stopwatch.begin("jump letters")
        await press(pilot, "ctrl+o", "escape")
        stopwatch.begin("palette")
        await palette(pilot)
        stopwatch.begin("new, form of S3")
        await press(pilot, "n", "6", "tab", *"acme")
        stopwatch.begin("question, leave the form")
        await press(pilot, "escape", "right", "enter")
        stopwatch.begin("edit and save")
        await press(pilot, "e", "end", "x", "ctrl+s")
        stopwatch.begin("undo")
        await press(pilot, "u")
        stopwatch.begin("earlier versions")
        await press(pilot, "v", "escape")
        stopwatch.begin("another size")
        await resized(pilot)
        stopwatch.begin("another theme")
        await themed(pilot)
        await blobs(pilot, stopwatch)


_DIALOGS = {
    "new, choice of type": "n",
    "rename": "r",
    "delete": "x",
    "help": "?",
    "test": "t",
    "import": "i",
    "export": "E",
    "doctor": "!",
}


async def blobs(pilot: Pilot[Any], stopwatch: Stopwatch) -> None:
    """Drive the screens of blobs, with those of the first storage."""
    stopwatch.begin("blobs: open")
    await press(pilot, "g", "b")
    stopwatch.begin("blobs: scroll")
    await pilot.press(*["j"] * 40, *["pagedown"] * 5, "G", "g")
    await settle(pilot)
    stopwatch.begin("blobs: filter")
    await press(pilot, "slash", *"7a", *["backspace"] * 2, "escape")
    stopwatch.begin("blobs: sort")
    await press(pilot, "s", "s", "s")
    stopwatch.begin("blobs: preview, leave")
    await press(pilot, "enter", "escape", "escape")


def main() -> None:
    """Drive one app and write the times to the file."""
    found, which, *arguments = sys.argv[1:]
    stopwatch = Stopwatch()
    if which == "hello":
        from .programs.hello_textual import Hello

        asyncio.run(hello(Hello(), stopwatch))
    else:
        from tui.__main__ import loaded_app

        asyncio.run(storage(loaded_app(arguments[0]), stopwatch))
    Path(found).write_text(json.dumps(stopwatch.phases), encoding="utf-8")


if __name__ == "__main__":
    main()
