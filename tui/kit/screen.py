"""What all screens have in common: commands, flows, and opening other screens by name.

A flow is a command at work that takes more than a moment, questions included. Flows run as workers
of their screen, one after the other; until a flow has ended or asks something, keys wait
(`keys.py`). A failure in it is shown as one line; a bug crashes the app, with a report without the
values of variables.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual import events, on
from textual.binding import Binding
from textual.screen import Screen

from storage_core.errors import StorageError
from tui.kit import steps
from tui.kit.bars import KeyBar, TitleBar
from tui.kit.busy import Busy
from tui.kit.commands import APP, JUMP, Command, bindings, shown_key
from tui.kit.explain import explanation
from tui.kit.preload import MORE
from tui.kit.workers import is_left, start_worker

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.geometry import Size
    from textual.message_pump import MessagePump
    from textual.widget import Widget

    from tui.kit.app import KitApp

T = TypeVar("T")
ResultT = TypeVar("ResultT")


class BaseScreen(Screen[ResultT]):
    """A screen, or a dialog over one."""

    app: KitApp

    BINDINGS: ClassVar[list[Any]] = [
        # With priority, so that the focus has moved when the next key of a burst arrives.
        Binding("tab", "app.focus_next", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", show=False, priority=True),
        *bindings((JUMP,)),
    ]

    declared: ClassVar[tuple[Command, ...]] = ()
    """Its commands; `commands.bindings` makes its `BINDINGS` from them."""

    moving: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Keys for moving in a list and what they do, for help."""

    nowhere: ClassVar[str] = "nothing is typed here"
    """Why a paste that no field has taken is ignored."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.css_path = [MORE, *self.css_path]
        self.does: dict[str, Callable[[], object]] = {JUMP.name: lambda: self.open("jump")}
        """What each declared command does, by its name; a coroutine is run as a flow."""

        self.flows = 0
        """How many flows are running here or waiting for their turn. Keys wait for them."""

        self._turn = asyncio.Lock()
        self._seen = False
        """Whether it has been on top."""

        self._laid_out: Size | None = None
        """The size of the last layout."""

        steps.fit(self)

    # ---- commands

    def do(self, more: Mapping[str, Callable[[], object]]) -> None:
        """Set what declared commands do."""
        self.does.update(more)

    def why_not(self, command: str) -> str:
        """Why a command cannot work now, and what to do, in one line; empty when it can."""
        return ""

    def can(self, command: str) -> bool:
        """Whether a command can work now; if not, its key is free for others."""
        return not self.why_not(command)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim a command that cannot work now."""
        if action != "run":
            return super().check_action(action, parameters)
        return True if self.can(str(parameters[0])) else None

    def action_run(self, name: str) -> None:
        """Run a command, by a key or a click."""
        # If a flow is running, this is a second click: a key would have waited.
        if not (self.flows and self._waits(name)):
            self.run_command(name)

    def run_command(self, name: str, *, from_above: bool = False) -> None:
        """Run a command, perhaps called by a screen above, on which a flow here is waiting."""
        work = self.does[name]()
        if isinstance(work, Coroutine):
            self.start(work, in_turn=self._waits(name) and not from_above)

    def _waits(self, name: str) -> bool:
        """Whether a command waits for running flows."""
        declared = (*self.declared, JUMP)
        return all(each.group != APP for each in declared if each.name == name)

    def key(self, command: str, usual: str) -> str:
        """The key of a command as shown: `usual` unless it is remapped."""
        return shown_key(self.app.key_of(command) or usual)

    # ---- flows

    def start(self, work: Coroutine[Any, Any, object], *, in_turn: bool = True) -> None:
        """Run `work` as a flow; with `in_turn`, after the flows before it."""
        # Counted at once, since the next key may have arrived already.
        self.flows += 1
        start_worker(self, self._flow, work, in_turn, group="flow")

    async def _flow(self, work: Coroutine[Any, Any, object], in_turn: bool) -> None:
        try:
            if in_turn:
                async with self._turn:
                    await work
            else:
                await work
        except StorageError as error:
            self.app.fail(str(error))
        finally:
            self.flows -= 1
            self.app.keys.look_again()

    @contextmanager
    def keys_free(self) -> Iterator[None]:
        """Let keys through while a flow does something slow."""
        self.flows -= 1
        self.app.keys.look_again()
        try:
            yield
        finally:
            self.flows += 1

    def _invoke_later(self, callback: Callable[[], object], sender: MessagePump) -> None:
        """Call something after the next refresh, unless what wants it has been left by then.

        What a dialog has asked for is called on the screen on top, be the dialog closed or not.
        """

        async def call() -> None:
            if not is_left(sender):
                done = callback()
                if isinstance(done, Awaitable):
                    await done

        super()._invoke_later(call, sender)

    async def _message_loop_exit(self) -> None:
        """Cancel what works for the screen and its widgets, before these are removed.

        Textual does it afterwards, and a worker that went on meanwhile would find no widgets.
        """
        for worker in list(self.workers):
            if self in worker.node.ancestors_with_self:
                worker.cancel()
        await super()._message_loop_exit()

    # ---- other screens

    async def open(self, name: str, *args: Any) -> Any:
        """Open something by its name; returns its result."""
        return await self.app.routes.open(self, name, *args)

    async def ask(self, screen: Screen[T]) -> T:
        """Show a screen; returns its result, such as the answer of a dialog."""
        # As in Textual's `push_screen_wait`, what the app has begun is ended first, perhaps closing
        # this very screen. If that were cancelled together with this worker, as it is there, the
        # message loop of the screen would be as well.
        await asyncio.shield(self.app._flush_next_callbacks())
        return await asyncio.shield(self.app.push_screen(screen, wait_for_dismiss=True))

    # ---- pastes, sizes and toasts

    def take_paste(self, text: str, field: Widget) -> bool:
        """Take a paste in place of the field that it is for; returns whether it was taken."""
        return False

    def on_paste(self, event: events.Paste) -> None:
        """Refuse a paste that no field has taken."""
        self.refuse_paste()

    def refuse_paste(self) -> None:
        """Say why a paste is ignored."""
        self.app.say(f"Nothing was pasted: {self.nowhere}.", severity="warning")

    @on(events.DescendantFocus)
    def _point(self, event: events.DescendantFocus) -> None:
        """Move the terminal's invisible cursor along with the focus, for screen readers.

        Fields and tables know the exact place, and set it afterwards.
        """
        place = getattr(event.widget, "cursor_screen_offset", None)
        self.app.cursor_position = place or event.widget.content_region.offset

    @on(events.ScreenResume)
    def _resumed(self, event: events.ScreenResume) -> None:
        if not self._seen:
            # Its widgets have just been styled one by one; doing so again would take 4 ms of the
            # list's first frame.
            self._seen = True
            event.refresh_styles = False
        self._show_toasts(True)
        steps.fit(self)
        steps.paint(self)
        self._laid_out = self.app.size

    @on(events.ScreenSuspend)
    def _suspended(self) -> None:
        # The screen on top shows the messages as well.
        self._show_toasts(False)

    def _show_toasts(self, shown: bool) -> None:
        for rack in self.query("ToastRack"):
            rack.display = shown

    @on(events.Resize)
    async def _resized(self, event: events.Resize) -> None:
        if event.size != self.app.size:
            # Outdated: the terminal has another size already. Textual would lay the screen out for
            # both sizes in turn, since each layout posts its own size.
            event.prevent_default()
            return
        steps.fit(self)
        if event.size == self._laid_out and self.app.screen_stack == [self]:
            # The size of the last layout: laying out again would take 2 ms of the first frame. With
            # screens below it is needed, since they are laid out here too.
            event.prevent_default()
            event.stop()
        elif event.size != self.size:
            steps.paint(self)
        self._laid_out = event.size
        await asyncio.sleep(0)


class FullScreen(BaseScreen[ResultT]):
    """A screen with a title above and keys below."""

    def __init__(self) -> None:
        super().__init__()
        self.do(
            {
                "help": self._help,
                "palette": lambda: self.open("palette"),
                "theme": lambda: self.open("theme"),
                "quit": self.app.action_quit,
            }
        )

    def _help(self) -> Awaitable[None]:
        return self.open("help", self.declared, self.moving, explanation(self.focused or self))

    def compose(self) -> ComposeResult:
        """The bars, with the widgets of `body` between them."""
        yield TitleBar(id="title")
        yield from self.body()
        yield KeyBar(self.declared, id="keys")

    def body(self) -> ComposeResult:
        """The widgets between the bars."""
        yield from ()

    def on_mount(self) -> None:
        """Set the title, and show what is being done."""
        title = self.query_one(TitleBar)
        title.note = title.note or self.app.sub_title
        Busy(self, lambda what: setattr(title, "busy", what))

    def changed_elsewhere(self, said: str) -> str:
        """The message when another program changed the file; `said` is the general one."""
        return said
