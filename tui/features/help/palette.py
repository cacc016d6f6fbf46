"""The palette: finds a command, a configuration or a theme by some of its words.

It is Textual's palette, made a dialog.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple, cast

from rich.cells import cell_len
from textual import on
from textual.command import Command as Offered
from textual.command import (
    CommandInput,
    CommandList,
    CommandPalette,
    DiscoveryHit,
    Hit,
    Hits,
    Provider,
)
from textual.content import Content
from textual.widgets import OptionList

from storage_core.printable import printable
from tui.kit.commands import brief
from tui.kit.dialog import Dialog
from tui.kit.line_input import PasteInput
from tui.kit.options import Paged
from tui.kit.swatches import chip, swatches
from tui.kit.text import cut, fit, wrap
from tui.kit.theme import MUTED, THEMES
from tui.session import search

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.app import ComposeResult
    from textual.theme import Theme

    from tui.kit.app import KitApp
    from tui.kit.commands import Command
    from tui.kit.screen import BaseScreen
    from tui.session.session import Session

OURS: Final = tuple(theme.name for theme in THEMES)

_GROUP, _LABEL, _KEY = 9, 15, 10
"""Cells of the columns of a line: the group, the label, and the key at the right edge."""

_AROUND: Final = 10
"""Cells of the dialog's frame and everything inside it besides the lines."""

_MOST: Final = 50
"""Configurations that are offered for what is typed: to match and show 1,000 of them takes 60 ms of
the event loop for each key (`make bench ARGS=callbacks`). One more letter leaves fewer."""

_PLACEHOLDER: Final = "Search for commands…"

_WIDEST, _NARROWER, _THEMES, _BESIDE = 112, 72, 60, 100
"""Cells of the dialog on a wide screen, on a narrow one, and for themes alone; of a wide screen."""

_WIDE: Final = 80
"""Cells of the shortest line that holds everything."""

_TOGETHER: Final = 500
"""Configurations that are matched before keys are handled again."""

_NAME: Final = 40
"""The most cells of a name; longer ones are cut."""

_LESS: Final = 0.01
"""The factor for a hit that has the words only in its description."""

_NOT_NOW: Final = "Not now"
"""The group of commands that cannot work now."""

_REASON: Final = 28
"""Cells of the reason."""


class _Line(CommandInput, PasteInput):
    """The line to type in; it takes pastes as all other lines do."""


class Line(NamedTuple):
    """A line of the palette."""

    group: str
    title: Content
    said: str = ""
    """A description: what it does, or what is known about it."""

    key: str = ""

    lacks: str = ""
    """Why it cannot be chosen now, in place of the key. It is no fainter than a description, or the
    contrast on the background of the cursor would be too low."""

    def drawn(self, width: int) -> Content:
        """Draw it in one line, or with the description in a second one if there is no room."""
        end = Content.styled(self.key, "$footer-key-foreground")
        if self.lacks:
            end = Content.styled(cut(self.lacks, _REASON), MUTED)
        if width < _WIDE:
            group = Content.styled(f"{self.group}  " if self.group else "", MUTED)
            room = width - self.title.cell_length - group.cell_length - end.cell_length
            first = Content.assemble(self.title, " " * max(2, room), group, end)
            below = wrap(self.said, width) if self.said else ()
            return Content.assemble(first, *((f"\n{line}", MUTED) for line in below))
        start = max(_GROUP + _LABEL, _GROUP + self.title.cell_length + 2)
        lines = [*wrap(self.said, width - start - max(_KEY, end.cell_length + 2))]
        space = " " * max(1, width - start - cell_len(lines[0]) - end.cell_length)
        return Content.assemble(
            (fit(self.group, _GROUP), MUTED),
            self.title,
            " " * (start - _GROUP - self.title.cell_length),
            (lines[0], MUTED),
            space,
            end,
            *((f"\n{' ' * start}{line}", MUTED) for line in lines[1:]),
        )


class Offer(NamedTuple):
    """A command as it is offered."""

    command: Command
    run: Callable[[], object]
    """Runs the command; says why if it cannot work now."""

    lacks: str = ""


class _List(CommandList, Paged):
    """The list of a palette, which is hidden until there is something to list."""


class _Palette(CommandPalette, Dialog[None]):
    """A palette that previews the theme under the cursor, and ends that when it is closed."""

    CSS_PATH = "palette.tcss"
    heading: ClassVar = "Commands"

    def __init__(self, providers: list[type[Provider]], placeholder: str = _PLACEHOLDER) -> None:
        super().__init__(providers, placeholder=placeholder)
        self.drawn = asyncio.Event()
        """Set once the dialog itself is drawn. Drawing its lines in the same callback took 38 ms,
        where the limit is 35; this way the longest takes 23."""

    def compose(self) -> ComposeResult:
        """Textual's widgets, except for the line to type in and the list."""
        for widget in super().compose():
            if isinstance(widget, CommandInput):
                yield _Line(placeholder=widget.placeholder, select_on_focus=False)
            elif isinstance(widget, CommandList):
                yield _List()
            else:
                yield widget

    def on_mount(self) -> None:
        """Remember the current theme."""
        self._theme = self.app.theme
        self.query_one("#--container").border_title = self.heading
        self.call_after_refresh(self.drawn.set)

    @on(OptionList.OptionHighlighted)
    def _show_theme(self, event: OptionList.OptionHighlighted) -> None:
        option = event.option
        take = option.hit.command if isinstance(option, Offered) else None
        self.app.preview_theme(take.name if isinstance(take, _Take) else self._theme)

    def on_unmount(self) -> None:
        """Go back to the theme from before, unless another was chosen."""
        self.app.end_preview(self._theme)


class CommandSearch(_Palette):
    """Finds commands of the screen below, configurations and themes."""

    def __init__(self, _: Session) -> None:
        super().__init__([Commands, Configurations, NamedThemes])


class ThemeSearch(_Palette):
    """Finds themes only."""

    heading: ClassVar = "Themes"

    def __init__(self, _: Session) -> None:
        super().__init__([Themes], placeholder="Search for themes…")


class _Take:
    """Chooses a theme when called."""

    def __init__(self, app: KitApp, name: str) -> None:
        self._app, self.name = app, name

    def __call__(self) -> None:
        self._app.take_theme(self.name)


class _Lines(Provider):
    """A provider whose hits are lines."""

    alone: ClassVar = False

    def drawn(self, line: Line) -> Content:
        """Draw a line as wide as the dialog, whose width is in `palette.tcss`."""
        width = self.app.size.width
        most = _THEMES if self.alone else _WIDEST if width >= _BESIDE else _NARROWER
        return line.drawn(min(most, width * 94 // 100) - _AROUND)

    async def after_the_dialog(self) -> None:
        """Wait until the dialog is drawn."""
        dialog = self.app.screen
        if isinstance(dialog, _Palette):
            await dialog.drawn.wait()


class Commands(_Lines):
    """The declared commands with their keys; last those that cannot work now, with the reason."""

    def offers(self) -> Iterator[Offer]:
        """The commands of the screen, then those of the first screen that work from anywhere."""
        screen = cast("BaseScreen[object]", self.screen)
        first = cast("BaseScreen[object]", self.app.screen_stack[0])
        own = {command.name for command in screen.declared}
        others = (each for each in first.declared if each.anywhere and each.name not in own)
        for here, commands in ((screen, screen.declared), (first, others)):
            for command in commands:
                if command.name == "palette":
                    continue
                if here.can(command.name):
                    above = here is not screen
                    run = partial(here.run_command, command.name, from_above=above)
                    yield Offer(command, run)
                elif lacks := brief(here.why_not(command.name)) or command.lacking:
                    said = here.why_not(command.name) or f"{command.label}: {lacks}."
                    tell = partial(cast("KitApp", self.app).say, said, severity="warning")
                    yield Offer(command, tell, lacks)

    async def discover(self) -> Hits:
        """All of them, group by group."""
        await self.after_the_dialog()
        before = ""
        for offer in self.grouped():
            group = _NOT_NOW if offer.lacks else offer.command.group
            drawn = self._line(
                Content(offer.command.label), offer, "" if group == before else group
            )
            before = group
            yield DiscoveryHit(drawn, offer.run, text=offer.command.label)

    def grouped(self) -> list[Offer]:
        """All commands, by group in the order of declaration."""
        every = list(self.offers())
        groups = list(dict.fromkeys(offer.command.group for offer in every))
        return sorted(every, key=lambda each: (each.lacks > "", groups.index(each.command.group)))

    async def search(self, query: str) -> Hits:
        """The commands that match what is typed, by their labels or descriptions."""
        matcher, words = self.matcher(query), search.words_of(query)
        for offer in self.offers():
            command = offer.command
            score = matcher.match(command.label)
            sought = f"{command.label} {command.tooltip} {command.group}"
            if score <= 0 and search.found(words, sought):
                score = _LESS
            if score > 0:
                drawn = self._line(matcher.highlight(command.label), offer, command.group)
                # After all commands that can work.
                score = score * _LESS**2 if offer.lacks else score
                yield Hit(score, drawn, offer.run, text=command.label)

    def _line(self, title: Content, offer: Offer, group: str) -> Content:
        screen, command = cast("BaseScreen[object]", self.screen), offer.command
        if offer.lacks:
            # The terminal's own colours have no shades.
            title = title.stylize_before("dim" if self.app.native_ansi_color else MUTED)
            return self.drawn(Line(group, title, command.tooltip, "", offer.lacks))
        own = any(each.name == command.name for each in screen.declared)
        key = screen.key(command.name, command.keys[0]) if own else ""
        return self.drawn(Line(group, title, command.tooltip, key))


class Configurations(_Lines):
    """The configurations that the screen below can go to."""

    async def search(self, query: str) -> Hits:
        """The first ones with the words in name, type, location, ID or tags."""
        places = getattr(self.screen, "places", None)
        words = search.words_of(query)
        matcher = self.matcher(query)
        found = 0
        for number, place in enumerate(places() if places else ()):
            if number % _TOGETHER == _TOGETHER - 1:
                await asyncio.sleep(0)
            if not search.found(words, f"go to {place.sought}"):
                continue
            name = printable(place.name)
            title = Content.assemble(chip(place.badge), "  ", matcher.highlight(cut(name, _NAME)))
            drawn = self.drawn(Line("Go to", title, printable(place.location)))
            # After the commands that match too.
            score = max(matcher.match(name) / 2, _LESS)
            yield Hit(score, drawn, place.go, text=name)
            found += 1
            if found == _MOST:
                return


class Themes(_Lines):
    """All themes, the current one first, then our own."""

    alone: ClassVar = True
    """Whether nothing else is offered."""

    def themes(self) -> Iterator[tuple[str, Theme, str, _Take]]:
        """The name of each theme, the theme, its description, and what chooses it."""
        app = cast("KitApp", self.app)
        now = app.chosen_theme

        def order(name: str) -> tuple[bool, bool, bool, str]:
            return name != now, name not in OURS, not known[name].dark, name

        known = app.available_themes
        for name in sorted(known, key=order):
            said = "Now" if name == now else ""
            yield name, known[name], said, _Take(app, name)

    def line(self, title: Content, theme: Theme, said: str, group: str = "Theme") -> Content:
        """Draw a theme's colours and its name; `said` takes the place of the group."""
        return self.drawn(Line(said or group, Content.assemble(swatches(theme), "  ", title)))

    async def discover(self) -> Hits:
        """All of them, group by group."""
        await self.after_the_dialog()
        before = ""
        for name, theme, said, take in self.themes():
            group = "Now" if said else "Ours" if name in OURS else _ground(theme).capitalize()
            drawn = self.line(Content(name), theme, "", "" if group == before else group)
            before = group
            yield DiscoveryHit(drawn, take, text=name)

    async def search(self, query: str) -> Hits:
        """The themes that match what is typed, by name or as "light" or "dark"."""
        matcher, words = self.matcher(query), search.words_of(query)
        for name, theme, said, take in self.themes():
            score = matcher.match(name)
            if score <= 0 and search.found(words, _called(name, theme)):
                score = _LESS
            if score > 0:
                yield Hit(score, self.line(matcher.highlight(name), theme, said), take, text=name)


class NamedThemes(Themes):
    """The themes among other hits; none before anything is typed."""

    alone: ClassVar = False

    async def discover(self) -> Hits:
        """No themes, since there is a command that lists them."""
        for _ in ():
            yield _

    async def search(self, query: str) -> Hits:
        """The themes with all the words, since a command's words may loosely match many names."""
        words, matcher = search.words_of(query), self.matcher(query)
        for name, theme, said, take in self.themes():
            if search.found(words, _called(name, theme)):
                yield Hit(
                    _LESS / 2, self.line(matcher.highlight(name), theme, said), take, text=name
                )


def _called(name: str, theme: Theme) -> str:
    return f"theme: {name} {_ground(theme)}"


def _ground(theme: Theme) -> str:
    return "dark" if theme.dark else "light"
