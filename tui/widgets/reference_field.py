"""The field of a value that can be stored in the file, or be a reference to where it is kept."""

from __future__ import annotations

import os
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, TextArea

from storage_core.declaration.setting import Setting
from storage_core.references import SCHEMES, is_reference
from tui.widgets.field import as_text
from tui.widgets.menu import Chooser
from tui.widgets.secret import SecretArea, SecretInput
from tui.widgets.text_fields import LineField

HERE, LOAD = "here", "load"


class ReferenceField(LineField):
    """A value that can be stored here or be a reference to where it is kept."""

    _EXAMPLES: ClassVar = {
        "env": "NAME_OF_THE_VARIABLE",
        "file": "/run/secrets/name",
        "keyring": "service/user",
        LOAD: "~/service-account.json",
    }

    def __init__(self, setting: Setting, value: Any = None) -> None:
        super().__init__(setting, value)
        source, text = self._split(self.start)
        here = source == HERE
        sources = {HERE: "stored here"}
        if self._large:
            sources[LOAD] = "copy from a file"
        sources |= {"env": "environment variable", "file": "file", "keyring": "keyring"}
        self.input: SecretInput = SecretInput(
            "" if self._large and here else text, masked=self._secret_at(source), compact=True
        )
        self._chooser = Chooser(sources, source)
        self._area = SecretArea(
            text if self._large and here else "",
            placeholder="Paste the JSON here; F2 shows it.",
            classes="below",
        )

    def compose(self) -> ComposeResult:
        """Where it is, and what: its value or the place."""
        with Horizontal(classes="source"):
            yield self.input
            yield self._chooser
        if self._large:
            yield self._area

    def on_mount(self) -> None:
        """A large secret has an area of its own."""
        self._arrange(self.source)

    @property
    def editor_height(self) -> int:  # type: ignore[override]
        return 5 if self._large and self.source == HERE else 1

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
        return self._chooser.value

    @property
    def value(self) -> str:
        text = self.input.value
        if self.source in SCHEMES:
            return f"{self.source}:{text.strip()}" if text.strip() else ""
        return self._area.text if self._large else text

    @property
    def start(self) -> str:
        return as_text(self._initial)

    @property
    def focus_target(self) -> Widget:
        if self._large and self.source == HERE:
            return self._area
        return self.input

    def reveal(self) -> bool:
        """Show what is stored here."""
        target = self.focus_target
        if isinstance(target, SecretInput | SecretArea):
            target.reveal()
        return self._secret_at(self.source)

    def fill(self, text: str) -> None:
        """Take what was read from a file."""
        self._area.text = text
        self._chooser.value = HERE

    @on(Chooser.Changed)
    def _moved(self, event: Chooser.Changed) -> None:
        event.stop()
        # What was a secret must not appear in clear as the name of a variable, nor the other way.
        self.input.value = ""
        self._arrange(self.source)
        self.post_message(self.Edited(self))

    def _arrange(self, source: str) -> None:
        field = self.input
        field.placeholder = self._example(source)
        field.hold_secret(self._secret_at(source))
        self.offer(sorted(os.environ) if source == "env" else ())
        if self._large:
            field.display = source != HERE
            self._area.display = source == HERE
            self.refresh(layout=True)

    @on(Input.Changed)
    @on(TextArea.Changed)
    def _typed(self, event: Message) -> None:
        event.stop()
        self.post_message(self.Edited(self))
