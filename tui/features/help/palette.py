"""Finding a command, a configuration or a theme by typing some of its words.

Textual's palette as a dialog.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple, cast

from rich.cells import cell_len
from textual import on
from textual.command import Command as Offered
from textual.command import CommandInput, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.widgets import OptionList

from storage_core.printable import printable
from tui.kit.commands import brief
from tui.kit.dialog import Dialog
from tui.kit.line_input import PasteInput
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
"""Cells of the columns of a line: the group, what it is called, and at the right edge the key."""

_AROUND: Final = 10
"""Cells of the dialog's frame and all that is inside of it beside the lines."""

_MOST: Final = 50
"""Configurations that are offered for what is typed: to match and show 1,000 of them takes 60 ms of
the event loop for each key (`make bench ARGS=callbacks`). One more letter leaves fewer."""

_PLACEHOLDER: Final = "Search for commands…"

_WIDEST, _NARROWER, _THEMES, _BESIDE = 112, 72, 60, 100
"""Cells of the dialog: with room, without, for themes alone; and those of a screen with room."""

_WIDE: Final = 80
"""Cells of a line that has room for all of it."""

_TOGETHER: Final = 500
"""Configurations that are looked at before keys have their turn."""

_NAME: Final = 40
"""Cells of a name; what is beyond them is cut."""

_LESS: Final = 0.01
"""How much less a hit counts that has the words only in what is said about it."""

_NOT_NOW: Final = "Not now"
"""The group of commands that cannot work now."""

_REASON: Final = 28
"""Cells of why one cannot."""


class _Line(CommandInput, PasteInput):
    """What is looked for; it takes pastes as all other lines do."""


class Line(NamedTuple):
    """What stands in a line of the palette."""

    group: str
    title: Content
    said: str = ""
    """What it does, or what is known of it."""

    key: str = ""

    lacks: str = ""
    """Why it cannot be taken now, in place of the key. Nothing is fainter than what is said of a
    command: the ground of the cursor would leave too little contrast."""

    def drawn(self, width: int) -> Content:
        """In one line as long as there is room, else what is said stands in a second one."""
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
    """A command, as it is offered."""

    command: Command
    run: Callable[[], object]
    """Says why it cannot work where something is lacking."""

    lacks: str = ""


class _Palette(CommandPalette, Dialog[None]):
    """One that shows a theme while the cursor is on it, and takes that back when it is left."""

    CSS_PATH = "palette.tcss"
    heading: ClassVar = "Commands"

    def __init__(self, providers: list[type[Provider]], placeholder: str = _PLACEHOLDER) -> None:
        super().__init__(providers, placeholder=placeholder)
        self.drawn = asyncio.Event()
        """Set once the dialog itself is drawn. With its lines in the same callback that took 38 ms,
        where 35 are asked for; so the longest takes 23."""

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
        self.query_one("#--container").border_title = self.heading
        self.call_after_refresh(self.drawn.set)

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

    heading: ClassVar = "Themes"

    def __init__(self, _: Session) -> None:
        super().__init__([Themes], placeholder="Search for themes…")


class _Take:
    """Takes a theme."""

    def __init__(self, app: KitApp, name: str) -> None:
        self._app, self.name = app, name

    def __call__(self) -> None:
        self._app.take_theme(self.name)


class _Lines(Provider):
    """What is offered, a line each."""

    alone: ClassVar = False

    def drawn(self, line: Line) -> Content:
        """As wide as the dialog is, which has its width from `palette.tcss`."""
        width = self.app.size.width
        most = _THEMES if self.alone else _WIDEST if width >= _BESIDE else _NARROWER
        return line.drawn(min(most, width * 94 // 100) - _AROUND)

    async def after_the_dialog(self) -> None:
        """Wait until it is drawn."""
        dialog = self.app.screen
        if isinstance(dialog, _Palette):
            await dialog.drawn.wait()


class Commands(_Lines):
    """The declared commands, each with its key; those that cannot work now last, and why."""

    def offers(self) -> Iterator[Offer]:
        """The commands of the screen, then those of the first one that work from anywhere."""
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
        """All of them; the groups are in the order in which they are declared."""
        every = list(self.offers())
        groups = list(dict.fromkeys(offer.command.group for offer in every))
        return sorted(every, key=lambda each: (each.lacks > "", groups.index(each.command.group)))

    async def search(self, query: str) -> Hits:
        """Those that match what is typed, by their labels or by what they do."""
        matcher, words = self.matcher(query), search.words_of(query)
        for offer in self.offers():
            command = offer.command
            score = matcher.match(command.label)
            sought = f"{command.label} {command.tooltip} {command.group}"
            if score <= 0 and search.found(words, sought):
                score = _LESS
            if score > 0:
                drawn = self._line(matcher.highlight(command.label), offer, command.group)
                # Behind all that can be taken.
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
        """The first that have the words in name, type, location or ID, or among their tags."""
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
            # Behind the commands that match as well.
            score = max(matcher.match(name) / 2, _LESS)
            yield Hit(score, drawn, place.go, text=name)
            found += 1
            if found == _MOST:
                return


class Themes(_Lines):
    """All themes, the one in force first, then our own."""

    alone: ClassVar = True
    """Whether nothing else is offered."""

    def themes(self) -> Iterator[tuple[str, Theme, str, _Take]]:
        """Their names, what they are, what is said of them, and what takes them."""
        app = cast("KitApp", self.app)
        now = app.lasting_theme

        def order(name: str) -> tuple[bool, bool, bool, str]:
            return name != now, name not in OURS, not known[name].dark, name

        known = app.available_themes
        for name in sorted(known, key=order):
            said = "Now" if name == now else ""
            yield name, known[name], said, _Take(app, name)

    def line(self, title: Content, theme: Theme, said: str, group: str = "Theme") -> Content:
        """Its colours and its name; `said` takes the place of the group."""
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
        """Those that match what is typed: by their name, or as "light" and "dark"."""
        matcher, words = self.matcher(query), search.words_of(query)
        for name, theme, said, take in self.themes():
            score = matcher.match(name)
            if score <= 0 and search.found(words, _called(name, theme)):
                score = _LESS
            if score > 0:
                yield Hit(score, self.line(matcher.highlight(name), theme, said), take, text=name)


class NamedThemes(Themes):
    """The themes among other things, before anything is typed none of them."""

    alone: ClassVar = False

    async def discover(self) -> Hits:
        """None: the command that lists them is there."""
        for _ in ():
            yield _

    async def search(self, query: str) -> Hits:
        """Those that have all the words: what a command is called may fit many a name loosely."""
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
