"""Tables that fit the terminal.

Every cell is shown whole: in rows that are too wide, some columns drop below the row and others
fold, that is, go on in the next line. Widths are in terminal cells; a Chinese character takes two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from storage_core.cli.output import safe, styled

_GAP: Final = 2
_NARROWEST: Final = 8
_SEPARATORS: Final = "/-_."


class Column(NamedTuple):
    """One column."""

    heading: str
    folds: bool = False
    """Whether its cells may fold."""

    drops: int = 0
    """The order in which columns drop below the row if there is no room, 1 first; 0 for never.

    Below the row, a column that does not fold has a line of its own.
    """

    narrowest: int = _NARROWEST
    """Its smallest width when folded, in cells."""

    is_right: bool = False
    """Whether its cells are right-aligned, as numbers are."""

    style: str = ""
    """The style of its cells."""


class Row(NamedTuple):
    """One row; its texts are not escaped yet."""

    cells: Sequence[str]
    style: str = ""
    below: Sequence[str] = ()
    """Lines under the row, across all columns."""

    below_style: str = "red"


def laid_out(
    columns: Sequence[Column], rows: Sequence[Row], width: int | None, indent: int | None = None
) -> Iterator[str]:
    """Yield the lines of a table.

    Args:
        columns: the columns; none of them is left out, though some may drop below the row.
        rows: the rows.
        width: cells per line; None for no limit.
        indent: where lines below a row begin; by default with the first column that has a heading.
    """
    texts = [[safe(cell) for cell in row.cells] for row in rows]
    widths = [
        max(cells(column.heading), *(cells(text[index]) for text in texts), 0)
        for index, column in enumerate(columns)
    ]
    stay = _staying(columns, widths, width)
    gone = [index for index in range(len(columns)) if index not in stay]
    dropped = [([index for index in gone if columns[index].folds], True)]
    dropped += (([index], False) for index in gone if not columns[index].folds)
    columns, widths = [columns[index] for index in stay], [widths[index] for index in stay]
    if width is not None:
        widths = _narrowed(columns, widths, width)
    if indent is None:
        indent = 0 if columns[0].heading else widths[0] + _GAP
    margin = " " * indent
    room = max((width or 0) - indent, _NARROWEST)
    if any(column.heading for column in columns):
        headings = [column._replace(style="") for column in columns]
        yield styled(_line(headings, [column.heading for column in columns], widths), "dim")
    for row, text in zip(rows, texts, strict=True):
        for line in _lines(columns, [text[index] for index in stay], widths):
            yield styled(line, row.style) if row.style else line
        for below, folds in dropped:
            found = (" " * _GAP).join(text[index] for index in below if text[index])
            if found:
                for line in _folded(found, room) if folds else (found,):
                    yield margin + line
        for text_below in row.below:
            for line in wrapped(text_below, width, margin):
                yield styled(line, row.below_style)


def wrapped(text: str, width: int | None, indent: str = "") -> list[str]:
    """`text`, escaped, in lines that end between words; a path stays in one piece.

    Args:
        text: the text, not escaped yet.
        width: cells per line; None for no limit.
        indent: the spaces at the beginning of each line.
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


def cells(text: str) -> int:
    """The width of `text` on a terminal, in cells."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    if not any(combining(c) or east_asian_width(c) in "WF" for c in text):
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def padded(text: str, width: int) -> str:
    """`text` padded with spaces to `width` cells."""
    return text + " " * (width - cells(text))


def _staying(columns: Sequence[Column], widths: Sequence[int], width: int | None) -> list[int]:
    """The columns that stay in the row: as many as fit into `width` cells.

    A column folds before it drops, but only after all columns that drop earlier have dropped;
    columns that never drop fold last.
    """
    stay = list(range(len(columns)))
    droppable = [index for index in stay if columns[index].drops]
    for index in sorted(droppable, key=lambda index: columns[index].drops):
        wanted = sum(widths[each] for each in stay) + _GAP * (len(stay) - 1)
        # What can fold before it drops: the column itself, or else those that fold and stay.
        fold = [index] if columns[index].folds else [each for each in stay if columns[each].folds]
        wanted -= sum(max(widths[each] - columns[each].narrowest, 0) for each in fold)
        if width is None or wanted <= width:
            break
        stay.remove(index)
    return stay


def _narrowed(columns: Sequence[Column], widths: list[int], width: int) -> list[int]:
    """`widths` with folding columns narrowed until a line fits, if possible.

    First those that may drop, in the order in which they drop; then the widest of the others.
    """
    widths = list(widths)
    excess = sum(widths) + _GAP * (len(widths) - 1) - width
    while excess > 0:
        widest = max(
            (
                index
                for index, column in enumerate(columns)
                if column.folds and widths[index] > column.narrowest
            ),
            key=lambda index: (columns[index].drops > 0, -columns[index].drops, widths[index]),
            default=None,
        )
        if widest is None:
            break
        widths[widest] -= 1
        excess -= 1
    return widths


def _lines(columns: Sequence[Column], text: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    folded = [list(_folded(cell, width)) for cell, width in zip(text, widths, strict=True)]
    for index in range(max(map(len, folded))):
        line = [cell[index] if index < len(cell) else "" for cell in folded]
        yield _line(columns, line, widths)


def _line(columns: Sequence[Column], text: Sequence[str], widths: Sequence[int]) -> str:
    filled = []
    for column, cell, width in zip(columns, text, widths, strict=True):
        around = " " * (width - cells(cell))
        shown = styled(cell, column.style) if column.style else cell
        filled.append(around + shown if column.is_right else shown + around)
    return (" " * _GAP).join(filled).rstrip()


def _folded(text: str, width: int) -> Iterator[str]:
    """Pieces of `text` of at most `width` cells, cut between words.

    Only a word that is wider than a line is cut, if possible after a separator near its end.
    """
    while cells(text) > width:
        cut = 1
        while cells(text[: cut + 1]) <= width:
            cut += 1
        between = cut if text[cut].isspace() else text.rfind(" ", 0, cut)
        if between > 0 and text[:between].strip():
            yield text[:between].rstrip()
            text = text[between:].lstrip()
            continue
        behind = max(text.rfind(separator, 0, cut) for separator in _SEPARATORS) + 1
        if behind > cut // 2:
            cut = behind
        yield text[:cut]
        text = text[cut:]
    yield text
