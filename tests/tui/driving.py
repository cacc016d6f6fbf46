"""Helpers of the app's tests: a file to work on, and waiting for work instead of for time."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from textual import events
from textual.command import CommandPalette
from textual.worker import WorkerCancelled

from tui.app import StorageApp
from tui.features.configurations.screen import ConfigurationsScreen

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tui.session.snapshot import Row

TWO = """\
version = 1
# the one that counts
default = "prod"

[storage.prod]
id = "61354abf-7cc8-4c2c-b890-78b1f985a9fb"
type = "s3"
bucket = "acme-results"  # ours
region_name = "eu-west-1"
aws_access_key_id = "AKIAEXAMPLE"
aws_secret_access_key = "env:PROD_S3_SECRET"

[storage.laptop]
id = "a0286a5b-0f5c-4a3e-9d67-0c3d1e1b2f3a"
type = "local"
storage_path = "/data/storage"
"""


def write(path: Path, text: str = TWO) -> Path:
    """A configuration file with `text` in it."""
    path.write_text(text, encoding="utf-8")
    return path


def read(path: Path) -> dict[str, Any]:
    """What the file says now."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


_AWAITED = (
    *("check", "landing", "load", "poll", "prepare", "state", "styles", "test"),
    # What the palette finds for what is typed; until then it shows what it found before.
    CommandPalette._GATHER_COMMANDS_GROUP,
)
"""Groups of workers that end by themselves; a flow may be waiting for an answer."""


@asynccontextmanager
async def opened(path: Path, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[Any]]:
    """The app on a file, when there is nothing left to be done."""
    async with StorageApp(path).run_test(size=size) as pilot:
        await settle(pilot)
        yield pilot


async def settle(pilot: Pilot[Any]) -> None:
    """Wait until nothing is left to be done but what a person does next."""
    app = pilot.app
    assert isinstance(app, StorageApp)
    await _idle(pilot, app)
    if app not in _started and app.return_code is None:
        _started.add(app)
        # The panes that come after the first frame are laid out, then what is in them, then the
        # bars of those in which it has no room.
        await pilot.pause()
        await pilot.pause()
        await _idle(pilot, app)


_started: WeakSet[StorageApp] = WeakSet()
"""Apps that somebody has waited for."""


async def _idle(pilot: Pilot[Any], app: StorageApp) -> None:
    # Once it has been left, or has crashed, it may take no more messages: a pause would wait for it
    # to do so.
    while app.return_code is None:
        await _heard(app)
        await pilot.pause()
        if app.return_code is not None:
            return
        waiting = [worker for worker in app.workers if worker.group.startswith(_AWAITED)]
        # A machine that is busy with others looks idle to a pause, before a new screen is laid out.
        drawn = bool(app.screen._compositor.size)
        if app.session.jobs.idle.is_set() and not waiting and app.keys.calm and drawn:
            return
        if waiting:
            # One that makes way for the next of its kind has ended too.
            with suppress(WorkerCancelled):
                await app.workers.wait_for_complete(waiting)
        await app.session.jobs.idle.wait()


async def _heard(app: StorageApp) -> None:
    """Wait until the app itself has taken the keys so far: a pause looks at its screen only."""
    taken = asyncio.Event()
    with suppress(TimeoutError):
        async with asyncio.timeout(5):
            if app.call_later(taken.set):
                # An app that is left meanwhile sets nothing any more.
                while not taken.is_set() and app.return_code is None:  # noqa: ASYNC110
                    await asyncio.sleep(0)


async def picture(pilot: Pilot[Any]) -> str:
    """The screen as it stays: what is laid out may ask for another layout, as a scroll bar does."""
    await settle(pilot)
    before, now = "", pilot.app.export_screenshot()
    while now != before:
        await pilot.pause()
        before, now = now, pilot.app.export_screenshot()
    return now


async def until(pilot: Pilot[Any], holds: Callable[[], object]) -> None:
    """Wait for what comes by itself while something else is still being waited for.

    A machine that is busy with something else looks idle to `pilot.pause`.
    """
    async with asyncio.timeout(60):
        while not holds():
            await pilot.pause()


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys one after the other, each when the app is done with the one before."""
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


async def burst(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys all at once, as they come over a slow line, before the app has looked at one."""
    for key in keys:
        pilot.app.post_message(events.Key(key, key if len(key) == 1 else None))
    await settle(pilot)


async def enter(pilot: Pilot[Any], text: str) -> None:
    """Type text into what has the focus."""
    names = {
        " ": "space",
        "-": "minus",
        "/": "slash",
        ":": "colon",
        ".": "full_stop",
        "_": "underscore",
    }
    await pilot.press(*(names.get(character, character) for character in text))
    await settle(pilot)


def names(pilot: Pilot[Any]) -> list[str]:
    """The names in the list, from the top, without what is built in."""
    return [row.name for row in the_list(pilot).table.rows if row.entry]


def the_list(pilot: Pilot[Any]) -> ConfigurationsScreen:
    """The first screen."""
    screen = pilot.app.screen_stack[0]
    assert isinstance(screen, ConfigurationsScreen)
    return screen


def selected(pilot: Pilot[Any]) -> Row:
    """The row under the cursor of the list."""
    row = the_list(pilot).row
    assert row is not None
    return row


def screen_text(pilot: Pilot[Any]) -> str:
    """What is on screen, line by line, as a person reads it."""
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


_EDGES = str.maketrans("▌│", "  ")


def words(pilot: Pilot[Any]) -> str:
    """The same, however it is wrapped."""
    return " ".join(screen_text(pilot).translate(_EDGES).split())


def said(pilot: Pilot[Any]) -> str:
    """What the app has told in passing, whole."""
    return "\n".join(each.message for each in pilot.app._notifications)
