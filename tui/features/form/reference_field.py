"""The field of a value that can be stored in the file, or be a reference to where it is kept.

A reference is chosen from the list of sources, or simply written: `env:NAME` makes the source the
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
"""In a file, of which a copy is to be kept here."""

_WRITTEN = (*SCHEMES, LITERAL.rstrip(":"))
"""Words that say, before a colon, where the value is."""


class ReferenceInput(SecretInput):
    """The line of a reference field; it tells of each edit before the next key is handled.

    Args:
        edited: called after each edit of the text; with whether all of it from the edit's start on
            is new.
        taken_back: called by Backspace in the empty line.
        pasted: called with a paste that the line cannot take; tells whether it was taken after all.
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
        """Take nothing of a paste, unless all of it has its place."""
        try:
            taken = self._pasted(text)
        except NotTaken as error:
            taken, reason = False, error
        if not taken:
            super().refuse(text, reason)

    def replace(self, text: str, start: int, end: int) -> None:
        """Typing, pasting and deleting all come through here."""
        new = max(start, end) >= len(self.value)
        super().replace(text, start, end)
        self._edited(new)

    def action_delete_left(self) -> None:
        """Backspace."""
        if self.value:
            super().action_delete_left()
        else:
            self._taken_back()


class ReferenceField(LineField):
    """A value that can be stored here or be a reference to where it is kept."""

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
        self._as_it_is = self.start.startswith(LITERAL)
        """Whether the value is to be no reference, whatever it looks like."""

        self._written: tuple[str, str] | None = None
        """The source before the one that was written, and what was written before the colon."""

        self._refused = ""
        """What was written before the colon and taken back: it is not taken for a source again."""

    def compose(self) -> ComposeResult:
        """Where it is, and what: its value or the place."""
        with Horizontal(classes="source"):
            yield self.input
            yield self._chooser
        if self._large:
            yield self._area

    def on_mount(self) -> None:
        """A large secret has an area of its own."""
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
        """Where the value is: `here`, or the scheme of a reference."""
        return self._chooser.value

    @property
    def value(self) -> str:
        text = self.input.value
        if self.source in SCHEMES:
            return f"{self.source}:{text.strip()}" if text.strip() else ""
        text = self._area.text if self._large else text
        if (HERE, text) == self._split(self.start):
            return self.start
        # Stored here is what was said, so no program may take it for a reference.
        return LITERAL + text if _seems_written(text) else text

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

    def choose_source(self) -> bool:
        """List where the value can be."""
        self._chooser.open(self.focus_target)
        return True

    def _pasted(self, text: str) -> bool:
        """Take the text of a JSON file whole, wherever the line says that it is to come from."""
        whole = self._large and text.lstrip("\ufeff \t\r\n").startswith("{")
        if whole:
            self._put(HERE, lines_of(text))
            self.focus_target.focus()
        return whole

    def put(self, value: str) -> bool:
        """Hold another value, which may be a reference."""
        self._as_it_is = value.startswith(LITERAL)
        self._put(*self._split(value))
        return True

    def fill(self, text: str) -> None:
        """Take what was read from a file."""
        self._put(HERE, text)

    @on(Chooser.Clicked)
    def _clicked(self, event: Chooser.Clicked) -> None:
        event.stop()
        self.choose_source()

    @on(Chooser.Changed)
    def _chosen(self, event: Chooser.Changed) -> None:
        event.stop()
        source, text = self.source, ""
        if source == HERE and self._written and self._written[0] == HERE:
            # It was no reference after all, but a value that begins like one.
            text = f"{self._written[1]}:{self.input.value}"
        # Otherwise nothing stays: what was a secret must not appear in clear as the name of a
        # variable, nor the other way.
        self._as_it_is = source == HERE
        self._put(source, text)
        self.focus_target.focus()

    # ---- a source that is written

    def _recognise(self, new: bool) -> None:
        """Take `env:` and its like at the start of the text for the source.

        Args:
            new: whether nothing that stood there before follows the edit. What was a secret must
                not appear in clear because something was typed before it.
        """
        text = self.input.value
        if not text:
            self._refused = ""
        if self.source != LOAD and (new or not self.input.masked):
            self._follow(text)

    def _follow(self, text: str) -> None:
        scheme, _, rest = text.lstrip().partition(":")
        if not _seems_written(text) or self._as_it_is or scheme == self._refused:
            return
        before = self.source
        focused = self.has_focus_within
        if scheme in SCHEMES:
            self._put(scheme, rest)
        else:
            self._as_it_is = True
            self._put(HERE, rest)
        if scheme != before:
            self._written = (before, scheme)
        if focused:
            self.focus_target.focus()

    def _take_back(self) -> None:
        if self._written:
            source, scheme = self._written
            self._refused, self._as_it_is = scheme, False
            self._put(source, scheme)
            self.focus_target.focus()

    def _put(self, source: str, text: str) -> None:
        """Hold `text`, as what stands at `source`."""
        self._written = None
        self._chooser.value = source
        in_area = self._large and source == HERE
        # Before the text is there: it must not appear in clear for a moment.
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
        if self.source == HERE and _seems_written(text):
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
            # Typed before the focus had moved on to the line.
            self.input.value += self._in_area
            self.input.cursor_position = len(self.input.value)
            self._area.text = self._in_area = ""
        elif self.source == HERE and self._in_area != before:
            if not self._in_area:
                self._refused = ""
            if any(f"{scheme}:".startswith(before) for scheme in _WRITTEN):
                self._follow(self._in_area)
        self._explain()
        self.post_message(self.Edited(self))


def _seems_written(text: str) -> bool:
    scheme, colon, _ = text.lstrip().partition(":")
    return bool(colon) and scheme in _WRITTEN
