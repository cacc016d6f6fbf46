"""`KeyQueue`: gives each key to where the one before it has led.

Several keys may arrive at once, from a fast typist, a paste or over a slow line. Textual gives all
of them to the widget that has the focus at that moment, though the first may open another screen or
move the focus. So the app queues every key here. The next key is handed on once everything that the
one before has caused is done, no flow is running on the screen on top, and a new screen has its
focus. Only keys that do not move the focus (letters in a field, moves in a list) follow at once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

from textual import events

if TYPE_CHECKING:
    from textual.app import App
    from textual.dom import DOMNode
    from textual.screen import Screen
    from textual.widget import Widget

_ALWAYS: Final = "ctrl+q"
"""The key that does not wait."""

_CALM: Final = 2
"""Rounds without a change of screen or focus to wait for: a key may act by posting a message."""


class KeyQueue:
    """The keys that were typed and not handed on yet.

    Args:
        app: the app. All methods are called in its message loop.
        hand_on: has Textual handle a key.
        busy: returns whether keys have to wait for a screen.
    """

    def __init__(
        self,
        app: App[Any],
        hand_on: Callable[[events.Event], Awaitable[None]],
        busy: Callable[[Screen[Any]], bool],
    ) -> None:
        self._app, self._hand_on, self._busy = app, hand_on, busy
        self._waiting: deque[events.Event] = deque()
        self._under_way = False
        """Whether the key that was handed on may still be having effects."""

        self._followed = False
        """Whether keys that do not move the focus have followed it."""

    @property
    def calm(self) -> bool:
        """Whether all keys have been handled."""
        return not (self._under_way or self._waiting)

    async def add(self, event: events.Key | events.Paste) -> None:
        """Queue an event, and hand it on when it is its turn."""
        if isinstance(event, events.Key) and event.key == _ALWAYS:
            await self._hand_on(event)
            return
        self._waiting.append(event)
        await self._next()

    def look_again(self) -> None:
        """Check the queue: another screen is on top, or a flow has ended."""
        self._app.call_later(self._settle)

    async def _next(self) -> None:
        while self._waiting and not self._under_way and not self._busy(self._app.screen):
            if self._keeps_focus(self._waiting[0]):
                self._followed = True
                await self._hand_on(self._waiting.popleft())
                continue
            self._under_way = True
            if self._followed:
                self._followed = False
            else:
                await self._hand_on(self._waiting.popleft())
            await self._round(0)

    def _keeps_focus(self, event: events.Event) -> bool:
        """Whether a key neither moves the focus nor opens anything."""
        widget = self._app.screen.focused
        if widget is None or not isinstance(event, events.Key):
            return False
        moves = getattr(widget, "moves", None)
        if isinstance(moves, frozenset):
            return event.key in moves
        return widget.check_consume_key(event.key, event.character)

    async def _settle(self) -> None:
        if not self._under_way and self._waiting:
            self._under_way = True
            await self._round(0)

    async def _round(self, calm: int) -> None:
        """Have every node from the focus up to the app handle the messages that it has now."""
        place = self._place()
        nodes = (place[1] or place[0]).ancestors_with_self
        await self._pass([*(node for node in nodes if node is not self._app)], place, calm)

    async def _pass(
        self, nodes: list[DOMNode], place: tuple[Screen[Any], Widget | None], calm: int
    ) -> None:
        # Each node handles its messages in order; one that is closing takes no more.
        while nodes:
            if nodes.pop(0).call_later(self._pass, nodes, place, calm):
                return
        self._app.call_later(self._rounded, place, calm)

    async def _rounded(self, place: tuple[Screen[Any], Widget | None], calm: int) -> None:
        calm = calm + 1 if self._place() == place else 0
        if calm < _CALM:
            await self._round(calm)
        else:
            self._under_way = False
            await self._next()

    def _place(self) -> tuple[Screen[Any], Widget | None]:
        screen = self._app.screen
        return screen, screen.focused
