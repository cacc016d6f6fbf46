"""`Field`: what all fields of a form have in common; `fields.field_for` chooses the kind.

A field draws its label, help and fault itself, around the one widget that edits the value. With
five widgets for each setting, Textual would take too long to style and lay out a form.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from storage_core.printable import printable
from tui.kit.explain import Explanation
from tui.kit.text import cut, wrap
from tui.kit.theme import MUTED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.geometry import Size

    from storage_core.declaration.setting import Setting

LABEL_WIDTH: Final = 25
"""Cells of the label beside the editor; `screen.tcss` leaves them free."""


WIDEST: Final = 60
"""Cells of the widest editor, as in `screen.tcss`."""

CHANGED: Final = "•"
"""The sign after the label of a setting that differs from the file."""

BESIDE: Final = "-beside"
"""The CSS class of a form with room for the help beside the fields."""


class Field(Widget):
    """One setting.

    Args:
        setting: its declaration.
        value: the value in the file; None if it has none.
    """

    editor_height: ClassVar[int] = 1
    """Lines of the widget in which the value is entered."""

    class Edited(Message):
        """The value has changed."""

        def __init__(self, field: Field) -> None:
            super().__init__()
            self.field = field

    class Left(Message):
        """The focus has moved to another field."""

        def __init__(self, field: Field) -> None:
            super().__init__()
            self.field = field

    def __init__(self, setting: Setting, value: Any = None) -> None:
        super().__init__(id=f"field-{setting.name}")
        self.setting = setting
        self._initial = value
        self._fault = ""
        self._doubt = ""
        self._hint = ""
        self._note = ""
        self._more = ""
        self._here = False
        """Whether it has the focus."""

        self._marked = False
        """Whether the label has the sign that the value differs from the file."""

    @property
    def help(self) -> str:
        """What the setting is for, and what can be done in the field."""
        return f"{self.setting.help}{self._hint}"

    @property
    def wrong(self) -> tuple[str, str]:
        """What is wrong, where its line has not all of it, and how it looks; for the help beside.

        Known once it is laid out.
        """
        return self._more, "$error" if self._fault else "$warning"

    @property
    def explains(self) -> Explanation:
        """Everything in its declaration, for the help dialog."""
        return explained(self.setting)

    @property
    def value(self) -> Any:
        """The value entered; None or empty for no value."""
        return self.start

    @property
    def changed(self) -> bool:
        """Whether the value differs from the file."""
        return bool(self.value != self.start)

    @property
    def start(self) -> Any:
        """The value when the form opened."""
        return "" if self._initial is None else self._initial

    @property
    def focus_target(self) -> Widget:
        """The widget that gets the focus."""
        return self

    def show_fault(self, fault: str | None) -> None:
        """Show what is wrong; None if nothing is."""
        text = f"✗ {printable(fault)}" if fault else ""
        if text != self._fault:
            self._fault, self._more = text, ""
            self.set_class(bool(fault), "-wrong")
            self.refresh(layout=True)

    def show_doubt(self, doubt: str | None) -> None:
        """Show what looks wrong but may be saved; None if nothing does."""
        text = f"⚠ {printable(doubt)}" if doubt else ""
        if text != self._doubt:
            self._doubt, self._more = text, ""
            self.refresh(layout=True)

    def show_hint(self, hint: str) -> None:
        """Show a text after the help."""
        if hint != self._hint:
            self._hint = hint
            self.refresh(layout=True)

    def show_note(self, note: str) -> None:
        """Show how the value is understood; empty for nothing."""
        if note != self._note:
            self._note = note
            self.refresh(layout=True)

    def mark(self, changed: bool) -> None:
        """Show whether the value differs from the file."""
        if changed != self._marked:
            self._marked = changed
            self.refresh()

    def put(self, value: str) -> bool:
        """Set the value; False if the field does not accept that."""
        return False

    def tidy(self) -> None:
        """Remove from the text what was copied along by mistake, so that its meaning is visible."""

    def reveal(self) -> bool:
        """Show a secret for a while; False if the field has none."""
        return False

    def choose_source(self) -> bool:
        """List where the value can be kept; False if that is always the file."""
        return False

    def offer(self, suggestions: Iterable[str]) -> None:
        """Offer values that people often choose."""

    def on_descendant_focus(self) -> None:
        """Show the help, which only the field with the focus does."""
        self._enter(True)

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Note that the field is left, unless the focus goes to another widget within it."""
        focused = self.screen.focused
        if focused is None or self not in focused.ancestors:
            self._enter(False)
            self.post_message(self.Left(self))

    def _enter(self, here: bool) -> None:
        if here != self._here:
            self._here = here
            self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """How many lines it needs."""
        return len(self._lines(width))

    def render(self) -> Content:
        """Draw the label, and the help or the fault; the editor covers the rest."""
        return Content("\n").join(self._lines(self.content_size.width))

    def _lines(self, width: int) -> list[Content]:
        above = self.screen.has_class("-narrow")
        label = list(self._label(width if above else LABEL_WIDTH - 1))
        blank, height = Content(""), self.editor_height
        head = [*label, *[blank] * height] if above else [*label, *[blank] * height][:height]
        rest = [] if above else label[height:]
        text, style = self._fault or self._doubt, "$error" if self._fault else "$warning"
        if not text and self._note:
            text, style = self._note, MUTED
        # At least one line between fields: the help appears there, so that nothing moves.
        room = max(1, len(rest))
        beside = self.screen.has_class(BESIDE)
        if not beside:
            _, helping = _placed(self.help, width, above=above, room=not rest)
            room = max(room, len(helping))
            if not text and self._here:
                text, style = self.help, MUTED
        column, lines = _placed(text, width, above=above, room=not rest)
        self._more = text if beside and len(lines) > room else ""
        if self._more:
            # Nothing moves: with the focus here, all of it stands beside.
            lines[room - 1 :] = [cut(" ".join(lines[room - 1 :]), width - column)]
        below = zip_longest(rest, lines, range(room))
        return head + [
            Content.assemble(
                before or blank,
                " " * (column - (before.cell_length if before else 0)),
                (line or "", style),
            )
            for before, line, _ in below
        ]

    def _label(self, width: int) -> Iterator[Content]:
        style = "bold $foreground" if self._here else "$foreground"
        lines = list(wrap(self.setting.label, width - (4 if self.setting.required else 2)))
        for line in lines[:-1]:
            yield Content.styled(line, style)
        mark = (" *", "bold $warning") if self.setting.required else ""
        changed = (f" {CHANGED}", "$accent") if self._marked else ""
        yield Content.assemble((lines[-1], style), mark, changed)


def _placed(text: str, width: int, *, above: bool, room: bool) -> tuple[int, list[str]]:
    """The column where a text below the editor begins, and the lines of the text.

    Args:
        text: the help or a fault.
        width: cells of the field.
        above: whether the label is above the editor.
        room: whether there is nothing to the left, so that a text that is too long for one line may
            begin there.
    """
    column = 0 if above else LABEL_WIDTH
    lines = [*wrap(text, min(WIDEST, width - column))]
    if len(lines) > 1 and room:
        return 0, [*wrap(text, width)]
    return column, lines


def as_text(value: Any) -> str:
    """A value from the file as it would be typed."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list):
        return " ".join(map(str, value))
    return value if isinstance(value, str) else str(value)


def explained(setting: Setting) -> Explanation:
    """The explanation of a setting: what it is for, its default, where else it may be kept."""
    said: list[tuple[str, str]] = []
    if setting.required:
        said.append(("Needed", "there is no storage without it"))
    elif setting.default not in (None, ""):
        said.append(("Default", as_text(setting.default)))
    if setting.choices:
        said.append(("Choices", ", ".join(setting.choices)))
    if setting.placeholder:
        said.append(("Example", setting.placeholder))
    if setting.secret:
        said.append(("Secret", "masked; F2 shows it for 10 seconds"))
    kept = {
        "env": ("Variable", "env:NAME takes it from the variable NAME"),
        "file": ("File", "file:PATH reads it from a file"),
        "keyring": ("Keyring", "keyring:SERVICE/USER looks it up there"),
    }
    said += [kept[scheme] for scheme in setting.schemes if scheme in kept]
    return Explanation(setting.label, setting.help, tuple(said))


def example_of(setting: Setting) -> str:
    """The placeholder of an empty field, worded so that nobody takes it for a value."""
    return setting.hint or (f"e.g. {setting.placeholder}" if setting.placeholder else "")
