"""Fields that hold secrets: masked on screen, not to be copied or cut, absent from any `repr`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rich.repr
from rich.highlighter import Highlighter
from rich.text import Text
from textual.widgets import Input, TextArea

from storage_core.redaction import secret_spans
from tui.kit.commands import shown_key
from tui.kit.line_input import LineInput
from tui.kit.pasted import NotTaken, lines_of

if TYPE_CHECKING:
    from textual import events
    from textual.timer import Timer

    from tui.kit.app import KitApp

REVEALED_FOR = 10.0
"""Seconds after which a revealed secret is masked again."""

BULLET = "•"


class SecretInput(LineInput):
    """One line. `reveal` shows it for a while, or until the field is left."""

    app: KitApp

    @rich.repr.auto
    class Changed(Input.Changed):
        """As Textual's, without the value in its `repr`."""

        def __rich_repr__(self) -> rich.repr.Result:
            yield "input", self.input

        __repr__ = object.__repr__

    @rich.repr.auto
    class Submitted(Input.Submitted):
        """As Textual's, without the value in its `repr`."""

        def __rich_repr__(self) -> rich.repr.Result:
            yield "input", self.input

        __repr__ = object.__repr__

    @rich.repr.auto
    class Blurred(Input.Blurred):
        """As Textual's, without the value in its `repr`."""

        def __rich_repr__(self) -> rich.repr.Result:
            yield "input", self.input

        __repr__ = object.__repr__

    ALLOW_SELECT = False

    def __init__(self, value: str = "", *, masked: bool = True, **kwargs: Any) -> None:
        super().__init__(value, password=masked, **kwargs)
        self.masked = masked
        """Whether its text is a secret; a reference is not."""

        self._hiding: Timer | None = None

    def hold_secret(self, masked: bool) -> None:
        """Set whether what is typed from now on is a secret."""
        self.masked = masked
        self.password = masked

    def reveal(self) -> None:
        """Show the secret, or mask it again."""
        if self.masked:
            shown = not self.password
            self.mask()
            if not shown:
                self.password = False
                self._hiding = self.set_timer(REVEALED_FOR, self.mask)

    def mask(self) -> None:
        """Hide the secret."""
        self.password = self.masked
        if self._hiding:
            # The timer would hide too early what is revealed again.
            self._hiding.stop()

    def on_blur(self) -> None:
        """Leaving the field masks it."""
        self.mask()

    def action_copy(self) -> None:
        """Copy the text unless it is a secret."""
        if self.masked:
            self.app.say("A secret cannot be copied out of its field.", severity="warning")
        else:
            super().action_copy()

    def action_cut(self) -> None:
        """Cut the text unless it is a secret."""
        if self.masked:
            self.app.say("A secret cannot be cut out of its field.", severity="warning")
        else:
            super().action_cut()


class UrlInput(SecretInput):
    """One line that may be a URL: only a password in it is secret."""

    def __init__(self, value: str = "", *, bare: bool = False, **kwargs: Any) -> None:
        self._revealed = False
        self._bare = bare
        # Textual draws what a highlighter returns, which may hide as well as colour.
        super().__init__(value, masked=False, highlighter=_Passwords(self), **kwargs)

    @property
    def holds_password(self) -> bool:
        """Whether there is something to hide."""
        return bool(secret_spans(self.value, bare=self._bare))

    def drawn(self, text: str) -> str:
        """`text` as shown on screen."""
        if not self._revealed:
            for start, end in secret_spans(text, bare=self._bare):
                text = text[:start] + BULLET * (end - start) + text[end:]
        return text

    def reveal(self) -> None:
        """Show the password, or mask it again."""
        revealed = self._revealed
        self.mask()
        if self.holds_password and not revealed:
            self._revealed = True
            self._hiding = self.set_timer(REVEALED_FOR, self.mask)
            self.refresh()

    def mask(self) -> None:
        """Hide the password."""
        self._revealed = False
        if self._hiding:
            self._hiding.stop()
        self.refresh()

    def action_copy(self) -> None:
        """Copy the text unless a password is in it."""
        if self.holds_password:
            self.app.say("An address with a password cannot be copied.", severity="warning")
        else:
            super().action_copy()

    def action_cut(self) -> None:
        """Cut the text unless a password is in it."""
        if self.holds_password:
            self.app.say("An address with a password cannot be cut.", severity="warning")
        else:
            super().action_cut()


class _Passwords(Highlighter):
    def __init__(self, field: UrlInput) -> None:
        self._field = field

    def highlight(self, text: Text) -> None:
        text.plain = self._field.drawn(text.plain)


class SecretArea(TextArea):
    """Several lines: a service account's JSON, a table of options.

    Args:
        text: the text at first.
        hint: the text shown while it is empty; `{key}` in it is the key that reveals.
        keep_keys: do not mask what is before the first `=` of a line.
    """

    app: KitApp
    ALLOW_SELECT = False

    def __init__(
        self, text: str = "", *, hint: str = "", keep_keys: bool = False, **kwargs: Any
    ) -> None:
        self.masked_now = True
        self._hiding: Timer | None = None
        self._keep_keys, self._hint = keep_keys, hint
        super().__init__(text, compact=True, tab_behavior="focus", **kwargs)

    def on_mount(self) -> None:
        """Set the hint, now that there is an app, which knows the keys."""
        self.placeholder = self._hint.format(key=shown_key(self.app.key_of("reveal") or "f2"))

    def on_focus(self, event: events.Focus) -> None:
        """Put the cursor at the end; a click, which comes after this, may put it elsewhere."""
        if not event.from_app_focus:
            self.move_cursor(self.document.end)

    def on_paste(self, event: events.Paste) -> None:
        """Take all of it, or say why not."""
        try:
            event.text = lines_of(event.text)
        except NotTaken as error:
            event.stop()
            event.prevent_default()
            self.app.say(f"Nothing was pasted: {error}.", severity="warning")

    def get_line(self, line_index: int) -> Text:
        """The line as drawn."""
        line: str = self.document.get_line(line_index)
        if self.masked_now:
            key, equals, value = line.partition("=") if self._keep_keys else ("", "", line)
            line = key + equals + "".join(BULLET if c != " " else " " for c in value)
        return Text(line, end="", no_wrap=True)

    def reveal(self) -> None:
        """Show the text, or mask it again."""
        shown = not self.masked_now
        self.mask()
        if not shown:
            self.masked_now = False
            self._hiding = self.set_timer(REVEALED_FOR, self.mask)

    def mask(self) -> None:
        """Hide the text."""
        self.masked_now = True
        if self._hiding:
            # The timer would hide too early what is revealed again.
            self._hiding.stop()
        # Make Textual drop the lines that it has cached.
        self.notify_style_update()
        self.refresh()

    def on_blur(self) -> None:
        """Leaving the field masks it."""
        self.mask()

    def action_copy(self) -> None:
        """Refuse."""
        self.app.say("A secret cannot be copied out of its field.", severity="warning")

    def action_cut(self) -> None:
        """Refuse."""
        self.app.say("A secret cannot be cut out of its field.", severity="warning")
