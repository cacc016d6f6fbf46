"""Text of users as it may be shown: no control characters, nothing that a terminal acts on."""

from __future__ import annotations


def printable(text: str) -> str:
    """`text` on one line, control and invisible characters written as escapes."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
