"""What the pictures show, in the order of the README; `make.py` takes each.

A scene begins on the app's first screen, with its configuration file. It may press, click, wait,
and add files to the home (`Path.home()`); the picture is taken when it has returned and the screen
has come to rest. A recording yields after each thing worth seeing, with the seconds for which to
show it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.tui.driving import enter, press, settle

from .cloud import fill, hold
from .material import (
    BLOBS,
    CONFIGURATION,
    INCLUDING,
    MISSPELT,
    OTHERS,
    RESULTS,
    TEAM,
    TOOLS,
    UNREADABLE,
    UNSAFE,
    saved,
)

if TYPE_CHECKING:
    from textual.app import App
    from textual.pilot import Pilot

Steps = Callable[["Pilot[Any]"], Awaitable[None]]

WIDE: Final = (120, 30)


@dataclass(frozen=True)
class Scene:
    """A still, `NAME.png`."""

    name: str
    size: tuple[int, int]
    """Columns and rows of the terminal."""
    drive: Steps
    configuration: str | None = CONFIGURATION
    """The text of the configuration file; None: there is none."""


@dataclass(frozen=True)
class Recording:
    """An animation, `NAME.gif`."""

    name: str
    size: tuple[int, int]
    drive: Callable[[Pilot[Any]], AsyncIterator[float]]
    configuration: str | None = CONFIGURATION


def open_app() -> App[Any]:
    """Return the app, not yet running."""
    from tui.app import StorageApp

    return StorageApp()


def keys(*pressed: str) -> Steps:
    """Press these keys."""

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, *pressed)

    return steps


async def until(pilot: Pilot[Any], reached: Callable[[], bool]) -> None:
    """Wait until the app has reached a state by itself."""
    async with asyncio.timeout(30):
        while not reached():
            await pilot.pause(0.02)


# ---- the list of configurations


async def tested(pilot: Pilot[Any]) -> None:
    """Every connection has been tested, and the notifications about it are gone."""
    await press(pilot, "T")
    await until(pilot, lambda: len(pilot.app.session.workspace.results) == 8)  # type: ignore[attr-defined]
    await settle(pilot)
    pilot.app.clear_notifications()


async def testing_all(pilot: Pilot[Any]) -> None:
    """Every connection is being tested; two answer slowly."""
    for slow in ("webdav://files/team", "az://reports"):
        hold(slow)
    await pilot.press("T")
    await until(pilot, lambda: len(pilot.app.session.workspace.results) == 6)  # type: ignore[attr-defined]


async def filtered(pilot: Pilot[Any]) -> None:
    """The list while a filter is typed."""
    await tested(pilot)
    await press(pilot, "slash")
    await enter(pilot, "acme")


async def light(pilot: Pilot[Any]) -> None:
    """The list in a light theme."""
    from tui.kit.theme import LIGHT

    await tested(pilot)
    pilot.app.theme = LIGHT
    await settle(pilot)


async def versions(pilot: Pilot[Any]) -> None:
    """The versions of the file after a change; the notification about it is gone."""
    await press(pilot, "j", "d")
    pilot.app.clear_notifications()
    await press(pilot, "v")


async def palette(pilot: Pilot[Any]) -> None:
    """The command palette while a command is searched for."""
    await press(pilot, "ctrl+p")
    await enter(pilot, "te")


def with_team(*pressed: str) -> Steps:
    """Press these keys with a configuration file that has a team's file beneath it."""

    async def steps(pilot: Pilot[Any]) -> None:
        (Path.home() / "team.toml").write_text(TEAM)
        await press(pilot, "f5", *pressed)

    return steps


def importing(*pressed: str) -> Steps:
    """Import from other tools on this machine, then press these keys."""

    async def steps(pilot: Pilot[Any]) -> None:
        for name, text in TOOLS.items():
            file = Path.home() / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        await press(pilot, "i", *pressed)

    return steps


async def room(pilot: Pilot[Any]) -> None:
    """The details of a storage that was tested on four days and whose blobs were listed."""
    import time_machine

    from .stage import NOW

    await tested(pilot)
    fill(RESULTS, BLOBS, NOW)
    await press(pilot, "b", "escape")
    for hours in (1, 21, 46, 70):
        with time_machine.travel(NOW + timedelta(hours=hours), tick=False):
            await press(pilot, "t", "escape")


# ---- forms


async def filled_form(pilot: Pilot[Any]) -> None:
    """The form of a first S3 storage, as in the README."""
    await press(pilot, "n", "6")
    await enter(pilot, "acme-results")
    await press(pilot, "tab")
    await enter(pilot, "AKIAEXAMPLE")
    await press(pilot, "tab")
    await enter(pilot, "env:PROD_S3_SECRET")
    await press(pilot, "tab", "tab", "tab")
    await enter(pilot, "eu-west-1")
    await press(pilot, "tab")
    await enter(pilot, "prod-results")


async def wrong_form(pilot: Pilot[Any]) -> None:
    """A form that cannot be saved."""
    await press(pilot, "n", "6")
    await enter(pilot, "s3://acme")
    await press(pilot, "tab")
    await enter(pilot, "AKIAEXAMPLE")
    await press(pilot, "tab", "tab", "tab", "tab")
    await enter(pilot, "eu-west-1")
    await press(pilot, "tab")
    await enter(pilot, "staging")
    await press(pilot, "ctrl+s")


async def conflict(pilot: Pilot[Any]) -> None:
    """Both versions of one configuration."""
    await press(pilot, "j", "e", "end")
    await enter(pilot, "-2")
    file = Path.home() / ".prefect" / "storage.toml"
    table = '[storage.staging]\nid = "c27d0a4e-0f52-4a0f-9d43-5f1be2b7a6d8"\ntype = "s3"\nbucket = '
    assert table in CONFIGURATION
    file.write_text(CONFIGURATION.replace(f'{table}"acme-staging"', f'{table}"acme-stage"'))
    await press(pilot, "ctrl+s")


# ---- blobs


async def blobs(pilot: Pilot[Any]) -> None:
    """The blobs in a bucket."""
    from .stage import NOW

    fill(RESULTS, BLOBS, NOW)
    await press(pilot, "b")


async def found_blobs(pilot: Pilot[Any]) -> None:
    """The blobs in a bucket while a filter is typed."""
    await blobs(pilot)
    await press(pilot, "slash")
    await enter(pilot, "forecast")


async def folders(pilot: Pilot[Any]) -> None:
    """A folder of a bucket with blobs of other programs."""
    from .stage import NOW

    fill(RESULTS, OTHERS, NOW)
    await blobs(pilot)
    await press(pilot, "4", "s", "j", "j", "j", "enter", "j", "j")


def with_blobs(*pressed: str) -> Steps:
    """Press these keys on the list of blobs."""

    async def steps(pilot: Pilot[Any]) -> None:
        await blobs(pilot)
        await press(pilot, *pressed)

    return steps


def with_saved(*pressed: str) -> Steps:
    """Press these keys on the list of blobs after a run has saved its results."""

    async def steps(pilot: Pilot[Any]) -> None:
        from .stage import NOW

        fill(RESULTS, saved(), NOW)
        await blobs(pilot)
        await press(pilot, *pressed)

    return steps


# ---- the recording


async def main_flow(pilot: Pilot[Any]) -> AsyncIterator[float]:
    """From nothing to a default S3 storage that has been tested."""
    from tui.features.check.dialog import CheckDialog

    def typing(text: str) -> list[str]:
        return [text[start : start + 3] for start in range(0, len(text), 3)]

    yield 1.6
    await press(pilot, "n")
    yield 1.6
    await press(pilot, "s")
    yield 0.9
    for part in typing("acme-results"):
        await enter(pilot, part)
        yield 0.15
    await press(pilot, "tab")
    for part in typing("eu-west-1"):
        await enter(pilot, part)
        yield 0.15
    await press(pilot, "tab")
    for part in typing("AKIAEXAMPLE"):
        await enter(pilot, part)
        yield 0.15
    await press(pilot, "tab")
    yield 0.4
    for part in ("e", "n", "v", ":"):
        await enter(pilot, part)
        yield 0.2
    yield 0.6
    for part in typing("PROD_S3_SECRET"):
        await enter(pilot, part)
        yield 0.15
    yield 1.2
    turns = hold("s3://acme-results")
    await pilot.press("f4")
    await until(pilot, lambda: isinstance(pilot.app.screen, CheckDialog))
    probe = pilot.app.screen
    assert isinstance(probe, CheckDialog)
    await until(pilot, lambda: len(probe._found) == 1)
    while (done := len(probe._found)) < len(probe._steps):
        yield 0.5
        while len(probe._found) == done:
            turns.release()
            await pilot.pause(0.2)
    await settle(pilot)
    yield 2.0
    await press(pilot, "enter")
    await settle(pilot)
    yield 4.0


SCENES: list[Scene | Recording] = [
    Scene("01-configurations", (120, 40), room),
    Recording("02-main-flow", (100, 28), main_flow, None),
    Scene("03-test-all", WIDE, testing_all),
    Scene("04-form", WIDE, filled_form, None),
    Scene("05-test", WIDE, keys("t")),
    Scene("06-browse", WIDE, blobs),
    Scene("07-empty", WIDE, keys(), None),
    Scene("08-picker", WIDE, keys("n"), None),
    Scene("09-form-errors", WIDE, wrong_form),
    Scene("10-test-failing", WIDE, keys("G", "k", "k", "t")),
    Scene("11-preview", WIDE, with_blobs("enter")),
    Scene("12-preview-pickle", WIDE, with_blobs("j", "j", "enter")),
    Scene("13-browse-filter", WIDE, found_blobs),
    Scene("14-download", WIDE, with_blobs("w")),
    Scene("15-delete-blob", WIDE, with_blobs("j", "j", "x")),
    Scene("16-delete", WIDE, keys("j", "x")),
    Scene("17-rename", WIDE, keys("j", "r")),
    Scene("18-conflict", WIDE, conflict),
    Scene("19-filter", WIDE, filtered),
    Scene("20-help", WIDE, keys("question_mark")),
    Scene("21-commands", WIDE, palette),
    Scene("22-light", WIDE, light),
    Scene("23-small", (80, 24), tested),
    Scene("24-setting-misspelt", WIDE, keys(), MISSPELT),
    Scene("25-file-broken", WIDE, keys(), UNREADABLE),
    Scene("26-versions", WIDE, versions),
    Scene("27-move-secret", WIDE, keys("j", "j", "m"), UNSAFE),
    Scene("28-folders", WIDE, folders),
    Scene("29-preview-frame", WIDE, with_saved("enter")),
    Scene("30-preview-flow", WIDE, with_saved("j", "j", "enter")),
    Scene("31-layers", WIDE, with_team("G", "k", "k"), INCLUDING),
    Scene("32-copy-here", WIDE, with_team("G", "k", "k", "e"), INCLUDING),
    Scene("33-room-small", (80, 24), keys("t", "escape", "l", "l")),
    Scene("34-import", WIDE, importing("j", "j", "m")),
    Scene("35-export", WIDE, keys("j", "j", "E")),
    Scene("36-jump", WIDE, keys("ctrl+o")),
    Scene("37-help-of-a-field", WIDE, keys("j", "e", "tab", "tab", "f1")),
    Scene("38-themes", (120, 40), keys("f8", "down", "down")),
]
