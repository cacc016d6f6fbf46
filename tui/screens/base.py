"""What every full screen of the app has: a title above, the keys below, and their commands."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from textual import events, on
from textual.binding import Binding
from textual.screen import ModalScreen, Screen

from tui.commands import shown_key
from tui.widgets.backdrop import Backdrop
from tui.widgets.bars import KeyBar, TitleBar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult
    from textual.geometry import Region

    from tui.app import StorageApp
    from tui.commands import Command

ResultT = TypeVar("ResultT")

# Before all others, so that the focus has moved when the next key of a burst arrives.
_MOVING = [
    Binding("tab", "app.focus_next", show=False, priority=True),
    Binding("shift+tab", "app.focus_previous", show=False, priority=True),
]


class StorageScreen(Screen[ResultT]):
    """A screen whose commands are declared in `commands.py`."""

    BINDINGS: ClassVar[list[Any]] = _MOVING

    declared: ClassVar[tuple[Command, ...]] = ()
    """What one can do here; `BINDINGS` is made from it."""

    app: StorageApp

    def __init__(self) -> None:
        super().__init__()
        self.turn = asyncio.Lock()
        """Held by the flow that is running on this screen."""

        self.flows = 0
        """Flows that run on this screen or wait for that. Keys wait for them."""

    def compose(self) -> ComposeResult:
        """The bars; what is between them comes from `body`."""
        self.add_class(*_breakpoints(self.app))
        yield TitleBar(id="title")
        yield from self.body()
        yield KeyBar(self.declared, id="keys")

    def body(self) -> ComposeResult:
        """What stands between the bars."""
        yield from ()

    def on_mount(self) -> None:
        """Say where one is, and what is being done."""
        title = self.query_one(TitleBar)
        title.note = title.note or self.app.workspace.shown_path
        self.watch(self.app, "busy", lambda busy: setattr(title, "busy", busy))

    @on(events.Resize)
    async def _turn(self) -> None:
        # Textual now lays the screen out once more, right after the first time: a key may come
        # between.
        await asyncio.sleep(0)

    @contextmanager
    def keys_free(self) -> Iterator[None]:
        """Around what may take long in a flow: keys do not wait for it."""
        self.flows -= 1
        self.app.typed.look_again()
        try:
            yield
        finally:
            self.flows += 1

    def busy_for(self, action: object) -> bool:
        """Whether it is a command that has to wait for the flow that is running."""
        return self.flows > 0 and any(
            command.name == action for command in self.declared if command.group != "App"
        )

    def why_not(self, action: str) -> str:
        """Why a command cannot work now, and what to do, in one line; empty when it can."""
        snapshot = self.app.snapshot
        if any(command.name == action and command.changes for command in self.declared):
            if snapshot.problem:
                return "The file cannot be read; nothing can be saved until it is mended."
            if snapshot.read_only:
                return f"Nothing can be changed here: {snapshot.read_only}."
        return ""

    def key(self, command: str, usual: str) -> str:
        """The key of a command as it is shown; `usual` unless it is remapped."""
        return shown_key(self.app.key_of(command) or usual)

    def changed_elsewhere(self) -> str:
        """What is told, in one line, when the file was changed by others while this is shown."""
        snapshot = self.app.snapshot
        if snapshot.problem:
            return "The configuration file was changed elsewhere and cannot be read now."
        if snapshot.stamp is None:
            return "The configuration file was deleted elsewhere."
        return "The configuration file was changed elsewhere."

    def action_help(self) -> None:
        """Every key of this screen."""
        from tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self.declared))

    def action_palette(self) -> None:
        """Textual's command palette, with our commands."""
        self.app.action_command_palette()

    def action_theme(self) -> None:
        """Choose how the app looks."""
        self.app.search_themes()

    async def action_quit(self) -> None:
        """Leave the app."""
        await self.app.action_quit()


class Dialog(ModalScreen[ResultT]):
    """A small screen over another."""

    BINDINGS: ClassVar[list[Any]] = _MOVING

    app: StorageApp

    def __init__(self) -> None:
        super().__init__(classes=" ".join(_breakpoints(self.app)))
        self._below: Screen[Any] | None = None
        self._backdrop: Backdrop | None = None

    def on_mount(self) -> None:
        """Draw what is below, before the event loop draws the dialog: each takes its time."""
        self._below = self.app.screen_stack[-2]
        self.render()

    @on(events.Resize)
    async def _turn(self) -> None:
        # As in `StorageScreen`.
        await asyncio.sleep(0)

    def render(self) -> Any:
        """The screen below, dimmed."""
        if self._below is None or self.styles.background.a == 1:
            return super().render()
        if self._backdrop is None or self._backdrop.size != self.app.size:
            self._backdrop = Backdrop(self, self._below)
        return self._backdrop

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        """Textual names `regions` when something below has changed there."""
        if regions:
            self._backdrop = None
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)


def _breakpoints(app: StorageApp) -> Iterator[str]:
    """The classes of a screen as large as the terminal.

    Textual gives them to a screen that has been laid out, and then styles all its widgets anew.
    """
    width, height = app.size
    for size, breakpoints in (
        (width, app.HORIZONTAL_BREAKPOINTS),
        (height, app.VERTICAL_BREAKPOINTS),
    ):
        yield [name for least, name in breakpoints if size >= least][-1]
