"""What the first key would otherwise wait for, done while a person looks at the first frame.

Called by the app once the file has been read and drawn. Textual reads the styles of a screen when
it is first opened, and then works out those of all widgets anew, which is felt.
"""

from __future__ import annotations

import asyncio
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.session.background import in_thread
from tui.session.garbage import only_on_request

if TYPE_CHECKING:
    from textual.app import App

_APP = Path(__file__).parents[1]
_NEEDED_SOON = (
    "tui.features.form.screen",
    "tui.features.form.picker",
    "tui.kit.ask",
    "tui.features.help.help",
    "tui.features.check.dialog",
    "tui.features.versions.dialog",
    "storage_core.config.edit",
    "storage_core.config.history",
    "storage_core.config.replace",
)


async def warm_up(app: App[Any]) -> None:
    """Give `app` the styles of all screens, a file at a time, and load what they are made of."""
    for path in sorted(_APP.rglob("*.tcss")):
        if not app.stylesheet.has_source(str(path)):
            app.stylesheet.read(path)
            # To ask for the rules has them parsed.
            _ = app.stylesheet.rules
            await asyncio.sleep(0)
    await in_thread(_load)
    only_on_request()


def _load() -> None:
    from storage_core.types import all_types
    from tui.session import draft

    for name in _NEEDED_SOON:
        import_module(name)
    for cls in all_types():
        draft.prepare(cls)
