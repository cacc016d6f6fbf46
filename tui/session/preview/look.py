"""The forms in which a blob is shown, each drawn as lines of parts that have a look.

Nothing in a blob is taken for markup, and no control character in it reaches the terminal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple, Protocol, TypeAlias

from rich.cells import cell_len

Part: TypeAlias = tuple[str, str]
"""Text that is fit for drawing, and its look: empty, name, value, muted or strong; in a picture a
colour, or one on another: `#ff0000 on #000000`."""

Line: TypeAlias = Sequence[Part]

PICTURE: Final = "picture"
"""The name of the form that needs a terminal with colours."""

BYTES: Final = "bytes"
"""The name of the form that every blob has."""

_OFFSET: Final = 6


class Drawn(NamedTuple):
    """A form as drawn in a certain width."""

    lines: Sequence[Line]
    head: Sequence[Line] = ()
    """Lines that stay above the others while these scroll."""

    columns: tuple[int, int, int] | None = None
    """The first and the last visible column, and how many there are; None if it has no columns."""


class Form(Protocol):
    """One way to show a blob."""

    @property
    def name(self) -> str:
        """Its name, one word."""

    @property
    def cut(self) -> str:
        """Which part of the blob is shown; empty if that need not be said."""

    def drawn(self, width: int, first: int = 0, height: int = 0) -> Drawn:
        """Draw it in `width` cells; a table from the column `first` on.

        `height` is how many lines are visible at once, if that is known.
        """


class Preview(NamedTuple):
    """What is shown of a blob."""

    what: str
    """What it is, in a few words."""

    forms: tuple[Form, ...] = ()
    """The forms in which it can be shown, the best first; none for an empty blob."""

    notes: tuple[str, ...] = ()
    """What else there is to know; shown muted."""

    warning: str = ""

    def drawn(self, width: int, form: int = 0, first: int = 0, height: int = 0) -> Drawn:
        """Draw one of its forms in `width` cells."""
        return self.forms[form].drawn(width, first, height) if self.forms else Drawn(())

    def without_pictures(self, why: str) -> Preview:
        """The same without the picture, and with a note of why none can be drawn."""
        forms = tuple(form for form in self.forms if form.name != PICTURE)
        if forms == self.forms:
            return self
        return self._replace(forms=forms, notes=(*self.notes, f"It is not drawn: {why}."))


class Text(NamedTuple):
    """Lines, which are wrapped."""

    lines: tuple[str, ...]
    name: str = "text"
    parts: Callable[[str], Iterable[Part]] | None = None
    """Splits a line into parts, which together are the line."""

    cut: str = ""

    def drawn(self, width: int, first: int = 0, height: int = 0) -> Drawn:
        """Draw all lines, each wrapped."""
        return Drawn([piece for line in self.lines for piece in self._pieces(line, width)])

    def _pieces(self, line: str, width: int) -> Iterator[Line]:
        pieces = list(wrapped(line, width))
        if self.parts is None:
            return (((piece, ""),) for piece in pieces)
        return _divided(self.parts(line), [len(piece) for piece in pieces])


class Dump(NamedTuple):
    """Bytes as hexadecimal numbers and characters."""

    data: bytes
    name: str = BYTES
    cut: str = ""

    def drawn(self, width: int, first: int = 0, height: int = 0) -> Drawn:
        """Draw 16 bytes in a line if there is room."""
        count = 16 if width >= _characters_at(16) + 16 else 8
        half = count // 2
        lines: list[Line] = []
        for start in range(0, len(self.data), count):
            row = self.data[start : start + count]
            numbers = f"{row[:half].hex(' ')}  {row[half:].hex(' ')}".ljust(count * 3)
            characters = "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in row)
            offset = f"{start:0{_OFFSET}x}"
            lines.append(((offset, "name"), (f"  {numbers}  ", ""), (characters, "muted")))
        return Drawn(lines)


def _characters_at(count: int) -> int:
    return _OFFSET + 2 + count * 3 + 2


def _divided(parts: Iterable[Part], lengths: Iterable[int]) -> Iterator[Line]:
    """Divide the parts of a line among pieces of these lengths."""
    left = iter(parts)
    text, look = "", ""
    for length in lengths:
        line: list[Part] = []
        while length:
            if not text:
                text, look = next(left)
            taken = text[:length]
            line.append((taken, look))
            text, length = text[len(taken) :], length - len(taken)
        yield line


def wrapped(line: str, width: int) -> Iterator[str]:
    """The line in pieces of at most `width` cells, broken after a space where there is one."""
    width = max(2, width)
    start = 0
    while (place := fitting(line, start, width)) < len(line):
        space = line.rfind(" ", (start + place) // 2, place)
        if space > start and line[start:space].strip():
            place = space + 1
        yield line[start:place]
        start = place
    yield line[start:]


def fitting(line: str, start: int, width: int) -> int:
    """The end of the longest piece from `start` on that fits into `width` cells."""
    piece = line[start : start + width]
    if piece.isascii():
        return start + len(piece)
    cells = 0
    # Characters without a width of their own belong to the one before.
    for index in range(start, len(line)):
        cells += cell_len(line[index])
        if cells > width:
            return max(start + 1, index)
    return len(line)
