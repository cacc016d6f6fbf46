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
    # The palette's search for what was typed; until it ends, the earlier results are shown.
    CommandPalette._GATHER_COMMANDS_GROUP,
)
"""Groups of workers that end by themselves, unlike a flow, which may wait for an answer."""


@asynccontextmanager
async def opened(path: Path, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Pilot[Any]]:
    """Run the app on a file, and yield its pilot when it is idle."""
    async with StorageApp(path).run_test(size=size) as pilot:
        await settle(pilot)
        yield pilot


async def settle(pilot: Pilot[Any]) -> None:
    """Wait until the app is idle, and only waits for what a person does next."""
    app = pilot.app
    assert isinstance(app, StorageApp)
    await _idle(pilot, app)
    if app not in _started and app.return_code is None:
        _started.add(app)
        # After the first frame the panes are laid out, then what is in them, then the scroll bars
        # of those that it does not fit into.
        await pilot.pause()
        await pilot.pause()
        await _idle(pilot, app)


_started: WeakSet[StorageApp] = WeakSet()
"""Apps for which `settle` has already waited."""


async def _idle(pilot: Pilot[Any], app: StorageApp) -> None:
    # An app that has ended or crashed may handle no more messages, and a pause would wait for ever.
    while app.return_code is None:
        await _heard(app)
        await pilot.pause()
        if app.return_code is not None:
            return
        waiting = [worker for worker in app.workers if worker.group.startswith(_AWAITED)]
        # On a busy machine a pause may end before a new screen is laid out.
        drawn = bool(app.screen._compositor.size)
        if app.session.jobs.idle.is_set() and not waiting and app.keys.calm and drawn:
            return
        if waiting:
            # A worker that is cancelled because the next of its group starts has ended too.
            with suppress(WorkerCancelled):
                await app.workers.wait_for_complete(waiting)
        await app.session.jobs.idle.wait()


async def _heard(app: StorageApp) -> None:
    """Wait until the app has handled the keys so far: a pause waits for its screen only."""
    taken = asyncio.Event()
    with suppress(TimeoutError):
        async with asyncio.timeout(5):
            if app.call_later(taken.set):
                # An app that ends meanwhile never sets it.
                while not taken.is_set() and app.return_code is None:  # noqa: ASYNC110
                    await asyncio.sleep(0)


async def picture(pilot: Pilot[Any]) -> str:
    """The screen once it is stable: a layout may cause another one, as a scroll bar does."""
    await settle(pilot)
    before, now = "", pilot.app.export_screenshot()
    while now != before:
        await pilot.pause()
        before, now = now, pilot.app.export_screenshot()
    return now


async def until(pilot: Pilot[Any], holds: Callable[[], object]) -> None:
    """Wait until `holds()` is true, for tests in which `settle` would wait for something else.

    A single `pilot.pause` may end too early on a busy machine.
    """
    async with asyncio.timeout(60):
        while not holds():
            await pilot.pause()


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys one after the other, each when the app has handled the one before."""
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


async def burst(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys all at once, before the app has handled one, as they come over a slow line."""
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
    """The text on screen, line by line."""
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


_EDGES = str.maketrans("▌│", "  ")


def words(pilot: Pilot[Any]) -> str:
    """The text on screen as one line, however it is wrapped."""
    return " ".join(screen_text(pilot).translate(_EDGES).split())


def said(pilot: Pilot[Any]) -> str:
    """The whole text of the app's notifications."""
    return "\n".join(each.message for each in pilot.app._notifications)
