"""Text of users made fit to be shown, and freed of invisible characters at its ends."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_BLANK: Final = ("Cc", "Cf", "Zl", "Zp", "Zs")
"""Unicode categories of invisible characters: blanks, breaks, marks such as U+FEFF."""

_LOOK_BLANK: Final = "\u115f\u1160\u2800\u3164\uffa0"

_QUOTES: Final = {'"': '"', "'": "'", "`": "`", "“": "”", "‘": "’", "„": "“", "«": "»"}


def printable(text: str) -> str:
    """`text` on one line, control and invisible characters written as escapes."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def leaves_no_mark(character: str) -> bool:
    """Whether a character is invisible: a blank, a break, U+200B and its like."""
    if character.isascii():
        return character <= " " or character == "\x7f"
    from unicodedata import category

    return category(character) in _BLANK or character in _LOOK_BLANK


def trimmed(text: str) -> str:
    """`text` without invisible characters at its ends, which were copied along."""
    start, end = 0, len(text)
    while start < end and leaves_no_mark(text[start]):
        start += 1
    while end > start and leaves_no_mark(text[end - 1]):
        end -= 1
    return text[start:end]


def is_quoted(text: str) -> bool:
    """Whether `text` is in quotation marks."""
    return len(text) > 1 and _QUOTES.get(text[0]) == text[-1]


def unquoted(text: str) -> str:
    """`text` without the quotation marks around it and invisible characters inside them."""
    return trimmed(text[1:-1]) if is_quoted(text) else text
