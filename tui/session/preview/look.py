"""How a blob looks: forms of it, each drawn as lines of parts that have a look.

Whatever is in a blob, nothing of it is taken for markup, and no control character reaches the
terminal.
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
"""What the form is called that needs a terminal with colours."""

BYTES: Final = "bytes"
"""What the form is called that every blob has."""

_OFFSET: Final = 6


class Drawn(NamedTuple):
    """A form in so many cells."""

    lines: Sequence[Line]
    head: Sequence[Line] = ()
    """What stands above them while they scroll."""

    columns: tuple[int, int, int] | None = None
    """The first and the last column that are to be seen, of how many; None where there are none."""


class Form(Protocol):
    """One way to show a blob."""

    @property
    def name(self) -> str:
        """What it is called, in a word."""

    @property
    def cut(self) -> str:
        """How much of the blob is in it, where that is to be said."""

    def drawn(self, width: int, first: int = 0, height: int = 0) -> Drawn:
        """It in `width` cells; of a table, from the column `first` on.

        `height` lines are in sight at once, where that is known.
        """


class Preview(NamedTuple):
    """What there is to be shown of a blob."""

    what: str
    """What it is, in a few words."""

    forms: tuple[Form, ...] = ()
    """How it can be shown, the best first; none of an empty blob."""

    notes: tuple[str, ...] = ()
    """What there is to know besides; said quietly."""

    warning: str = ""

    def drawn(self, width: int, form: int = 0, first: int = 0, height: int = 0) -> Drawn:
        """One of its forms in `width` cells."""
        return self.forms[form].drawn(width, first, height) if self.forms else Drawn(())

    def without_pictures(self, why: str) -> Preview:
        """It where no picture can be drawn, and for which reason."""
        forms = tuple(form for form in self.forms if form.name != PICTURE)
        if forms == self.forms:
            return self
        return self._replace(forms=forms, notes=(*self.notes, f"It is not drawn: {why}."))


class Text(NamedTuple):
    """Lines, which are wrapped."""

    lines: tuple[str, ...]
    name: str = "text"
    parts: Callable[[str], Iterable[Part]] | None = None
    """Gives a line's parts, which together are the line."""

    cut: str = ""

    def drawn(self, width: int, first: int = 0, height: int = 0) -> Drawn:
        """All lines, each in as many as it takes."""
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
        """16 bytes to a line if there is room."""
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
    """The parts of a line, cut where its pieces end."""
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
    """Where the characters from `start` on that fit into `width` cells end."""
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
