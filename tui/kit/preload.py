"""Reads the styles of screens before they are opened.

Textual reads those of a screen when it is first opened, and then works out those of all widgets
anew: 76 ms in one callback, where 50 are asked for. Here it takes a callback for each file, while a
person looks at the first frame.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from textual.app import App

MORE: Final = Path(__file__).with_name("more.tcss")
"""The styles of dialogs, fields and buttons: to read them takes 3 ms, and the first frame has none.
"""


def read(app: App[Any], path: Path) -> None:
    """Give `app` the styles in this file, parsed, unless it has them."""
    if not app.stylesheet.has_source(str(path)):
        app.stylesheet.read(path)
        # To ask for the rules has them parsed.
        _ = app.stylesheet.rules


async def preload(app: App[Any], styles: Iterable[Path]) -> None:
    """Give `app` these styles, parsed."""
    for path in (MORE, *styles):
        read(app, path)
        await asyncio.sleep(0)
