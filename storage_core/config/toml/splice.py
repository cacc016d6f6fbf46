"""Collects changes to a text, of whole lines and of spans, and makes them in one go.

It keeps the file's look: its kind of newline, one blank line between tables, a missing final
newline still missing.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_BLANK_LINES: Final = re.compile(r"(?:[ \t\r\n]*\n)?(?:[ \t]*\Z)?")
_ENDS_BLANK: Final = re.compile(r"(?:\A|\n)\ufeff?[ \t]*\r?\n\Z|\A\ufeff?\Z")
_BLANK_TAIL: Final = re.compile(r"(?<=\n)(?:[ \t]*\r?\n)+[ \t]*\Z")


class _Change(NamedTuple):
    start: int
    end: int
    new: str
    kind: str


class Splice:
    """The changes to one text, at offsets of the text as it was."""

    def __init__(self, text: str) -> None:
        self.text = text
        crlf = text.count("\r\n")
        self._newline = "\r\n" if crlf * 2 > text.count("\n") else "\n"
        self._changes: list[_Change] = []

    def replace(self, start: int, end: int, new: str) -> None:
        """Put `new` in place of a span within a line or of a value."""
        self._changes.append(_Change(start, end, new, "span"))

    def cut(self, start: int, end: int) -> None:
        """Remove whole lines, and blank lines behind them that would be left doubled."""
        self._changes.append(_Change(start, end, "", "cut"))

    def insert(self, at: int, line: str) -> None:
        """Put a line, or several joined by newlines, before the line that begins at `at`."""
        self._changes.append(_Change(at, at, line, "lines"))

    def insert_apart(self, at: int, lines: str) -> None:
        """The same, with a blank line between it and any text before or behind."""
        self._changes.append(_Change(at, at, lines, "apart"))

    def result(self) -> str:
        """The text with all changes made."""
        text, made, at = self.text, "", 0
        changes = sorted(self._changes, key=_position)
        for index, change in enumerate(changes):
            made += text[at : max(at, change.start)]
            at = max(at, change.end)
            if change.kind == "span":
                made += change.new
            elif change.kind == "cut":
                followed = index + 1 < len(changes) and changes[index + 1].start <= at
                if not followed:
                    made, at = self._close_gap(made, at)
            else:
                made = self._with_lines(made, at, change)
        return made + text[at:]

    def _close_gap(self, made: str, at: int) -> tuple[str, int]:
        if _ENDS_BLANK.search(made) and (blank := _BLANK_LINES.match(self.text, at)):
            at = blank.end()
        if at == len(self.text):
            made = _BLANK_TAIL.sub("", made)
        return made, at

    def _with_lines(self, made: str, at: int, change: _Change) -> str:
        newline, text = self._newline, self.text
        if made and made != "\ufeff" and not made.endswith("\n"):
            made += newline
        apart = change.kind == "apart"
        if apart and not _ENDS_BLANK.search(made):
            made += newline
        made += change.new.replace("\n", newline)
        if at < len(text):
            made += newline
            blank = _BLANK_LINES.match(text, at)
            if apart and (blank is None or blank.end() == at):
                made += newline
        elif not text or text.endswith(("\n", "\ufeff")):
            made += newline
        return made


def _position(change: _Change) -> tuple[int, int]:
    """Sorts a table's new keys before new tables that are inserted at the same place."""
    return change.start, ("lines", "apart", "span", "cut").index(change.kind)
