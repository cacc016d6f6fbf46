"""`Field`: what all fields of a form have in common; `fields.field_for` chooses the kind.

A field draws its label, help and fault itself, around the one widget in which the value is entered:
with five widgets for each setting, Textual would take long to style and lay out a form.
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
from tui.kit.text import wrap
from tui.kit.theme import MUTED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.geometry import Size

    from storage_core.declaration.setting import Setting

LABEL_WIDTH: Final = 25
"""Cells that the label has beside the editor; `screen.tcss` keeps them free."""


WIDEST: Final = 60
"""Cells of the widest editor; `screen.tcss` has it too."""

CHANGED: Final = "•"
"""Stands behind the label of what is another value than in the file."""

BESIDE: Final = "-beside"
"""The class of a form that has room for the help beside the fields."""


class Field(Widget):
    """One setting.

    Args:
        setting: its declaration.
        value: what the file says; None where it says nothing.
    """

    editor_height: ClassVar[int] = 1
    """Lines of the widget in which the value is entered."""

    class Edited(Message):
        """The value is another one."""

        def __init__(self, field: Field) -> None:
            super().__init__()
            self.field = field

    class Left(Message):
        """The focus went on to another field."""

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
        self._here = False
        """Whether the focus is in it."""

        self._marked = False
        """Whether it is told that the value is another one than in the file."""

    @property
    def help(self) -> str:
        """What it is for, and what can be done in it."""
        return f"{self.setting.help}{self._hint}"

    @property
    def explains(self) -> Explanation:
        """All that its declaration says, for help."""
        return explained(self.setting)

    @property
    def value(self) -> Any:
        """What is entered; None or empty for nothing."""
        return self.start

    @property
    def changed(self) -> bool:
        """Whether it is something else than the file says."""
        return bool(self.value != self.start)

    @property
    def start(self) -> Any:
        """The value as it was when the form opened."""
        return "" if self._initial is None else self._initial

    @property
    def focus_target(self) -> Widget:
        """What gets the focus."""
        return self

    def show_fault(self, fault: str | None) -> None:
        """Say what is wrong, or that nothing is."""
        text = f"✗ {printable(fault)}" if fault else ""
        if text != self._fault:
            self._fault = text
            self.set_class(bool(fault), "-wrong")
            self.refresh(layout=True)

    def show_doubt(self, doubt: str | None) -> None:
        """Say what looks wrong and may be saved all the same, or that nothing does."""
        text = f"⚠ {printable(doubt)}" if doubt else ""
        if text != self._doubt:
            self._doubt = text
            self.refresh(layout=True)

    def show_hint(self, hint: str) -> None:
        """Say something after the help."""
        if hint != self._hint:
            self._hint = hint
            self.refresh(layout=True)

    def show_note(self, note: str) -> None:
        """Say how the value is taken, or nothing."""
        if note != self._note:
            self._note = note
            self.refresh(layout=True)

    def mark(self, changed: bool) -> None:
        """Tell whether the value is another one than in the file."""
        if changed != self._marked:
            self._marked = changed
            self.refresh()

    def put(self, value: str) -> bool:
        """Hold another value; False where that is not to be."""
        return False

    def tidy(self) -> None:
        """Drop from the text what was copied along with it, so that it is seen what is meant."""

    def reveal(self) -> bool:
        """Show a secret for a while; False where there is none."""
        return False

    def choose_source(self) -> bool:
        """List where the value can be kept; False where that is always the file."""
        return False

    def offer(self, suggestions: Iterable[str]) -> None:
        """Values that people often choose."""

    def on_descendant_focus(self) -> None:
        """Only the field with the focus says what it is for."""
        self._enter(True)

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Leaving one widget of the field for another is not leaving the field."""
        focused = self.screen.focused
        if focused is None or self not in focused.ancestors:
            self._enter(False)
            self.post_message(self.Left(self))

    def _enter(self, here: bool) -> None:
        if here != self._here:
            self._here = here
            self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Its lines, whatever stands between them."""
        return len(self._lines(width))

    def render(self) -> Content:
        """The label, and the help or what is wrong; the editor hides what is behind it."""
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
        # One line at least, which keeps the fields apart; with the help in it nothing moves.
        room = max(1, len(rest))
        if not self.screen.has_class(BESIDE):
            _, helping = _placed(self.help, width, above=above, room=not rest)
            room = max(room, len(helping))
            if not text and self._here:
                text, style = self.help, MUTED
        column, lines = _placed(text, width, above=above, room=not rest)
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
    """Where a text below the editor begins, and its lines.

    Args:
        text: as short as a help or as long as a fault.
        width: of the field.
        above: whether the label stands above the editor.
        room: whether there is nothing to the left, so that what is too long for a line may begin
            there.
    """
    column = 0 if above else LABEL_WIDTH
    lines = [*wrap(text, min(WIDEST, width - column))]
    if len(lines) > 1 and room:
        return 0, [*wrap(text, width)]
    return column, lines


def as_text(value: Any) -> str:
    """A value of the file as it is typed."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list):
        return " ".join(map(str, value))
    return value if isinstance(value, str) else str(value)


def explained(setting: Setting) -> Explanation:
    """A setting, as help explains it: what it is for, its default, where else it may be kept."""
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
    """What an empty field shows, so that nobody takes it for filled in."""
    return setting.hint or (f"e.g. {setting.placeholder}" if setting.placeholder else "")
