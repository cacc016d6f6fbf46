"""`Routes`: features open each other by name, without importing each other."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Mapping
from inspect import isawaitable
from typing import Any


class Routes:
    """What can be opened, by name.

    Args:
        places: `module:function` for each name. The function is called with the screen that opens
            it, with `shared`, and with what is handed to `open`.
        shared: what all features work on.
        load: imports a module without holding up the event loop.
    """

    def __init__(
        self,
        places: Mapping[str, str],
        shared: object,
        load: Callable[[str], Awaitable[object]],
    ) -> None:
        self._places, self._shared, self._load = places, shared, load

    async def open(self, screen: object, name: str, *args: Any) -> Any:
        """Open `name` from `screen`; returns what came of it."""
        module, _, function = self._places[name].partition(":")
        if module not in sys.modules:
            await self._load(module)
        opened = getattr(sys.modules[module], function)(screen, self._shared, *args)
        return await opened if isawaitable(opened) else opened
