"""`Busy`: says what is being done if that takes longer than a moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.timer import Timer

SOON: Final = 0.15
"""Seconds before it is said; a text about shorter work would only flash."""


class Busy:
    """Follows what the app does in the background.

    Args:
        screen: the screen that shows it.
        tell: called with what is being done, and with an empty text when nothing is.
    """

    def __init__(self, screen: Screen[Any], tell: Callable[[str], object]) -> None:
        self._screen, self._tell = screen, tell
        self._now = self._shown = ""
        self._timer: Timer | None = None
        screen.watch(screen.app, "busy", self._changed)

    def _changed(self, what: str) -> None:
        self._now = what
        if not what or self._shown:
            self._say()
        elif self._timer is None:
            self._timer = self._screen.set_timer(SOON, self._say)

    def _say(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self._now != self._shown:
            self._shown = self._now
            self._tell(self._now)
