"""Columns that fit the terminal. Called by the commands that list something.

Every cell is shown whole: where a row is too wide, the columns that may fold go on in the next
line. Widths are counted in terminal cells, in which a Chinese character takes two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from storage_core.cli.output import safe, styled

_GAP: Final = 2
_NARROWEST: Final = 8
_SEPARATORS: Final = " /-_."


class Column(NamedTuple):
    """One column."""

    heading: str
    folds: bool = False
    """Whether its cells may go on in the next line."""


class Row(NamedTuple):
    """One row: text as it came, escaped here."""

    cells: Sequence[str]
    style: str = ""
    below: Sequence[str] = ()
    """Lines under the row, across all columns."""


def laid_out(columns: Sequence[Column], rows: Sequence[Row], width: int | None) -> Iterator[str]:
    """Yield the lines of a table.

    Args:
        columns: the columns; none of them is left out.
        rows: the rows.
        width: cells per line; None for no limit.
    """
    texts = [[safe(cell) for cell in row.cells] for row in rows]
    widths = [
        max(cells(column.heading), *(cells(text[index]) for text in texts), 0)
        for index, column in enumerate(columns)
    ]
    if width is not None:
        widths = _narrowed(columns, widths, width)
    if any(column.heading for column in columns):
        yield styled(_line([column.heading for column in columns], widths), "dim")
    for row, text in zip(rows, texts, strict=True):
        for line in _lines(text, widths):
            yield styled(line, row.style) if row.style else line
        for text_below in row.below:
            for line in wrapped(text_below, width, "    "):
                yield styled(line, "red")


def wrapped(text: str, width: int | None, indent: str = "") -> list[str]:
    """`text`, escaped, in lines that end between words; a path is left in one piece.

    Args:
        text: as it came.
        width: cells per line; None for no limit.
        indent: what each line begins with.
    """
    if width is None:
        return [indent + safe(text)]
    from textwrap import wrap

    return wrap(
        safe(text),
        max(width, _NARROWEST + len(indent)),
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def natural_width(columns: Sequence[Column], rows: Sequence[Row]) -> int:
    """Cells per line that the table would like to have."""
    return sum(
        max(cells(column.heading), *(cells(safe(row.cells[index])) for row in rows), 0)
        for index, column in enumerate(columns)
    ) + _GAP * (len(columns) - 1)


def cells(text: str) -> int:
    """The cells that `text` takes on a terminal."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    if not any(combining(c) or east_asian_width(c) in "WF" for c in text):
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def padded(text: str, width: int) -> str:
    """`text` filled up with spaces to `width` cells."""
    return text + " " * (width - cells(text))


def _narrowed(columns: Sequence[Column], widths: list[int], width: int) -> list[int]:
    """`widths` with the widest folding columns made narrower until a line fits, if it can."""
    widths = list(widths)
    folding = [index for index, column in enumerate(columns) if column.folds]
    excess = sum(widths) + _GAP * (len(widths) - 1) - width
    while excess > 0:
        widest = max(folding, key=lambda index: widths[index], default=None)
        if widest is None or widths[widest] <= _NARROWEST:
            break
        widths[widest] -= 1
        excess -= 1
    return widths


def _lines(text: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    folded = [list(_folded(cell, width)) for cell, width in zip(text, widths, strict=True)]
    for index in range(max(map(len, folded))):
        yield _line([cell[index] if index < len(cell) else "" for cell in folded], widths)


def _line(text: Sequence[str], widths: Sequence[int]) -> str:
    filled = (padded(cell, width) for cell, width in zip(text, widths, strict=True))
    return (" " * _GAP).join(filled).rstrip()


def _folded(text: str, width: int) -> Iterator[str]:
    """Pieces of `text` of at most `width` cells, cut behind a separator where one is near."""
    while cells(text) > width:
        cut = 1
        while cells(text[: cut + 1]) <= width:
            cut += 1
        behind = max(text.rfind(separator, 0, cut) for separator in _SEPARATORS) + 1
        if behind > cut // 2:
            cut = behind
        yield text[:cut]
        text = text[cut:]
    yield text
