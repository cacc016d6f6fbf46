"""`StorageApp`: the app itself. Started by the bare command `storage`.

It holds what all screens share (the workspace, the state, the latest snapshot of the file) and does
what concerns none of them alone: themes, remapped keys, noticing changes on disk, crash output.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import wait
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar

from textual import events, work
from textual.app import App
from textual.binding import Binding
from textual.filter import LineFilter, Monochrome, NoColor
from textual.reactive import Reactive, reactive
from textual.signal import Signal

from storage_core.paths import command
from tui.kit.keymap import keymap
from tui.kit.keys import Typed
from tui.kit.preload import warm_up
from tui.kit.restyle import restyle
from tui.kit.screen import StorageScreen
from tui.kit.text import printable
from tui.kit.theme import DARK, themes
from tui.session import state
from tui.session.background import begin, in_thread
from tui.session.garbage import collect, collect_all, undisturbed
from tui.session.snapshot import Snapshot
from tui.session.workspace import Workspace

if TYPE_CHECKING:
    from textual.actions import ActionParseResult
    from textual.dom import DOMNode
    from textual.screen import Screen
    from textual.theme import Theme

T = TypeVar("T")

_HERE = Path(__file__).parent

FIRST_READ: Final = 0.25
"""Seconds that the first frame waits for the configuration file."""

POLL: Final = 1.0
"""Seconds between two looks at the file on disk."""

ALONE: Final = 60.0
"""Seconds without a key after which nobody is taken to be there."""


class StorageApp(App[None]):
    """The full-screen app.

    Args:
        config_path: the configuration file; by default `$STORAGE_CONFIG`, else
            `$PREFECT_HOME/storage.toml`.
        few_colours: whether the terminal has no more than 16.
    """

    TITLE = "Storage"
    # Textual loads no styles for the screen that it starts with.
    CSS_PATH: ClassVar[Any] = [
        _HERE / "app.tcss",
        _HERE / "features" / "configurations" / "screen.tcss",
    ]
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
    ]
    ENABLE_COMMAND_PALETTE = False  # Each screen opens one of its own, in `palette.py`.
    NOTIFICATION_TIMEOUT = 4

    theme = Reactive(DARK)  # Set later, it would have Textual read all styles twice.

    busy: reactive[str] = reactive("", init=False)
    """What is being done in the background, as shown; empty when nothing is."""

    def __init__(
        self, config_path: str | os.PathLike[str] | None = None, *, few_colours: bool = False
    ) -> None:
        # Made once and before the rest: Textual asks for them in its own, and whenever it draws.
        self._own_themes = {theme.name: theme for theme in themes(few_colours=few_colours)}
        super().__init__()
        self.workspace = Workspace(config_path)
        self.snapshot: Snapshot = Snapshot()
        """The file as it was read last."""

        self.loaded = Signal[Snapshot](self, "loaded")
        """Published when there is a new snapshot."""

        self.remembered = state.load()
        self.idle = asyncio.Event()
        """Set while nothing is being done in the background; first when the file has been read."""

        self.typed = Typed(self, super().on_event, lambda screen: getattr(screen, "flows", 0) > 0)
        """What was typed and waits for the screen that it is meant for."""

        self._jobs: dict[asyncio.Task[Any], str] = {}
        """What threads are doing, until they have ended; in the order in which it was begun."""

        self._leaving = False
        """Whether the app is left as soon as everything is saved."""

        self.touched = monotonic()
        """When a key was pressed last, or the mouse moved."""

        self._to_tidy = False
        """Whether something was read or saved since all garbage was searched for."""

        self._keymap_notes: list[str] = []
        if self.remembered.theme in self.available_themes:
            self.theme = self.remembered.theme
        self._first = begin(self.workspace.load)
        # Nothing is on screen yet: a file that is read at once is best read before everything else,
        # since the thread and the event loop would slow each other down.
        wait([self._first], FIRST_READ)

    @property
    def available_themes(self) -> dict[str, Theme]:
        """Our own, from the start, and Textual's."""
        return {**self._own_themes, **super().available_themes}

    def get_line_filters(self) -> Sequence[LineFilter]:
        """With `NO_COLOR`, what takes the colours of the theme that is in force.

        Textual chooses at the start, and paints the terminal's own colours black on black after.
        """
        found = super().get_line_filters()
        if not self.no_color:
            return found
        without = NoColor() if self.native_ansi_color else Monochrome()
        return [without if isinstance(each, NoColor | Monochrome) else each for each in found]

    def refresh_css(self, animate: bool = True) -> None:
        """Another theme."""
        self._restyle()

    @work(group="styles", exclusive=True)
    async def _restyle(self) -> None:
        await restyle(self)

    def get_default_screen(self) -> Screen[None]:
        """The list is the first screen, with none below it."""
        from tui.features.configurations.screen import ConfigurationsScreen

        return ConfigurationsScreen()

    def on_mount(self) -> None:
        """Read the file, then look at it from time to time."""
        # Saves the terminal's title, to be restored at the end, and sets our own.
        self._to_terminal(f"\x1b[22;2t\x1b]2;Storage: {self.workspace.shown_path}\x1b\\")
        self.theme_changed_signal.subscribe(self, lambda theme: self.remember(theme=theme.name))
        self.screen_change_signal.subscribe(self, lambda _: self._screen_changed())
        if self._first.done():
            # Before the screen is laid out, so that its first frame has everything in it.
            self._show(self._first.result())
            self.idle.set()
        self.run_worker(self._begin(), group="load")
        self.set_interval(POLL, self._poll)

    def on_unmount(self) -> None:
        """The terminal gets its title back."""
        self._to_terminal("\x1b[23;2t")

    def _to_terminal(self, codes: str) -> None:
        if self._driver is not None:
            self._driver.write(codes)

    # ---- work in the background

    async def in_background(self, what: str, function: Callable[[], T]) -> T:
        """Run `function` in a thread; `what` is shown until it has ended, whoever is cancelled."""
        job = asyncio.create_task(in_thread(function))
        self._jobs[job] = what
        self.idle.clear()
        self.busy = what
        try:
            return await asyncio.shield(job)
        finally:
            if job.done():
                self._ended(job)
            else:
                job.add_done_callback(self._ended)

    def _ended(self, job: asyncio.Task[Any]) -> None:
        del self._jobs[job]
        self.busy = next(reversed(self._jobs.values()), "")
        if not self._jobs:
            self.idle.set()

    async def _begin(self) -> None:
        if not self.idle.is_set():
            self._show(await self.in_background("reading", self._first.result))
        self.call_after_refresh(lambda: self.run_worker(warm_up(self), group="warm"))

    async def reload(self, what: str = "reading") -> None:
        """Read the file again and tell the screens."""
        self._to_tidy = True
        self._show(await self.in_background(what, lambda: undisturbed(self.workspace.load)))

    def _show(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        found = self.snapshot.configurations
        tables = found.tables if found is not None else {}
        keys, notes = keymap(tables)
        if keys != self._keymap:
            self.set_keymap(keys)
        if notes != self._keymap_notes:
            self._keymap_notes = notes
            if len(notes) > 1:
                # Each by itself they would hide the screen.
                lists = command("validate", self.workspace.file.path)
                notes = [f"[app.keys] has {len(notes)} mistakes; `{printable(lists)}` lists them."]
            for note in notes:
                self.say(note, severity="warning")
        self.loaded.publish(self.snapshot)
        self.refresh_bindings()

    async def change(self, label: str, make: Callable[[Any], T]) -> T:
        """Change the file; see `Workspace.change`. The screens are told before this returns."""
        try:
            result = await self.in_background(
                "saving", lambda: undisturbed(lambda: self.workspace.change(label, make))
            )
        finally:
            await self.reload()
        if self.workspace.moved:
            self.say("This and earlier changes cannot be undone: the file held a secret then.")
        return result

    async def action_quit(self) -> None:
        """Leave; what is being saved is saved first, which whoever asks twice does not await."""
        if self._leaving or not self._saving:
            await super().action_quit()
            return
        self._leaving = True
        self.notify("Saving first; Ctrl+Q again leaves at once.", timeout=10, markup=False)
        self.run_worker(self._leave_saved(), group="quit")

    @property
    def _saving(self) -> list[asyncio.Task[Any]]:
        return [job for job, what in self._jobs.items() if what == "saving"]

    async def _leave_saved(self) -> None:
        while jobs := self._saving:
            await asyncio.wait(jobs)
            if any(job.exception() for job in jobs):
                # Whoever began it tells why; what was to be saved is still here.
                self._leaving = False
                return
        self.exit()

    def _poll(self) -> None:
        if not self._jobs:
            self._look()
        if self._to_tidy and monotonic() - self.touched > ALONE:
            self._to_tidy = False
            self._tidy(collect_all)

    @work(group="tidy", exclusive=True)
    async def _tidy(self, how: Callable[[], None]) -> None:
        await in_thread(how)

    @work(group="poll", exclusive=True)
    async def _look(self) -> None:
        stamp = await in_thread(self.workspace.stamp)
        if stamp != self.snapshot.stamp and not self._jobs:
            before = self.snapshot
            await self.reload()
            if not self.snapshot.says_the_same(before):
                screens = [each for each in self.screen_stack if isinstance(each, StorageScreen)]
                self.say(screens[-1].changed_elsewhere())

    def remember(self, **what: str) -> None:
        """Keep the theme or the sort order for the next time."""
        for name, value in what.items():
            if getattr(self.remembered, name) != value:
                setattr(self.remembered, name, value)
                keep = partial(state.save, state.State(**vars(self.remembered)))
                self.run_worker(in_thread(keep), group="state")

    async def on_event(self, event: events.Event) -> None:
        """Keys wait until it is their turn."""
        if isinstance(event, events.InputEvent | events.Paste):
            self.touched = monotonic()
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            await self.typed.add(event)
        else:
            await super().on_event(event)

    def _screen_changed(self) -> None:
        self.typed.look_again()
        # Back on the list garbage is collected, a moment later, when it has been drawn.
        if len(self.screen_stack) == 1:
            self.set_timer(POLL, lambda: self._tidy(collect))

    # ---- what all screens say and show

    def say(self, message: str, severity: Any = "information") -> None:
        """Tell something in one line that goes away by itself, and once as long as it is shown."""
        self._tell(message, severity, None)

    def fail(self, message: str) -> None:
        """Tell what went wrong."""
        self._tell(message, "error", 10)

    def _tell(self, message: str, severity: Any, timeout: float | None) -> None:
        if all(each.message != message for each in self._notifications):
            self.notify(message, severity=severity, timeout=timeout, markup=False)

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """As Textual does, by key or click; a command that cannot work now says why."""
        if isinstance(default_namespace, StorageScreen) and default_namespace.busy_for(action):
            # A second click; a key would have waited.
            return True
        if await super().run_action(action, default_namespace, namespaces):
            return True
        if isinstance(default_namespace, StorageScreen) and isinstance(action, str):
            reason = default_namespace.why_not(action)
            if reason:
                self.say(reason)
            return bool(reason)
        return False

    def keys_of(self, command: str) -> list[str]:
        """The keys that a command is remapped to; none when it has its own."""
        keys = self._keymap.get(command, "")
        return keys.split(",") if keys else []

    def key_of(self, command: str) -> str:
        """The first of them; empty when it has its own."""
        return next(iter(self.keys_of(command)), "")

    # ---- crashes

    def _fatal_error(self) -> None:
        """Textual prints the values of all variables, secrets among them; this prints none.

        The exception's own message is left out for the same reason.
        """
        import sys
        import traceback

        from rich.text import Text

        kind, _, trace = sys.exc_info()
        lines = [
            f"error: the app stopped because of a bug in it ({kind.__name__ if kind else '?'}).",
            "The configuration file is as it was last saved. Where it happened, for a report:",
            *(line.rstrip() for line in traceback.format_tb(trace)),
        ]
        self.bell()
        self._exit_renderables.append(Text("\n".join(lines)))
        self._close_messages_no_wait()

    def panic(self, *renderables: Any) -> None:
        """As above: what an exception would draw of itself may hold values."""
        if any(isinstance(each, BaseException) for each in renderables):
            self._fatal_error()
        else:
            super().panic(*renderables)
