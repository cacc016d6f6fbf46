"""A dialog with both versions of a configuration that changed while its form was open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Static

from storage_core.printable import printable
from tui.kit.dialog import Box, Dialog, Lines
from tui.kit.text import wrap
from tui.kit.theme import MUTED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage_core.config.model.entry import Entry


_LABEL: Final = 10
"""Cells of whose a value is."""


class ConflictDialog(Dialog[str | None]):
    """Asks which version to keep. The result is "mine", "theirs", or None to go on editing.

    Args:
        before: the configuration as it was when the form opened.
        current: the configuration as it is in the file now; None if it is gone.
        mine: the settings as entered.
    """

    CSS_PATH = "conflict.tcss"
    BINDINGS: ClassVar = [
        Binding("escape", "keep", show=False),
        Binding("left", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
        Binding("pageup,up", "turn(-1)", show=False),
        Binding("pagedown,down", "turn(1)", show=False),
    ]
    AUTO_FOCUS = "#answer-keep"

    def __init__(self, before: Entry, current: Entry | None, mine: Mapping[str, Any]) -> None:
        super().__init__()
        self._before, self._current, self._mine = before, current, mine

    def compose(self) -> ComposeResult:
        """The differences, and the answers."""
        gone = self._current is None
        with Box(
            f"{self._before.name} was {'deleted' if gone else 'changed'} in the file meanwhile"
        ):
            with Lines():
                yield Static(id="versions", markup=False)
            theirs, mine = ("Drop mine", "Save anew") if gone else ("Take theirs", "Save mine")
            undo = self.key("undo", "u")
            if gone:
                left, written = "leaves it deleted, and drops what you have", "it"
            else:
                left, written = "leaves the file as it is, and drops your changes", "your changes"
            yield Static(
                Content.assemble(
                    (theirs.ljust(13), "$foreground"),
                    (f"{left}.\n", MUTED),
                    (mine.ljust(13), "$foreground"),
                    (f"writes {written} into the file; {undo} takes that back.", MUTED),
                ),
                id="answers",
            )
            with Horizontal(classes="buttons"):
                yield Button("Keep editing", id="answer-keep", classes="-main", compact=True)
                yield Button(theirs, id="answer-theirs", compact=True)
                yield Button(mine, id="answer-mine", compact=True)

    def on_mount(self) -> None:
        """Draw both versions."""
        self.call_after_refresh(self._draw)

    def on_resize(self) -> None:
        """Draw again, since values are wrapped to the width."""
        self._draw()

    def action_turn(self, way: int) -> None:
        """Scroll a page down (1) or up (-1)."""
        self.query_one(Lines).turn(way)

    def _draw(self) -> None:
        from storage_core.declaration.display import masked, shown

        width = max(30, self.query_one("#versions").size.width)
        theirs = self._current.settings if self._current else {}
        old = self._before.settings
        cls = self._before.cls
        lines: list[Content] = []
        for name in {**old, **theirs, **self._mine}:
            setting = cls.setting_named(name) if cls else None
            values = [_text(each.get(name)) for each in (old, theirs, self._mine)]
            if values[1] == values[2]:
                continue

            def drawn(value: Any, setting: Any = setting) -> str:
                if value in (None, ""):
                    return "—"
                try:
                    return shown(setting, value) if setting else str(masked(None, value))
                except (TypeError, ValueError, AttributeError):
                    return "********"

            lines.append(Content.styled(setting.label if setting else printable(name), "bold"))
            for title, source, other, colour in (
                ("theirs", theirs, self._mine, "$warning"),
                ("mine", self._mine, theirs, "$success"),
            ):
                value = source.get(name)
                secret = setting is not None and setting.secret
                changed = _text(value) != _text(old.get(name))
                note = "  (changed)" if changed and (secret or drawn(value) == "********") else ""
                label = f"  {title}".ljust(_LABEL)
                text = printable(drawn(value))
                start, end = _difference(text, printable(drawn(other.get(name))))
                for part in wrap(text + note, width - _LABEL):
                    # Mark all of a wrapped value, since the positions are those of one line.
                    begin, stop = (start, end) if part == text + note else (0, len(part))
                    lines.append(
                        Content.assemble(
                            (label, MUTED),
                            (part[:begin], "$foreground"),
                            (part[begin:stop], f"bold underline {colour}" if start < end else ""),
                            (part[stop:], "$foreground"),
                        )
                    )
                    label = " " * _LABEL
        self.query_one("#versions", Static).update(Content("\n").join(lines))
        self.query_one(Lines).hold(len(lines))

    @on(Button.Pressed)
    def _answered(self, event: Button.Pressed) -> None:
        answer = (event.button.id or "").removeprefix("answer-")
        self.dismiss(None if answer == "keep" else answer)

    def action_keep(self) -> None:
        """Go on editing."""
        self.dismiss(None)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _difference(text: str, other: str) -> tuple[int, int]:
    """Where the part of `text` that differs from `other` begins and ends."""
    start = _common_start(text, other)
    return start, len(text) - _common_start(text[start:][::-1], other[start:][::-1])


def _common_start(one: str, other: str) -> int:
    """How many characters at the start are the same."""
    both = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(both) if a != b), min(len(one), len(other)))
