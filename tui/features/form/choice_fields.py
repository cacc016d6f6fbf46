"""Fields to choose in, without typing: one of a few values, or yes or no."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Checkbox, RadioSet

from tui.features.form.field import Field
from tui.kit.toggles import Radio, Tick

if TYPE_CHECKING:
    from storage_core.declaration.setting import Setting


class ChoiceField(Field):
    """One of a few values."""

    def __init__(self, setting: Setting, value: Any = None) -> None:
        super().__init__(setting, value)
        buttons = (Radio(each, value=each == self.start, name=each) for each in setting.choices)
        self._buttons = RadioSet(*buttons, compact=True)

    def compose(self) -> ComposeResult:
        """Radio buttons in a row."""
        yield self._buttons

    @property
    def value(self) -> str:
        pressed = self._buttons.pressed_button
        return (pressed.name or "") if pressed else self.start

    @property
    def start(self) -> str:
        return str(self._initial or self.setting.default or "")

    @property
    def focus_target(self) -> Widget:
        return self._buttons

    @on(RadioSet.Changed)
    def _chosen(self) -> None:
        self.post_message(self.Edited(self))


class FlagField(Field):
    """Yes or no."""

    def __init__(self, setting: Setting, value: Any = None) -> None:
        super().__init__(setting, value)
        self._tick = Tick("yes", value=self.start, compact=True)

    def compose(self) -> ComposeResult:
        """A checkbox."""
        yield self._tick

    @property
    def value(self) -> bool:
        return self._tick.value

    @property
    def start(self) -> bool:
        return self._initial is True

    @property
    def focus_target(self) -> Widget:
        return self._tick

    @on(Checkbox.Changed)
    def _ticked(self) -> None:
        self.post_message(self.Edited(self))
