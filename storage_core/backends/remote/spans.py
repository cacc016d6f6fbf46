"""Divides the rest of a long listing, so that its pages can be fetched in parallel.

Places list in the order of the paths' bytes, which is that of Python's strings. A span is what lies
after one position up to another; any text is a position, whether there is such a blob or not. Where
to divide is guessed from the pages so far, and only matters for speed: a wrong guess leads to an
empty span.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage_core.backends.base import Entry

_DIGITS: Final = 12
"""How many characters after the common prefix the middle is computed from."""

_WORTH: Final = 2
"""Pages that a span must have left, assuming evenly spread names, to be worth dividing."""


class Span:
    """A part of a listing, whose pages are fetched one after the other."""

    def __init__(
        self, after: str, until: str | None, token: Any, lower: Span | None = None
    ) -> None:
        """Begin after a position.

        Args:
            after: that position.
            until: the position at which it ends; None for the end of the listing.
            token: gets its next page.
            lower: the span that it is split from, as long as it does not count yet.
        """
        self.first = after
        """Where the last page began."""

        self.after = after
        self.until = until
        self.guess = until
        """Where it probably ends."""

        self.token = token
        self.lower = lower
        self.upper: Span | None = None
        """The span that is about to be split off from it."""

        self.is_over = False


def position(entry: Entry) -> str:
    """Where an entry is in the order of the listing: a folder is a name that ends with `/`."""
    return f"{entry.path}/" if entry.is_folder else entry.path


class Divider:
    """Guesses where spans are worth dividing."""

    def __init__(self, prefix: str, *, delimiter: bool) -> None:
        """Begin without knowledge of the names.

        Args:
            prefix: of the listing.
            delimiter: whether each folder is one entry, which must not be divided.
        """
        self._prefix = prefix
        self._delimiter = delimiter
        self._alphabet: Sequence[str] = ()

    def learn(self, positions: Sequence[str]) -> None:
        """Note the characters that names consist of after their common prefix."""
        begin = len(_shared(positions[0], positions[-1]))
        seen = set(self._alphabet).union(*(each[begin:] for each in positions[:: _DIGITS * 2]))
        self._alphabet = sorted(seen - {"/"} if self._delimiter else seen)

    def middle(self, span: Span) -> str | None:
        """A position between where a span has got to and its end; None where it is not worth it."""
        here, before, until = span.after, span.first, span.guess
        if self._delimiter:
            # A folder is one entry, so the span must not be divided inside one.
            here, before = (each.removesuffix("/") for each in (here, before))
        common = self._prefix
        if until is not None:
            top = here[: len(until)]
            common = top if _successor(top) == until else _shared(here, until)
        found = self._end_of_cluster(here, before, len(common))
        found = found or self._halfway(here, before, until, common)
        if found is None or not span.after < found:
            return None
        return found if until is None or found < until else None

    def _end_of_cluster(self, here: str, before: str, begin: int) -> str | None:
        """The end of all names that begin as the whole last page does, or as a part of it does."""
        end = len(_shared(before, here))
        return _successor(here[: (begin + end + 1) // 2]) if end > begin + 1 else None

    def _halfway(self, here: str, before: str, until: str | None, common: str) -> str | None:
        begin = len(common)
        now = self._number(here[begin:])
        end = (len(self._alphabet) + 1) ** _DIGITS
        if until is not None and until.startswith(common):
            end = self._number(until[begin:])
        page = now - self._number(before[begin:]) if before.startswith(common) else 0
        if end - now <= _WORTH * page:
            return None
        return common + self._text((now + end) // 2)

    def _number(self, text: str) -> int:
        """A text as a number of `_DIGITS` digits, each a character of the alphabet."""
        base, number = len(self._alphabet) + 1, 0
        for index in range(_DIGITS):
            digit = 0
            if index < len(text):
                digit = min(bisect_left(self._alphabet, text[index]) + 1, base - 1)
            number = number * base + digit
        return number

    def _text(self, number: int) -> str:
        base, digits = len(self._alphabet) + 1, list[int]()
        for _ in range(_DIGITS):
            number, digit = divmod(number, base)
            digits.append(digit)
        text = ""
        for digit in reversed(digits):
            if not digit:
                break
            text += self._alphabet[digit - 1]
        return text


def _shared(one: str, other: str) -> str:
    """The prefix that both have in common."""
    for index, (here, there) in enumerate(zip(one, other, strict=False)):
        if here != there:
            return one[:index]
    return min(one, other, key=len)


def _successor(text: str) -> str | None:
    """The first text after all that begin with `text`; None if there is none."""
    if not text:
        return None
    code = ord(text[-1]) + 1
    if 0xD800 <= code <= 0xDFFF:
        code = 0xE000
    return text[:-1] + chr(code) if code <= 0x10FFFF else _successor(text[:-1])
