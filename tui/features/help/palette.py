"""Finding a command, or a theme, by typing part of its name: Textual's palette as a dialog."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, cast

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from tui.kit.dialog import Dialog
from tui.kit.theme import DARK, LIGHT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tui.kit.commands import Command
    from tui.kit.screen import BaseScreen
    from tui.session.session import Session

OURS: Final = (DARK, LIGHT)

_LABEL: Final = 16
"""Cells of the column of labels; the keys stand behind it."""


class CommandSearch(CommandPalette, Dialog[None]):
    """What can be done now on the screen below, in the words of its declaration."""

    CSS_PATH = "palette.tcss"

    def __init__(self, _: Session) -> None:
        super().__init__([Commands])


class ThemeSearch(CommandPalette, Dialog[None]):
    """How the app can look."""

    CSS_PATH = "palette.tcss"

    def __init__(self, _: Session) -> None:
        super().__init__([Themes], placeholder="Search for themes…")


class Commands(Provider):
    """The declared commands that can work now, each with its key."""

    def possible(self) -> Iterator[tuple[Command, Callable[[], object]]]:
        """The commands, and what runs them, sorted by their words."""
        screen = cast("BaseScreen[object]", self.screen)
        for command in sorted(screen.declared, key=lambda each: each.label):
            if command.name != "palette" and screen.can(command.name):
                yield command, partial(screen.run_command, command.name)

    async def discover(self) -> Hits:
        """All of them."""
        for command, run in self.possible():
            title = self._with_key(Content(command.label), command)
            yield DiscoveryHit(title, run, text=command.label, help=command.tooltip)

    async def search(self, query: str) -> Hits:
        """Those that match what is typed."""
        matcher = self.matcher(query)
        for command, run in self.possible():
            if (score := matcher.match(command.label)) > 0:
                title = self._with_key(matcher.highlight(command.label), command)
                yield Hit(score, title, run, text=command.label, help=command.tooltip)

    def _with_key(self, title: Content, command: Command) -> Content:
        screen = cast("BaseScreen[object]", self.screen)
        key = Content.styled(screen.key(command.name, command.keys[0]), "$footer-key-foreground")
        return Content.assemble(title, " " * max(2, _LABEL - len(title)), key)


class Themes(Provider):
    """All themes, our own first; the one in force says so."""

    def themes(self) -> Iterator[tuple[str, Content, Callable[[], None]]]:
        """Their names, what stands behind those, and what takes them."""
        for name in sorted(self.app.available_themes, key=lambda name: (name not in OURS, name)):
            note = "  now" if name == self.app.theme else ""
            yield name, Content.styled(note, "$footer-key-foreground"), partial(self._take, name)

    async def discover(self) -> Hits:
        """All of them."""
        for name, note, take in self.themes():
            yield DiscoveryHit(Content(name) + note, take, text=name)

    async def search(self, query: str) -> Hits:
        """Those that match what is typed."""
        matcher = self.matcher(query)
        for name, note, take in self.themes():
            if (score := matcher.match(name)) > 0:
                yield Hit(score, matcher.highlight(name) + note, take, text=name)

    def _take(self, name: str) -> None:
        self.app.theme = name
