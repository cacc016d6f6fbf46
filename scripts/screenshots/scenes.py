"""What the pictures show, in the order of the README; `make.py` takes each.

A scene begins on the app's first screen, with the configuration file below. It may press, click,
wait, and add files to the home (`Path.home()`); the picture is taken when it has returned and the
screen has come to rest. A recording yields after each thing worth seeing, with the seconds for
which to show it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.app import App
    from textual.pilot import Pilot

CONFIGURATION = """\
# Where our results live. Secrets are references; this file is in git.
version = 1
default = "prod-results"

[storage.prod-results]
id = "61354abf-7cc8-4c2c-b890-78b1f985a9fb"
type = "s3"
bucket = "acme-results"
region_name = "eu-west-1"
profile_name = "acme-prod"
protected = true

[storage.staging]
id = "c27d0a4e-0f52-4a0f-9d43-5f1be2b7a6d8"
type = "s3"
bucket = "acme-staging"
region_name = "eu-west-1"

[storage.laptop]
id = "a0286a5b-6d0e-4d0b-8a4a-3b1d3b1a7c55"
type = "local"
storage_path = "~/data/storage"

[storage."team share"]
id = "85f213bd-3f7e-4f1e-9a52-0d7a4c0c9e21"
type = "file"
base_path = "memory://share"
key_type = "timestamp"

[storage.reports]
id = "3e9b6c11-58a7-4c64-b0a9-f2f4d1c7e08a"
type = "azure"
container = "reports"
connection_string = "keyring:storage/reports"

[storage.models]
id = "0b6cc214-9a3d-4f4b-8f0e-6f7f6d5e4c3b"
type = "gcs"
bucket = "acme-models"
project = "acme-research"
"""


@dataclass(frozen=True)
class Scene:
    """A still, `NAME.png`."""

    name: str
    size: tuple[int, int]
    """Columns and rows of the terminal."""
    drive: Callable[[Pilot[Any]], Awaitable[None]]


@dataclass(frozen=True)
class Recording:
    """An animation, `NAME.gif`."""

    name: str
    size: tuple[int, int]
    drive: Callable[[Pilot[Any]], AsyncIterator[float]]


def open_app() -> App[Any]:
    """Return the app, not yet running."""
    from tui.app import StorageApp

    return StorageApp()


async def _nothing(pilot: Pilot[Any]) -> None:
    """The screen as it opens."""


SCENES: list[Scene | Recording] = [
    Scene("configurations", (120, 40), _nothing),
]
