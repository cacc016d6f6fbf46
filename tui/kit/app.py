"""`KitApp`: what the app does that has nothing to do with storage.

Themes, keys that wait for their turn, messages that go away by themselves, and what is printed when
it crashes.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol, runtime_checkable

from textual import actions, events, work
from textual.app import App, SuspendNotSupported
from textual.binding import Binding
from textual.css.query import NoMatches
from textual.dom import NoScreen
from textual.filter import LineFilter, Monochrome, NoColor
from textual.notifications import Notification, Notifications, Notify
from textual.reactive import Reactive, reactive
from textual.widgets._toast import ToastRack
from textual.worker import WorkerFailed

from tui.kit.clipboard import programs, taken
from tui.kit.keys import KeyQueue
from tui.kit.legible import legible
from tui.kit.restyle import restyle
from tui.kit.theme import DARK, themes

if TYPE_CHECKING:
    from textual.actions import ActionParseResult
    from textual.dom import DOMNode
    from textual.driver import Driver
    from textual.screen import Screen
    from textual.theme import Theme

    from tui.kit.routes import Routes

STYLES: Final = Path(__file__).with_name("app.tcss")
"""The styles of what screens are made of."""


NOTIFICATION_TIMEOUT: Final = 4.0
"""Seconds that a message is shown."""

FAILURE_TIMEOUT: Final = 10.0
"""Seconds that one is shown which says what went wrong."""


@runtime_checkable
class Commanded(Protocol):
    """A screen with commands."""

    flows: int
    """How many of its commands are at work; keys wait for these."""

    def why_not(self, command: str) -> str:
        """Why a command cannot work now; empty when it can."""


class KitApp(App[None]):
    """A full-screen app.

    Args:
        routes: what its screens can open by name.
        few_colours: whether the terminal has no more than 16.
    """

    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 (Textual declares it as an instance's)
        (0, "-narrow"),
        (72, "-medium"),
        (100, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012
        (0, "-short"),
        (30, "-tall"),
    ]
    BINDINGS: ClassVar = [
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True),
        # Where several lines are edited, the same key takes an edit back.
        Binding("ctrl+z", "suspend_process", show=False),
    ]
    ENABLE_COMMAND_PALETTE = False  # Each screen opens one of its own.

    theme = Reactive(DARK)  # Set later, it would have Textual read all styles twice.

    busy: reactive[str] = reactive("", init=False)
    """What is being done in the background, as shown; empty when nothing is."""

    def __init__(self, routes: Routes, *, few_colours: bool = False) -> None:
        self._few_colours = few_colours
        # First, and once: Textual asks for them in its constructor, and each time it draws.
        self._own_themes = {theme.name: theme for theme in themes(few_colours=few_colours)}
        self._lasting = ""
        """The theme to go back to while another is being looked at."""

        self._variables: tuple[Theme, dict[str, str]] | None = None
        super().__init__()
        self.routes = routes
        self.keys = KeyQueue(self, super().on_event, lambda screen: getattr(screen, "flows", 0) > 0)
        """What was typed and waits for the screen that it is meant for."""

        self.remapped: dict[str, str] = {}
        """The keys of commands that have other keys than declared, as Textual spells them."""

        self._told_on: dict[str, Screen[Any] | None] = {}
        """The screen on top when a message was told, by the message's identity."""

        self._shown = ""
        """The identity of the message that is shown."""

        self.touched = monotonic()
        """When a key was pressed last, or the mouse moved."""

    # ---- the terminal

    def get_driver_class(self) -> type[Driver]:
        """Textual's, made to outlast its terminal."""
        found = super().get_driver_class()
        if sys.platform == "win32":
            return found
        from textual.drivers.linux_driver import LinuxDriver

        from tui.kit.terminal import TerminalDriver

        return TerminalDriver if found is LinuxDriver else found

    def stop(self, code: int) -> None:
        """End with this exit code, since a signal asks for it or the terminal is gone."""
        self.exit(return_code=code)

    def look_at_terminal(self) -> None:
        """End when the terminal is gone: nobody may ever press a key again."""
        if self.is_headless or self.is_web or sys.platform == "win32":
            return
        from tui.kit.terminal import GONE, is_gone, let_go

        if is_gone():
            let_go()
            self.stop(GONE)

    def action_suspend_process(self) -> None:
        """Stop, and give the terminal to the shell until it continues the app."""
        if sys.platform == "win32":
            return
        from tui.kit.terminal import stop_group

        with suppress(SuspendNotSupported), self.suspend():
            stop_group()

    # ---- looks

    @property
    def has_shades(self) -> bool:
        """Whether a ground can be near another: of 16 colours each stands out."""
        return not (self._few_colours or self.native_ansi_color)

    @property
    def no_pictures(self) -> str:
        """Why no picture is drawn; empty where one is."""
        if self.no_color:
            return "NO_COLOR is set"
        if self._few_colours:
            return "that takes a terminal of more than 16 colours"
        return "this theme has the terminal's own 16 colours" if self.native_ansi_color else ""

    @property
    def available_themes(self) -> dict[str, Theme]:
        """Our own, from the start, and Textual's."""
        return {**self._own_themes, **super().available_themes}

    def get_theme(self, theme_name: str) -> Theme | None:
        """By its name; asked 300 times until the first frame, which takes 1 ms less so."""
        return self._own_themes.get(theme_name) or super().get_theme(theme_name)

    def get_css_variables(self) -> dict[str, str]:
        """Those of the theme in force, made legible."""
        theme = self.current_theme
        if self._variables is None or self._variables[0] is not theme:
            found = super().get_css_variables()
            ansi = self.native_ansi_color
            self._variables = theme, legible(found, dark=theme.dark, ansi=ansi)
        # What is drawn inside of a text finds them here.
        self.theme_variables = self._variables[1]
        return self._variables[1]

    @property
    def lasting_theme(self) -> str:
        """The theme that is in force when no other is being looked at."""
        return self._lasting or self.theme

    def preview_theme(self, name: str) -> None:
        """Show a theme that may not be taken."""
        self._lasting = self.lasting_theme
        self.theme = name

    def take_theme(self, name: str) -> None:
        """This theme is to last."""
        self._lasting = ""
        # It may be the one that is shown already.
        self.theme = name
        self.theme_taken(name)

    def end_preview(self, name: str) -> None:
        """Show the theme that lasts."""
        if self._lasting:
            self._lasting = ""
            self.theme = name

    def theme_taken(self, name: str) -> None:
        """A person has chosen a theme."""

    def get_line_filters(self) -> Sequence[LineFilter]:
        """With `NO_COLOR`, the filter that takes colours away suits the theme in force.

        Textual chooses it at the start; with another theme it would paint black on black.
        """
        found = super().get_line_filters()
        if not self.no_color:
            return found
        without = NoColor() if self.native_ansi_color else Monochrome()
        return [without if isinstance(each, NoColor | Monochrome) else each for each in found]

    def update_styles(self, node: DOMNode, animate: bool = True) -> None:
        """Style what is mounted; the rest is styled when it is.

        Fields and buttons give themselves classes while they are made. To style them then, for
        nothing, took 14 of the 32 ms of the longest callback until the form of S3 is there.
        """
        if node.is_attached:
            super().update_styles(node, animate)

    def refresh_css(self, animate: bool = True) -> None:
        """Apply the styles of another theme."""
        self._restyle()

    @work(group="styles", exclusive=True)
    async def _restyle(self) -> None:
        await restyle(self)

    # ---- keys

    async def on_event(self, event: events.Event) -> None:
        """Keys wait until it is their turn."""
        if isinstance(event, events.InputEvent | events.Paste):
            self.touched = monotonic()
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            await self.keys.add(event)
        else:
            await super().on_event(event)

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """As Textual does, by key or click; a command that cannot work now says why."""
        if await super().run_action(action, default_namespace, namespaces):
            return True
        namespace: object = default_namespace
        if not (isinstance(namespace, Commanded) and isinstance(action, str)):
            return False
        _, name, parameters = actions.parse(action)
        reason = namespace.why_not(str(parameters[0])) if name == "run" else ""
        if reason:
            self.say(reason, severity="warning")
        return bool(reason)

    def remap(self, keys: dict[str, str]) -> None:
        """Give commands, by name, other keys than those declared."""
        if keys != self.remapped:
            self.remapped = keys
            self.set_keymap(keys)

    def keys_of(self, command: str) -> list[str]:
        """The keys that a command is remapped to; none when it has its own."""
        keys = self.remapped.get(command, "")
        return keys.split(",") if keys else []

    def key_of(self, command: str) -> str:
        """The first of them; empty when it has its own."""
        return next(iter(self.keys_of(command)), "")

    # ---- messages

    def say(self, message: str, severity: Any = "information") -> None:
        """Show a message of one line for a while, in place of the one before."""
        self._tell(message, severity)

    def fail(self, message: str) -> None:
        """Show what went wrong."""
        self._tell(message, "error", FAILURE_TIMEOUT)

    def _tell(self, message: str, severity: Any, timeout: float = NOTIFICATION_TIMEOUT) -> None:
        here = self.screen_stack[-1] if self.screen_stack else None
        for told in [each for each in self._notifications if each.message == message]:
            if self._told_on.get(told.identity) is here:
                return
            # It is kept for the screen below.
            self._unnotify(told)
        told = Notification(message, severity=severity, timeout=timeout)
        self._told_on[told.identity] = here
        self.post_message(Notify(told))

    def _refresh_notifications(self) -> None:
        """Show one message, the newest that was told on the screen on top or on one closed since.

        Those of a screen below stay there, and are seen again when it is on top.
        """
        kept = {each.identity for each in self._notifications}
        self._told_on = {each: on for each, on in self._told_on.items() if each in kept}
        stack = self.screen_stack
        for rack in stack[-1].query("ToastRack").results(ToastRack) if stack else ():
            self.call_later(self._show_newest, rack, stack[:-1])

    async def _show_newest(self, rack: ToastRack, below: list[Screen[Any]]) -> None:
        here = [n for n in self._notifications if self._told_on.get(n.identity) not in below]
        newest = here[-1].identity if here else ""
        # What is shown already stays, with the time that it has left.
        if rack.is_attached and not (rack.children and self._shown == newest):
            self._shown = newest
            await rack.remove_children()
            one = Notifications()
            for each in here[-1:]:
                one.add(each)
            rack.show(one)
            # On the screen that a dialog has come over meanwhile it would be seen a second time.
            rack.display = rack.display and rack.screen.is_active

    def _unnotify(self, notification: Notification, refresh: bool = True) -> None:
        """Forget a message whose time is over; the one before it may have some left."""
        super()._unnotify(notification, refresh=True)

    # ---- the clipboard

    def copy_to_clipboard(self, text: str) -> None:
        """As Textual does, by way of the terminal, and by a program where there is one."""
        self.copy(text, "")

    def copy(self, text: str, what: str) -> None:
        """Put `text` on the clipboard, and say of `what` how far it has come; nothing if empty."""
        try:
            super().copy_to_clipboard(text)
        except UnicodeEncodeError:
            # As a file's name may be, or what JSON makes of "\ud800".
            self.fail(f"Nothing was copied: {what or 'it'} is no text that UTF-8 can hold.")
            return
        if any(programs(os.environ)):
            self._hand_on(text, what)
        else:
            self._tell_copied(what, False)

    @work(group="clipboard", exclusive=True)
    async def _hand_on(self, text: str, what: str) -> None:
        self._tell_copied(what, await asyncio.to_thread(taken, text))

    def _tell_copied(self, what: str, copied: bool) -> None:
        if what and copied:
            self.say(f"Copied {what}.")
        elif what:
            self.say(f"Sent {what} to the terminal; not every terminal copies it.")

    # ---- crashes

    def _handle_exception(self, error: Exception) -> None:
        """End with a report, except for what a screen misses that was being opened on leaving.

        Textual puts no more widgets on it from then on.
        """
        cause = error.error if isinstance(error, WorkerFailed) else error
        if self.return_code is None or not isinstance(cause, NoMatches | NoScreen):
            super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Textual prints the values of all variables, secrets among them; this prints none.

        The exception's own message is left out for the same reason.
        """
        import traceback

        from rich.text import Text

        kind, _, trace = sys.exc_info()
        lines = [
            f"error: the app stopped because of a bug in it ({kind.__name__ if kind else '?'}).",
            "The configuration file is as it was last saved. Where it happened, for a report:",
            *(line.rstrip() for line in traceback.format_tb(trace)),
        ]
        self.bell()
        super().panic(Text("\n".join(lines)))

    def panic(self, *renderables: Any) -> None:
        """Draw no exception: what it shows of itself may hold values."""
        if any(isinstance(each, BaseException) for each in renderables):
            self._fatal_error()
        else:
            super().panic(*renderables)
