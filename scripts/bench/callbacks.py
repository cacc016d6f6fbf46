"""Drives an app as a person would and times every callback of its event loop.

    python -m scripts.bench.callbacks hello
    python -m scripts.bench.callbacks storage FILE

Started by `app.py`. It prints JSON: for each phase, what each callback took as [seconds, seconds of
processor time]. Callbacks of Textual and of the driver count like ours: whosever it is, it keeps
the loop from the next key.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

from tests.tui.driving import press, settle

if TYPE_CHECKING:
    from textual.app import App
    from textual.pilot import Pilot

SIZE = (120, 40)

Phases: TypeAlias = dict[str, list[tuple[float, float]]]


class Stopwatch:
    """Times every callback of the event loop, phase by phase."""

    def __init__(self) -> None:
        self.phases: Phases = {}
        self._current: list[tuple[float, float]] = []
        run: Callable[[asyncio.Handle], None] = asyncio.Handle._run

        def timed(handle: asyncio.Handle) -> None:
            phase = self._current
            used, start = time.thread_time(), time.perf_counter()
            try:
                run(handle)
            finally:
                phase.append((time.perf_counter() - start, time.thread_time() - used))

        asyncio.Handle._run = timed  # type: ignore[assignment,method-assign]

    def begin(self, phase: str) -> None:
        """From now on callbacks belong to this phase."""
        self._current = self.phases[phase] = []

    def end(self) -> None:
        """Callbacks belong to nothing."""
        self._current = []


@asynccontextmanager
async def started(app: App[Any], stopwatch: Stopwatch) -> AsyncIterator[Pilot[Any]]:
    """The app, running; leaving it is not timed."""
    stopwatch.begin("start")
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await pilot.pause()
        yield pilot
        stopwatch.end()


async def hello(app: App[Any], stopwatch: Stopwatch) -> None:
    """The hello-world: start, and keys that do nothing."""
    async with started(app, stopwatch) as pilot:
        stopwatch.begin("keys")
        await pilot.press(*["down"] * 30)


async def storage(app: App[Any], stopwatch: Stopwatch) -> None:
    """Ours: start, scroll, filter, edit and save, undo."""
    async with started(app, stopwatch) as pilot:
        await settle(pilot)
        stopwatch.begin("scroll")
        await pilot.press(*["j"] * 40, *["pagedown"] * 5, "G", "g")
        await settle(pilot)
        stopwatch.begin("filter")
        await pilot.press("slash", *"storage", "minus", *"07", *["backspace"] * 2, "escape")
        await settle(pilot)
        stopwatch.begin("edit and save")
        await press(pilot, "e", "end", "x", "ctrl+s")
        stopwatch.begin("undo")
        await press(pilot, "u")


def main() -> None:
    """Drive one app and print what it took."""
    stopwatch = Stopwatch()
    if sys.argv[1] == "hello":
        from .programs.hello_textual import Hello

        asyncio.run(hello(Hello(), stopwatch))
    else:
        from tui.__main__ import loaded_app

        asyncio.run(storage(loaded_app(sys.argv[2]), stopwatch))
    print(json.dumps(stopwatch.phases))


if __name__ == "__main__":
    main()
