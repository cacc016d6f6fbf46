"""Finding a command, a configuration or a theme by typing some of its words.

Textual's palette as a dialog.
"""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, cast

from textual import on
from textual.command import Command as Offered
from textual.command import CommandInput, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.widgets import OptionList

from storage_core.printable import printable
from tui.kit.dialog import Dialog
from tui.kit.line_input import PasteInput
from tui.kit.theme import DARK, LIGHT, MUTED
from tui.session import search

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.app import ComposeResult

    from tui.kit.app import KitApp
    from tui.kit.commands import Command
    from tui.kit.screen import BaseScreen
    from tui.session.session import Session

OURS: Final = (DARK, LIGHT)

_LABEL: Final = 16
"""Cells of the column of labels; the keys stand behind it."""

_MOST: Final = 50
"""Configurations that are offered for what is typed: to match and show 1,000 of them takes 60 ms of
the event loop for each key (`make bench ARGS=callbacks`). One more letter leaves fewer."""

_LESS: Final = 0.01
"""How much less a hit counts that has the words only in what is said about it."""


class _Line(CommandInput, PasteInput):
    """What is looked for; it takes pastes as all other lines do."""


class _Palette(CommandPalette, Dialog[None]):
    """One that shows a theme while the cursor is on it, and takes that back when it is left."""

    CSS_PATH = "palette.tcss"

    def compose(self) -> ComposeResult:
        """Textual's, but for the line in which one types."""
        for widget in super().compose():
            if isinstance(widget, CommandInput):
                yield _Line(placeholder=widget.placeholder, select_on_focus=False)
            else:
                yield widget

    def on_mount(self) -> None:
        """Remember the theme in force."""
        self._theme = self.app.theme

    @on(OptionList.OptionHighlighted)
    def _show_theme(self, event: OptionList.OptionHighlighted) -> None:
        option = event.option
        take = option.hit.command if isinstance(option, Offered) else None
        self.app.preview_theme(take.name if isinstance(take, _Take) else self._theme)

    def on_unmount(self) -> None:
        """Back to the theme that was in force, unless another was taken."""
        self.app.end_preview(self._theme)


class CommandSearch(_Palette):
    """What can be done now on the screen below, the configurations, the themes."""

    def __init__(self, _: Session) -> None:
        super().__init__([Commands, Configurations, NamedThemes])


class ThemeSearch(_Palette):
    """How the app can look."""

    def __init__(self, _: Session) -> None:
        super().__init__([Themes], placeholder="Search for themes…")


class _Take:
    """Takes a theme."""

    def __init__(self, app: KitApp, name: str) -> None:
        self._app, self.name = app, name

    def __call__(self) -> None:
        self._app.take_theme(self.name)


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
            yield DiscoveryHit(title, run, text=command.label, help=_said(command.tooltip))

    async def search(self, query: str) -> Hits:
        """Those that match what is typed, by their labels or by what they do."""
        matcher, words = self.matcher(query), search.words_of(query)
        for command, run in self.possible():
            score = matcher.match(command.label)
            if score <= 0 and search.found(words, f"{command.label} {command.tooltip}"):
                score = _LESS
            if score > 0:
                title = self._with_key(matcher.highlight(command.label), command)
                yield Hit(score, title, run, text=command.label, help=_said(command.tooltip))

    def _with_key(self, title: Content, command: Command) -> Content:
        screen = cast("BaseScreen[object]", self.screen)
        key = Content.styled(screen.key(command.name, command.keys[0]), "$footer-key-foreground")
        return Content.assemble(title, " " * max(2, _LABEL - len(title)), key)


class Configurations(Provider):
    """The configurations that the screen below can go to."""

    async def search(self, query: str) -> Hits:
        """The first that have the words in name, type, location or ID, or among their tags."""
        places = getattr(self.screen, "places", None)
        words = search.words_of(query)
        matcher = self.matcher(query)
        every = places() if places else ()
        hits = (place for place in every if search.found(words, f"go to {place.sought}"))
        for place in islice(hits, _MOST):
            name = printable(place.name)
            title = Content.assemble(("go to: ", MUTED), matcher.highlight(name))
            about = f"{printable(place.type)}  {place.location}"
            # Behind the commands that match as well.
            score = max(matcher.match(name) / 2, _LESS)
            yield Hit(score, title, place.go, text=name, help=_said(about))


class Themes(Provider):
    """All themes, the one in force first, then our own."""

    prefix = ""

    def themes(self) -> Iterator[tuple[str, Content, _Take]]:
        """Their names, what stands behind those, and what takes them."""
        app = cast("KitApp", self.app)
        now = app.lasting_theme

        def order(name: str) -> tuple[bool, bool, str]:
            return name != now, name not in OURS, name

        for name in sorted(app.available_themes, key=order):
            note = "  now" if name == now else ""
            yield name, Content.styled(note, "$footer-key-foreground"), _Take(app, name)

    async def discover(self) -> Hits:
        """All of them."""
        for name, note, take in self.themes():
            yield DiscoveryHit(Content(name) + note, take, text=name)

    async def search(self, query: str) -> Hits:
        """Those that match what is typed."""
        matcher = self.matcher(query)
        for name, note, take in self.themes():
            if (score := matcher.match(f"{self.prefix}{name}")) > 0:
                title = matcher.highlight(f"{self.prefix}{name}")
                yield Hit(score, title + note, take, text=name)


class NamedThemes(Themes):
    """The themes among other things, so each says what it is."""

    prefix = "theme: "

    async def discover(self) -> Hits:
        """None, before anything is typed: the command that lists them is there."""
        for _ in ():
            yield _

    async def search(self, query: str) -> Hits:
        """Those that have all the words: what a command is called may fit many a name loosely."""
        words, matcher = search.words_of(query), self.matcher(query)
        for name, note, take in self.themes():
            said = f"{self.prefix}{name}"
            if search.found(words, said):
                yield Hit(_LESS / 2, matcher.highlight(said) + note, take, text=said)


def _said(text: str) -> Any:
    """What is said below a title; no markup, and in the colours of the theme that is shown."""
    return Content.styled(text, MUTED)
