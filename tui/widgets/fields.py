"""The fields of a form: one for each setting, made from its declaration.

`field_for` chooses the kind. Each has a label, an editor, a line of help and a line for what is
wrong with it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.suggester import SuggestFromList
from textual.widget import Widget
from textual.widgets import Checkbox, Input, RadioButton, RadioSet, Select, Static, TextArea

from storage_core.references import SCHEMES, is_reference
from tui.table_text import table_text
from tui.text import printable
from tui.theme import MUTED
from tui.widgets.secret import SecretArea, SecretInput

if TYPE_CHECKING:
    from storage_core.declaration.setting import Setting


class Radio(RadioButton):
    """A radio button whose sign says it too, not its colour alone."""

    @property
    def _button(self) -> Content:
        return Content.styled(
            "● " if self.value else "○ ", "bold $primary" if self.value else MUTED
        )


class Tick(Checkbox):
    """A checkbox whose sign says it too, not its colour alone."""

    @property
    def _button(self) -> Content:
        return Content.styled(
            "[✓]" if self.value else "[ ]", "bold $primary" if self.value else MUTED
        )


class Field(Vertical):
    """One setting.

    Args:
        setting: its declaration.
        value: what the file says; None where it says nothing.
    """

    class Edited(Message):
        """The value is another one."""

        def __init__(self, field: Field) -> None:
            super().__init__()
            self.field = field

    class Left(Edited):
        """The focus went on to another field."""

    def __init__(self, setting: Setting, value: Any = None) -> None:
        super().__init__(id=f"field-{setting.name}")
        self.setting = setting
        self._initial = value

    def compose(self) -> ComposeResult:
        """Label, editor, help, fault."""
        with Horizontal(classes="line"):
            mark = (" *", "bold $warning") if self.setting.required else ""
            label = Content.assemble((self.setting.label, "$foreground"), mark)
            yield Static(label, classes="label")
            with Vertical(classes="editor"):
                yield from self.editor()
                yield Static(Content.styled(self.setting.help, MUTED), classes="help")
                yield Static("", classes="fault", markup=False)

    def editor(self) -> ComposeResult:
        """What the value is entered with."""
        raise NotImplementedError

    @property
    def value(self) -> Any:
        """What is entered; None or empty for nothing."""
        raise NotImplementedError

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
        raise NotImplementedError

    def show_fault(self, fault: str | None) -> None:
        """Say what is wrong, or that nothing is."""
        static = self.query_one(".fault", Static)
        static.update(f"✗ {printable(fault)}" if fault else "")
        self.set_class(bool(fault), "-wrong")

    def reveal(self) -> bool:
        """Show a secret for a while; False where there is none."""
        return False

    def offer(self, suggestions: Iterable[str]) -> None:
        """Values to complete what is typed with."""

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Leaving one widget of the field for another is not leaving the field."""
        focused = self.screen.focused
        if focused is None or self not in focused.ancestors:
            self.post_message(self.Left(self))


class TextField(Field):
    """One line of text: a name, a path, an address, a number."""

    def editor(self) -> ComposeResult:
        """An input."""
        yield Input(
            _text(self._initial), compact=True, placeholder=self.setting.placeholder, id="input"
        )

    @property
    def value(self) -> str:
        return self.query_one(Input).value

    @property
    def start(self) -> str:
        return _text(self._initial)

    @property
    def focus_target(self) -> Widget:
        return self.query_one(Input)

    def offer(self, suggestions: Iterable[str]) -> None:
        """Inline, after what is typed; the right arrow key takes it."""
        self.query_one(Input).suggester = SuggestFromList(suggestions, case_sensitive=False)

    @on(Input.Changed)
    def _typed(self) -> None:
        self.post_message(self.Edited(self))


class ChoiceField(Field):
    """One of a few values."""

    def editor(self) -> ComposeResult:
        """Radio buttons in a row."""
        chosen = self._initial or self.setting.default
        with RadioSet(compact=True):
            for choice in self.setting.choices:
                yield Radio(choice, value=choice == chosen, name=choice)

    @property
    def value(self) -> str:
        pressed = self.query_one(RadioSet).pressed_button
        return (pressed.name or "") if pressed else self.start

    @property
    def start(self) -> str:
        return str(self._initial or self.setting.default or "")

    @property
    def focus_target(self) -> Widget:
        return self.query_one(RadioSet)

    @on(RadioSet.Changed)
    def _chosen(self) -> None:
        self.post_message(self.Edited(self))


class FlagField(Field):
    """Yes or no."""

    def editor(self) -> ComposeResult:
        """A checkbox."""
        yield Tick("yes", value=self._initial is True, compact=True)

    @property
    def value(self) -> bool:
        return self.query_one(Checkbox).value

    @property
    def start(self) -> bool:
        return self._initial is True

    @property
    def focus_target(self) -> Widget:
        return self.query_one(Checkbox)

    @on(Checkbox.Changed)
    def _ticked(self) -> None:
        self.post_message(self.Edited(self))


class TableField(Field):
    """A table for the driver: `key = value` lines, the values masked."""

    def editor(self) -> ComposeResult:
        """A small text area."""
        yield SecretArea(
            self.start,
            keep_keys=True,
            placeholder="key = value, one on a line; F2 shows the values",
        )

    @property
    def value(self) -> str:
        return self.query_one(SecretArea).text

    @property
    def start(self) -> str:
        return table_text(self._initial) if isinstance(self._initial, dict) else ""

    @property
    def focus_target(self) -> Widget:
        return self.query_one(SecretArea)

    def reveal(self) -> bool:
        """Show the values."""
        self.query_one(SecretArea).reveal()
        return True

    @on(TextArea.Changed)
    def _typed(self) -> None:
        self.post_message(self.Edited(self))


HERE, LOAD = "here", "load"


class ReferenceField(Field):
    """A value that can be stored here or be a reference to where it is kept."""

    _SOURCES: ClassVar = (
        (HERE, "stored here"),
        ("env", "environment variable"),
        ("file", "file"),
        ("keyring", "keyring"),
    )
    _EXAMPLES: ClassVar = {
        "env": "NAME_OF_THE_VARIABLE",
        "file": "/run/secrets/name",
        "keyring": "service/user",
        LOAD: "~/service-account.json",
    }

    def editor(self) -> ComposeResult:
        """Where it is, and what: its value or the place."""
        source, text = self._split(self.start)
        sources = list(self._SOURCES)
        if self._large:
            sources.insert(1, (LOAD, "copy from a file"))
        with Horizontal(classes="source"):
            yield SecretInput(
                "" if self._large and source == HERE else text,
                masked=self._secret_at(source),
                compact=True,
                placeholder=self._example(source),
            )
            yield Select(
                [(label, value) for value, label in sources],
                value=source,
                allow_blank=False,
                compact=True,
            )
        if self._large:
            yield SecretArea(
                text if source == HERE else "", placeholder="Paste the JSON here; F2 shows it."
            )

    def on_mount(self) -> None:
        """A large secret has an area of its own."""
        self._arrange(self.source)

    @property
    def _large(self) -> bool:
        return self.setting.form == "json"

    def _secret_at(self, source: str) -> bool:
        return source == HERE and self.setting.secret

    def _example(self, source: str) -> str:
        return self._EXAMPLES.get(source, self.setting.placeholder)

    @staticmethod
    def _split(value: str) -> tuple[str, str]:
        if is_reference(value):
            scheme, _, target = value.partition(":")
            return scheme, target
        return HERE, value

    @property
    def source(self) -> str:
        """Where the value is: `here`, or the scheme of a reference."""
        return str(self.query_one(Select).value)

    @property
    def value(self) -> str:
        text = self.query_one(SecretInput).value
        if self.source in SCHEMES:
            return f"{self.source}:{text.strip()}" if text.strip() else ""
        return self.query_one(SecretArea).text if self._large else text

    @property
    def start(self) -> str:
        return _text(self._initial)

    @property
    def focus_target(self) -> Widget:
        if self._large and self.source == HERE:
            return self.query_one(SecretArea)
        return self.query_one(SecretInput)

    def reveal(self) -> bool:
        """Show what is stored here."""
        target = self.focus_target
        if isinstance(target, SecretInput | SecretArea):
            target.reveal()
        return self._secret_at(self.source)

    def fill(self, text: str) -> None:
        """Take what was read from a file."""
        self.query_one(SecretArea).text = text
        self.query_one(Select).value = HERE

    @on(Select.Changed)
    def _moved(self, event: Select.Changed) -> None:
        event.stop()
        field = self.query_one(SecretInput)
        source = self.source
        if field.placeholder == self._example(source) and field.masked == self._secret_at(source):
            return
        # What was a secret must not appear in clear as the name of a variable, nor the other way.
        field.value = ""
        self._arrange(source)
        if source == LOAD or self.screen.focused is self.query_one(Select):
            self.post_message(self.Edited(self))

    def _arrange(self, source: str) -> None:
        field = self.query_one(SecretInput)
        field.placeholder = self._example(source)
        field.hold_secret(self._secret_at(source))
        names = sorted(os.environ) if source == "env" else []
        field.suggester = SuggestFromList(names, case_sensitive=False) if names else None
        if self._large:
            field.display = source != HERE
            self.set_class(source == HERE, "-area")
            self.query_one(SecretArea).display = source == HERE

    @on(Input.Changed)
    @on(TextArea.Changed)
    def _typed(self, event: Message) -> None:
        event.stop()
        self.post_message(self.Edited(self))


def field_for(setting: Setting, value: Any) -> Field:
    """The field that suits a setting."""
    if setting.reference:
        return ReferenceField(setting, value)
    if setting.choices:
        return ChoiceField(setting, value)
    kinds: dict[str, type[Field]] = {"flag": FlagField, "table": TableField}
    return kinds.get(setting.form, TextField)(setting, value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:g}"
    return value if isinstance(value, str) else str(value)
