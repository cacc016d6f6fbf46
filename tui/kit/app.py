"""`KitApp`: the parts of the app that have nothing to do with storage.

Themes, the queue of keys, messages that disappear by themselves, and the report of a crash.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from sys import maxsize
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol, runtime_checkable

from textual import actions, events, work
from textual._context import active_message_pump
from textual.app import App, ScreenStackError, SuspendNotSupported
from textual.binding import Binding
from textual.css.query import NoMatches
from textual.dom import NoScreen
from textual.filter import LineFilter, Monochrome, NoColor
from textual.notifications import Notification, Notifications, Notify
from textual.reactive import Reactive, reactive
from textual.widget import MountError
from textual.widgets._toast import ToastRack
from textual.worker import WorkerFailed, active_worker

from tui.kit.clipboard import programs, taken
from tui.kit.keys import KeyQueue
from tui.kit.legible import legible
from tui.kit.restyle import restyle
from tui.kit.text import in_a_row
from tui.kit.theme import DARK, themes
from tui.kit.workers import is_left

if TYPE_CHECKING:
    from textual.actions import ActionParseResult
    from textual.dom import DOMNode
    from textual.driver import Driver
    from textual.screen import Screen
    from textual.theme import Theme

    from tui.kit.routes import Routes

STYLES: Final = Path(__file__).with_name("app.tcss")
"""The styles of the building blocks of screens."""


_GONE: Final = (NoMatches, NoScreen, MountError, ScreenStackError)
"""What Textual raises where something is put on a screen that has been closed already."""

_TOAST: Final = 7
"""Cells of a message's frame, and of what is free beside it."""

NOTIFICATION_TIMEOUT: Final = 4.0
"""Seconds that a message is shown."""

FAILURE_TIMEOUT: Final = 10.0
"""Seconds that a message about a failure is shown."""


@runtime_checkable
class Commanded(Protocol):
    """A screen with commands."""

    flows: int
    """How many of its flows are running; keys wait for these."""

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
        # In a text area the same key undoes an edit.
        Binding("ctrl+z", "suspend_process", show=False),
    ]
    ENABLE_COMMAND_PALETTE = False  # Each screen opens one of its own.

    theme = Reactive(DARK)  # If it were set later, Textual would read all styles twice.

    busy: reactive[str] = reactive("", init=False)
    """What is being done in the background, as shown; empty when nothing is."""

    def __init__(self, routes: Routes, *, few_colours: bool = False) -> None:
        self._few_colours = few_colours
        # First, since Textual's constructor asks for them; once, since it asks with each drawing.
        self._own_themes = {theme.name: theme for theme in themes(few_colours=few_colours)}
        self._chosen_theme = ""
        """The theme to go back to while another is previewed."""

        self._variables: tuple[Theme, dict[str, str]] | None = None
        super().__init__()
        self.routes = routes
        self.keys = KeyQueue(self, super().on_event, lambda screen: getattr(screen, "flows", 0) > 0)
        """Keys that were typed and wait for the screen that they are meant for."""

        self.remapped: dict[str, str] = {}
        """The remapped keys, by command, in Textual's spelling."""

        self._shown_on: dict[str, Screen[Any] | None] = {}
        """The screen on top when a message was shown, by the message's identity."""

        self._shown = ""
        """The identity of the message that is shown."""

        self.touched = monotonic()
        """When a key was last pressed or the mouse last moved."""

    # ---- the terminal

    def get_driver_class(self) -> type[Driver]:
        """Textual's driver, made to outlast its terminal."""
        found = super().get_driver_class()
        if sys.platform == "win32":
            return found
        from textual.drivers.linux_driver import LinuxDriver

        from tui.kit.terminal import TerminalDriver

        return TerminalDriver if found is LinuxDriver else found

    def stop(self, code: int) -> None:
        """End with this exit code, because of a signal or a lost terminal."""
        self.exit(return_code=code)

    def look_at_terminal(self) -> None:
        """End if the terminal is gone, since no key can ever be pressed again."""
        if self.is_headless or self.is_web or sys.platform == "win32":
            return
        from tui.kit.terminal import GONE, is_gone, let_go

        if is_gone():
            let_go()
            self.stop(GONE)

    def action_suspend_process(self) -> None:
        """Stop the app, and give the terminal to the shell until that continues it."""
        if sys.platform == "win32":
            return
        from tui.kit.terminal import stop_group

        with suppress(SuspendNotSupported), self.suspend():
            stop_group()

    # ---- looks

    @property
    def has_shades(self) -> bool:
        """Whether backgrounds can differ a little: among 16 colours each stands out."""
        return not (self._few_colours or self.native_ansi_color)

    @property
    def no_pictures(self) -> str:
        """Why no pictures can be drawn; empty if they can."""
        if self.no_color:
            return "NO_COLOR is set"
        if self._few_colours:
            return "that takes a terminal of more than 16 colours"
        return "this theme has the terminal's own 16 colours" if self.native_ansi_color else ""

    @property
    def available_themes(self) -> dict[str, Theme]:
        """Our own themes, from the start, and Textual's."""
        return {**self._own_themes, **super().available_themes}

    def get_theme(self, theme_name: str) -> Theme | None:
        """A theme by its name; 300 calls before the first frame are 1 ms faster this way."""
        return self._own_themes.get(theme_name) or super().get_theme(theme_name)

    def get_css_variables(self) -> dict[str, str]:
        """The variables of the current theme, made legible."""
        theme = self.current_theme
        if self._variables is None or self._variables[0] is not theme:
            found = super().get_css_variables()
            ansi = self.native_ansi_color
            self._variables = theme, legible(found, dark=theme.dark, ansi=ansi)
        # Markup inside a text finds them here.
        self.theme_variables = self._variables[1]
        return self._variables[1]

    @property
    def chosen_theme(self) -> str:
        """The theme that was chosen, whatever theme is previewed."""
        return self._chosen_theme or self.theme

    def preview_theme(self, name: str) -> None:
        """Show a theme for as long as it is only considered."""
        self._chosen_theme = self.chosen_theme
        self.theme = name

    def take_theme(self, name: str) -> None:
        """Choose this theme for good."""
        self._chosen_theme = ""
        # It may be the theme that is previewed already.
        self.theme = name
        self.theme_taken(name)

    def end_preview(self, name: str) -> None:
        """Go back to the theme that was chosen."""
        if self._chosen_theme:
            self._chosen_theme = ""
            self.theme = name

    def theme_taken(self, name: str) -> None:
        """Called when a person has chosen a theme."""

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Make the filter for `NO_COLOR` fit the current theme.

        Textual chooses the filter at the start; after a change of theme it would paint black on
        black.
        """
        found = super().get_line_filters()
        if not self.no_color:
            return found
        without = NoColor() if self.native_ansi_color else Monochrome()
        return [without if isinstance(each, NoColor | Monochrome) else each for each in found]

    def update_styles(self, node: DOMNode, animate: bool = True) -> None:
        """Style only mounted widgets; others are styled when they are mounted.

        Fields and buttons set classes on themselves while they are made. Styling them at that
        moment is useless, and took 14 of the 32 ms of the longest callback when the form of S3
        opens.
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
        """Put keys into the queue; handle other events at once."""
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
        """Run an action as Textual does; for a command that cannot work now, say why."""
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
        """Give commands, by name, other keys than the declared ones."""
        if keys != self.remapped:
            self.remapped = keys
            self.set_keymap(keys)

    def keys_of(self, command: str) -> list[str]:
        """The keys that a command is remapped to; none if it is not remapped."""
        keys = self.remapped.get(command, "")
        return keys.split(",") if keys else []

    def key_of(self, command: str) -> str:
        """The first key that a command is remapped to; empty if it is not remapped."""
        return next(iter(self.keys_of(command)), "")

    # ---- messages

    def say(self, message: str, severity: Any = "information") -> None:
        """Show a message for a while, in place of the one before.

        One that is no warning has names shortened to be one row: what to do is in none of them.
        """
        room = self.size.width - _TOAST if severity == "information" else maxsize
        self._tell(in_a_row(message, room), severity)

    def fail(self, message: str) -> None:
        """Show what went wrong."""
        self._tell(in_a_row(message, maxsize), "error", FAILURE_TIMEOUT)

    def _tell(self, message: str, severity: Any, timeout: float = NOTIFICATION_TIMEOUT) -> None:
        here = self.screen_stack[-1] if self.screen_stack else None
        for told in [each for each in self._notifications if each.message == message]:
            if self._shown_on.get(told.identity) is here:
                return
            # That message is kept for the screen below.
            self._unnotify(told)
        told = Notification(message, severity=severity, timeout=timeout)
        self._shown_on[told.identity] = here
        self.post_message(Notify(told))

    def _refresh_notifications(self) -> None:
        """Show one message: the newest of the screen on top, or of a screen closed since.

        Messages of a screen below stay there, and appear again when it is on top.
        """
        kept = {each.identity for each in self._notifications}
        self._shown_on = {each: on for each, on in self._shown_on.items() if each in kept}
        stack = self.screen_stack
        for rack in stack[-1].query("ToastRack").results(ToastRack) if stack else ():
            self.call_later(self._show_newest, rack, stack[:-1])

    async def _show_newest(self, rack: ToastRack, below: list[Screen[Any]]) -> None:
        here = [n for n in self._notifications if self._shown_on.get(n.identity) not in below]
        newest = here[-1].identity if here else ""
        # A message that is shown already stays for the rest of its time.
        if rack.is_attached and not (rack.children and self._shown == newest):
            self._shown = newest
            await rack.remove_children()
            one = Notifications()
            for each in here[-1:]:
                one.add(each)
            rack.show(one)
            # If a dialog has opened over the screen meanwhile, the message would appear twice.
            rack.display = rack.display and rack.screen.is_active

    def _unnotify(self, notification: Notification, refresh: bool = True) -> None:
        """Forget a message whose time is over; an earlier one may have some left."""
        super()._unnotify(notification, refresh=True)

    # ---- the clipboard

    def copy_to_clipboard(self, text: str) -> None:
        """Copy as Textual does, through the terminal, and also with a program if there is one."""
        self.copy(text, "")

    def copy(self, text: str, what: str) -> None:
        """Put `text` on the clipboard, and say whether `what` was copied; if empty, say nothing."""
        try:
            super().copy_to_clipboard(text)
        except UnicodeEncodeError:
            # A file's name may be like that, or a string that JSON has decoded from "\ud800".
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
        """End with a report, except for what is missing because its screen or the app is left."""
        of_worker = isinstance(error, WorkerFailed)
        cause = error.error if isinstance(error, WorkerFailed) else error
        at_work = active_worker.get().node if of_worker else active_message_pump.get()
        left = self.return_code is not None or not self.is_running or is_left(at_work)
        if not (left and isinstance(cause, _GONE)):
            super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Print a traceback without values: Textual's would print all variables, secrets included.

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
        """Draw no exception, since that may show values."""
        if any(isinstance(each, BaseException) for each in renderables):
            self._fatal_error()
        else:
            super().panic(*renderables)
