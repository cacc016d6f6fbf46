"""What every full screen of the app has: a title above, the keys below, and their commands."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from textual import events, on
from textual.binding import Binding
from textual.errors import NoWidget
from textual.screen import ModalScreen, Screen
from textual.widget import Widget

from tui.kit.backdrop import Backdrop
from tui.kit.bars import KeyBar, TitleBar
from tui.kit.commands import shown_key
from tui.session.background import in_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.app import ComposeResult
    from textual.geometry import Region

    from tui.app import StorageApp
    from tui.kit.commands import Command

T = TypeVar("T")
ResultT = TypeVar("ResultT")

# Before all others, so that the focus has moved when the next key of a burst arrives.
_MOVING = [
    Binding("tab", "app.focus_next", show=False, priority=True),
    Binding("shift+tab", "app.focus_previous", show=False, priority=True),
]


class Stepwise(Screen[ResultT]):
    """A screen that opens, and takes another size, in several callbacks: keys come between.

    Textual lays it out and paints it in one, then gives it the classes of its size, which styles
    all its widgets anew, and does both once more.
    """

    app: StorageApp

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._fit()

    # These come before Textual's own handlers, which do not paint while a batch is open.

    @on(events.ScreenResume)
    def _resumed(self) -> None:
        self._show_toasts(True)
        self._fit()
        self.paint_later()

    @on(events.ScreenSuspend)
    def _suspended(self) -> None:
        # The screen on top shows them as well.
        self._show_toasts(False)

    def _show_toasts(self, shown: bool) -> None:
        for rack in self.query("ToastRack"):
            rack.display = shown

    @on(events.Resize)
    async def _resized(self, event: events.Resize) -> None:
        if event.size != self.app.size:
            # Out of date: the terminal's new size has come before it. Textual would lay the screen
            # out for either in turn, again and again, as each layout tells of its size.
            event.prevent_default()
            return
        self._fit()
        if event.size != self.size:
            self.paint_later()
        await asyncio.sleep(0)

    def _fit(self) -> None:
        """Take the classes of a screen as large as the terminal."""
        width, height = self.app.size
        sides = (width, self.app.HORIZONTAL_BREAKPOINTS), (height, self.app.VERTICAL_BREAKPOINTS)
        classes: dict[str, bool] = {}
        for size, breakpoints in sides:
            names = [name for least, name in breakpoints if size >= least]
            classes |= {name: name == names[-1] for _, name in breakpoints}
        self.update_classes(classes, animate=False)

    def paint_later(self) -> None:
        """Draw each widget by itself, then let Textual paint, which finds the lines in a cache."""
        batch = ExitStack()
        batch.enter_context(self.app.batch_update())
        if not self.call_later(self._draw_widgets, batch):
            batch.close()

    async def _draw_widgets(self, batch: ExitStack) -> None:
        with batch:
            for widget in self.walk_children(Widget, with_self=True):
                await asyncio.sleep(0)
                try:
                    place = self.find_widget(widget)
                except NoWidget:
                    continue
                widget.render_lines(place.visible_region.translate(-place.region.offset))


class StorageScreen(Stepwise[ResultT]):
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
        yield TitleBar(id="title")
        yield from self.body()
        yield KeyBar(self.declared, id="keys")

    def body(self) -> ComposeResult:
        """What stands between the bars."""
        yield from ()

    async def in_thread(self, function: Callable[[], T]) -> T:
        """`background.in_thread`, for a worker whose result is for this screen."""
        try:
            return await in_thread(function)
        finally:
            self.end_if_left()

    def end_if_left(self) -> None:
        """End the worker that calls this if the screen was left and its widgets are being removed.

        Textual ends a screen's workers only after that.

        Raises:
            asyncio.CancelledError: it was.
        """
        if not self.is_running:
            raise asyncio.CancelledError

    def on_mount(self) -> None:
        """Say where one is, and what is being done."""
        title = self.query_one(TitleBar)
        title.note = title.note or self.app.workspace.shown_path
        self.watch(self.app, "busy", lambda busy: setattr(title, "busy", busy))

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
        from tui.features.help.help import HelpScreen

        self.app.push_screen(HelpScreen(self.declared))

    def action_palette(self) -> None:
        """Find a command by typing part of its name."""
        from tui.features.help.palette import CommandSearch

        self.app.push_screen(CommandSearch())

    def action_theme(self) -> None:
        """Choose how the app looks."""
        from tui.features.help.palette import ThemeSearch

        self.app.push_screen(ThemeSearch())

    async def action_quit(self) -> None:
        """Leave the app."""
        await self.app.action_quit()


class Dialog(ModalScreen[ResultT], Stepwise[ResultT]):
    """A small screen over another, which is dimmed."""

    BINDINGS: ClassVar[list[Any]] = _MOVING

    app: StorageApp

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._below: Screen[Any] | None = None
        self._backdrop: Backdrop | None = None
        super().__init__(*args, **kwargs)

    def on_mount(self) -> None:
        """Draw what is below, before the event loop draws the dialog: each takes its time."""
        self._below = self.app.screen_stack[-2]
        self.render()

    def render(self) -> Any:
        """The screen below, dimmed."""
        if self._below is None or self.styles.background.a == 1:
            return super().render()
        if self._backdrop is None or self._backdrop.size != self.app.size:
            self._backdrop = Backdrop(self, self._below)
        return self._backdrop

    def notify_style_update(self) -> None:
        """There is another theme, for the screen below as well."""
        self._backdrop = None
        super().notify_style_update()

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
            self.call_later(self.render)
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
