"""Reads the styles of screens before they are opened.

Textual reads the styles of a screen when it is first opened, and then computes those of all widgets
again: 76 ms in one callback, where the limit is 50. Here each file takes a callback of its own,
while a person looks at the first frame.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from textual.app import App

MORE: Final = Path(__file__).with_name("more.tcss")
"""The styles of dialogs, fields and buttons. The first frame has none of these, and reading them
takes 3 ms."""


def read(app: App[Any], path: Path) -> None:
    """Give `app` the styles in this file, parsed, unless it has them."""
    if not app.stylesheet.has_source(str(path)):
        app.stylesheet.read(path)
        # Reading the rules makes Textual parse them.
        _ = app.stylesheet.rules


async def preload(app: App[Any], styles: Iterable[Path]) -> None:
    """Give `app` these styles, parsed."""
    for path in (MORE, *styles):
        read(app, path)
        await asyncio.sleep(0)
