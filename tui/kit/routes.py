"""`Routes`: lets features open each other by name, without importing each other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from inspect import isclass
from types import ModuleType
from typing import Any, Protocol


class Opener(Protocol):
    """A screen that opens others."""

    async def ask(self, screen: Any, /) -> Any:
        """Show a screen; returns its result."""


class Routes:
    """What can be opened, by name.

    Args:
        places: for each name the `module:name` of a screen class or a coroutine function. A class
            is called with `shared` and the arguments of `open`, a function with the opening screen
            before these.
        shared: what all features work on.
        load: imports a module without holding up the event loop.
    """

    def __init__(
        self,
        places: Mapping[str, str],
        shared: object,
        load: Callable[[str], Awaitable[ModuleType]],
    ) -> None:
        self._places, self._shared, self._load = places, shared, load
        self._found: dict[str, Any] = {}

    async def open(self, screen: Opener, name: str, *args: Any) -> Any:
        """Open `name` from `screen`; returns its result."""
        if name not in self._found:
            module, _, thing = self._places[name].partition(":")
            self._found[name] = getattr(await self._load(module), thing)
        found: Any = self._found[name]
        is_screen = isclass(found)
        opened = found(*([] if is_screen else [screen]), self._shared, *args)
        return await (screen.ask(opened) if is_screen else opened)
