"""The title bar above a screen, and the bar of keys below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tui.kit.commands import shown_key
from tui.kit.text import cut, cut_left
from tui.kit.theme import FAINT, MUTED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.binding import ActiveBinding
    from textual.events import Click

    from tui.kit.app import KitApp
    from tui.kit.commands import Command


class TitleBar(Widget):
    """The screen's title on the left; the file, or what is being done, on the right."""

    DEFAULT_CSS = """
    TitleBar { dock: top; height: 1; padding: 0 2; background: $panel; color: $text; }
    """

    title: reactive[str] = reactive("Storage")
    note: reactive[str] = reactive("")
    """The file's path."""

    busy: reactive[str] = reactive("")
    """What is being done just now: "saving …"."""

    progress: reactive[str] = reactive("")
    """The progress of a long task."""

    def render(self) -> Content:
        """One line."""
        room = self.content_size.width
        title = cut(self.title, room)
        doing = self.progress or (f"● {self.busy}" if self.busy else "")
        right = doing or self.note
        left = room - cell_len(title) - 2
        # The end of a path is useful, but not just a few letters of it.
        right = cut_left(right, left) if doing or left >= min(cell_len(right), 16) else ""
        space = " " * (room - cell_len(title) - cell_len(right))
        return Content.assemble(
            (title, "bold $primary"),
            space,
            (right, "$warning" if doing else MUTED),
        )


class KeyBar(Widget):
    """The keys of the most used commands, as many as fit; each can be clicked."""

    DEFAULT_CSS = """
    KeyBar { dock: bottom; height: 1; padding: 0 2; background: $panel; color: $text; }
    """

    app: KitApp

    called: reactive[dict[str, str]] = reactive({})
    """Labels of commands, by name, that differ from the usual ones here and now."""

    keyed: reactive[dict[str, str]] = reactive({})
    """Keys of commands, by name, to show here and now in place of the first one."""

    def __init__(self, declared: Sequence[Command], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._declared = [command for command in declared if command.footer]
        self._places: list[tuple[int, int, ActiveBinding]] = []

    def on_mount(self) -> None:
        """Draw again when the focus moves, since other keys may apply then."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.refresh())

    def render(self) -> Content:
        """One line; what cannot be done now is dimmed."""
        active = {each.binding.id: each for each in self.screen.active_bindings.values()}
        # The terminal's own colours have no shades.
        faint = "dim" if self.app.native_ansi_color else FAINT
        pieces: list[tuple[Command, Content]] = []
        room = self.content_size.width
        for command in self._declared:
            if command.name not in active:
                continue
            enabled = active[command.name].enabled
            usual = self.keyed.get(command.name, command.keys[0])
            key = shown_key(self.app.key_of(command.name) or usual)
            piece = Content.assemble(
                (key, "bold $footer-key-foreground" if enabled else faint),
                " ",
                (
                    self.called.get(command.name, command.label),
                    "$foreground" if enabled else faint,
                ),
            )
            pieces.append((command, piece))
        gap = 3
        while pieces and sum(piece.cell_length + gap for _, piece in pieces) - gap > room:
            if gap > 2:
                gap -= 1
            else:
                # Keep help and quit, at the end: a lost person looks for those.
                pieces.pop(-3 if len(pieces) > 2 else -1)
        self._places = []
        start = 0
        for command, piece in pieces:
            self._places.append((start, start + piece.cell_length, active[command.name]))
            start += piece.cell_length + gap
        return Content(" " * gap).join([piece for _, piece in pieces])

    async def on_click(self, event: Click) -> None:
        """Run the command as if its key had been pressed."""
        x = event.x - self.content_region.x + self.region.x
        for start, end, active in self._places:
            if start <= x < end:
                await self.app.run_action(active.binding.action, active.node)
