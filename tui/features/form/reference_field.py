"""The field of a value that can be stored in the file, or be a reference to where it is kept.

A reference is chosen from the list of sources or simply typed: `env:NAME` sets the source to the
environment and leaves the name in the field.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, TextArea

from storage_core.declaration.setting import Setting
from storage_core.references import LITERAL, SCHEMES, is_reference
from tui.features.form.field import as_text, example_of
from tui.features.form.text_fields import LineField
from tui.kit.menu import Chooser
from tui.kit.pasted import NotTaken, lines_of
from tui.kit.secret import SecretArea, SecretInput
from tui.session.sources import HERE, WORDS, said

LOAD: Final = "load"
"""The source that copies the content of a file into the value."""

_SOURCE_WORDS = (*SCHEMES, LITERAL.rstrip(":"))
"""Words that, before a colon, say where the value is kept."""


class ReferenceInput(SecretInput):
    """The line of a reference field; it reports each edit before the next key is handled.

    Args:
        edited: called after each edit, with whether all text after the edit's start is new.
        taken_back: called when Backspace is pressed in the empty line.
        pasted: called with a paste that the line cannot take; returns whether it was taken.
    """

    def __init__(
        self,
        value: str,
        *,
        edited: Callable[[bool], None],
        taken_back: Callable[[], None],
        pasted: Callable[[str], bool],
        **kwargs: Any,
    ) -> None:
        super().__init__(value, **kwargs)
        self._edited, self._taken_back, self._pasted = edited, taken_back, pasted

    def refuse(self, text: str, reason: NotTaken) -> None:
        """Refuse a paste, unless the field can take all of it in another way."""
        try:
            taken = self._pasted(text)
        except NotTaken as error:
            taken, reason = False, error
        if not taken:
            super().refuse(text, reason)

    def replace(self, text: str, start: int, end: int) -> None:
        """Report the edit: typing, pasting and deleting all come through here."""
        new = max(start, end) >= len(self.value)
        super().replace(text, start, end)
        self._edited(new)

    def action_delete_left(self) -> None:
        """Delete a character; in the empty line, take back the typed source."""
        if self.value:
            super().action_delete_left()
        else:
            self._taken_back()


class ReferenceField(LineField):
    """A value that can be stored in the file or be a reference to where it is kept."""

    _EXAMPLES: ClassVar = {
        "env": "name of the variable",
        "file": "e.g. /run/secrets/name",
        "keyring": "service/user",
        LOAD: "e.g. ~/service-account.json",
    }

    def __init__(self, setting: Setting, value: Any = None) -> None:
        super().__init__(setting, value)
        source, text = self._split(self.start)
        here = source == HERE
        sources = {HERE: said(HERE) if setting.secret else WORDS[HERE]}
        if self._large:
            sources[LOAD] = "copy from a file"
        sources |= {source: said(source) for source in SCHEMES}
        self.input: ReferenceInput = ReferenceInput(
            "" if self._large and here else text,
            edited=self._recognise,
            taken_back=self._take_back,
            pasted=self._pasted,
            masked=self._secret_at(source),
            compact=True,
        )
        self._chooser = Chooser(sources, source, doubtful=HERE if setting.secret else "")
        self._area = SecretArea(
            text if self._large and here else "",
            hint="Paste the JSON here; {key} shows it.",
            classes="below",
        )
        self._in_area = self._area.text
        self._is_literal = self.start.startswith(LITERAL)
        """Whether the value is literal, even if it looks like a reference."""

        self._typed_source: tuple[str, str] | None = None
        """The source before a new one was typed, and what was typed before the colon."""

        self._rejected = ""
        """A word that was taken back as a source: it is not recognised as one again."""

    def compose(self) -> ComposeResult:
        """The list of sources, and the line for the value or its place."""
        with Horizontal(classes="source"):
            yield self.input
            yield self._chooser
        if self._large:
            yield self._area

    def on_mount(self) -> None:
        """Mount the text area if the value is a large secret."""
        self._tell_chooser()
        self._arrange()

    @property
    def editor_height(self) -> int:  # type: ignore[override]
        return 5 if self._large and self.source == HERE else 1

    @property
    def _large(self) -> bool:
        return self.setting.form == "json"

    def _secret_at(self, source: str) -> bool:
        return source == HERE and self.setting.secret

    @staticmethod
    def _split(value: str) -> tuple[str, str]:
        if is_reference(value):
            scheme, _, target = value.partition(":")
            return scheme, target
        return HERE, value.removeprefix(LITERAL)

    @property
    def source(self) -> str:
        """Where the value is kept: `here`, or the scheme of a reference."""
        return self._chooser.value

    @property
    def value(self) -> str:
        text = self.input.value
        if self.source in SCHEMES:
            return f"{self.source}:{text.strip()}" if text.strip() else ""
        text = self._area.text if self._large else text
        if (HERE, text) == self._split(self.start):
            return self.start
        # The person chose to store it here, so no program may take it for a reference.
        return LITERAL + text if _looks_like_reference(text) else text

    @property
    def start(self) -> str:
        return as_text(self._initial)

    @property
    def focus_target(self) -> Widget:
        if self._large and self.source == HERE:
            return self._area
        return self.input

    def reveal(self) -> bool:
        """Show the secret if it is stored here."""
        target = self.focus_target
        if isinstance(target, SecretInput | SecretArea):
            target.reveal()
        return self._secret_at(self.source)

    def choose_source(self) -> bool:
        """List where the value can be kept."""
        self._chooser.open(self.focus_target)
        return True

    def _pasted(self, text: str) -> bool:
        """Take the text of a JSON file as a whole, whichever source is chosen."""
        whole = self._large and text.lstrip("\ufeff \t\r\n").startswith("{")
        if whole:
            self._put(HERE, lines_of(text))
            self.focus_target.focus()
        return whole

    def put(self, value: str) -> bool:
        """Set the value, which may be a reference."""
        self._is_literal = value.startswith(LITERAL)
        self._put(*self._split(value))
        return True

    def fill(self, text: str) -> None:
        """Set the value to the text that was read from a file."""
        self._put(HERE, text)

    @on(Chooser.Clicked)
    def _clicked(self, event: Chooser.Clicked) -> None:
        event.stop()
        self.choose_source()

    @on(Chooser.Changed)
    def _chosen(self, event: Chooser.Changed) -> None:
        event.stop()
        source, text = self.source, ""
        if source == HERE and self._typed_source and self._typed_source[0] == HERE:
            # It was not a reference after all, but a value that begins like one.
            text = f"{self._typed_source[1]}:{self.input.value}"
        # Otherwise clear the text: a secret must not become visible as the name of a variable, nor
        # a name be taken for a secret.
        self._is_literal = source == HERE
        self._put(source, text)
        self.focus_target.focus()

    # ---- a source that is typed

    def _recognise(self, new: bool) -> None:
        """Recognise `env:` and the like at the start of the text as the source.

        Args:
            new: whether no old text follows the edit. A secret must not become visible because
                something was typed before it.
        """
        text = self.input.value
        if not text:
            self._rejected = ""
        if self.source != LOAD and (new or not self.input.masked):
            self._follow(text)

    def _follow(self, text: str) -> None:
        scheme, _, rest = text.lstrip().partition(":")
        if not _looks_like_reference(text) or self._is_literal or scheme == self._rejected:
            return
        before = self.source
        focused = self.has_focus_within
        if scheme in SCHEMES:
            self._put(scheme, rest)
        else:
            self._is_literal = True
            self._put(HERE, rest)
        if scheme != before:
            self._typed_source = (before, scheme)
        if focused:
            self.focus_target.focus()

    def _take_back(self) -> None:
        if self._typed_source:
            source, scheme = self._typed_source
            self._rejected, self._is_literal = scheme, False
            self._put(source, scheme)
            self.focus_target.focus()

    def _put(self, source: str, text: str) -> None:
        """Set the source and the text."""
        self._typed_source = None
        self._chooser.value = source
        in_area = self._large and source == HERE
        # Before the text is set, so that it is never unmasked for a moment.
        self._arrange()
        self.input.value = "" if in_area else text
        self.input.cursor_position = len(self.input.value)
        if self._large:
            self._in_area = text if in_area else ""
            self._area.text = self._in_area
            self._area.move_cursor(self._area.document.end)
        self._explain()
        self.post_message(self.Edited(self))

    def _arrange(self) -> None:
        field, source = self.input, self.source
        field.placeholder = self._EXAMPLES.get(source) or example_of(self.setting)
        field.hold_secret(self._secret_at(source))
        self.offer(sorted(os.environ) if source == "env" else ())
        if self._large:
            field.display = source != HERE
            self._area.display = source == HERE
            self.refresh(layout=True)

    def _enter(self, here: bool) -> None:
        super()._enter(here)
        self._tell_chooser()

    def _tell_chooser(self) -> None:
        self._chooser.tell(here=self._here, holds=bool(self.value))

    def _explain(self) -> None:
        self._tell_chooser()
        text = self._area.text if self._large else self.input.value
        if self.source == HERE and _looks_like_reference(text):
            self.show_note(f"Stored as typed; {self._chooser.key} makes it a reference.")
        else:
            self.show_note("")

    @on(Input.Changed)
    def _typed(self, event: Message) -> None:
        event.stop()
        self._explain()
        self.post_message(self.Edited(self))

    @on(TextArea.Changed)
    def _typed_below(self, event: Message) -> None:
        event.stop()
        before, self._in_area = self._in_area, self._area.text
        if self.source in SCHEMES and self._in_area:
            # It was typed before the focus had moved to the line.
            self.input.value += self._in_area
            self.input.cursor_position = len(self.input.value)
            self._area.text = self._in_area = ""
        elif self.source == HERE and self._in_area != before:
            if not self._in_area:
                self._rejected = ""
            if any(f"{scheme}:".startswith(before) for scheme in _SOURCE_WORDS):
                self._follow(self._in_area)
        self._explain()
        self.post_message(self.Edited(self))


def _looks_like_reference(text: str) -> bool:
    scheme, colon, _ = text.lstrip().partition(":")
    return bool(colon) and scheme in _SOURCE_WORDS
