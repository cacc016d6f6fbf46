"""Shows text whose lines are rows of values: CSV, TSV."""

from __future__ import annotations

import csv
import re
from collections import Counter
from itertools import islice
from typing import Final

from storage_core.printable import printable
from tui.session.preview.grid import Column, Grid
from tui.session.preview.look import Preview
from tui.session.preview.source import Unreadable

MOST_COLUMNS: Final = 1000

_DELIMITERS: Final = ",\t;|"
_LOOKED_AT: Final = 20
"""Lines by which a table is recognised."""

_TITLE: Final = re.compile(r"[\w .%#/°€$-]{1,48}")
_NUMBER: Final = re.compile(
    r"\s*[-+]?(\d{1,3}([ _',]\d{3})+|\d+)?([.,]\d+)?(?<=\d)([eE][-+]?\d+)?\s*%?"
)

_INTEGER: Final = re.compile(r"\s*[-+]?\d+\s*")
_DATE: Final = re.compile(r"\s*\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?.{0,6})?\s*")


def csv_preview(text: str, whole: bool, cut: str, *, delimiter: str = "") -> Preview:
    """Preview CSV, or the beginning of it.

    Args:
        text: the CSV.
        whole: whether `text` is all of it.
        cut: what to call the part that is shown if it is not all.
        delimiter: between values; worked out if empty.

    Raises:
        Unreadable: it is not a table.
    """
    delimiter = delimiter or _delimiter(text)
    try:
        rows = [
            row for row in csv.reader(text.splitlines(keepends=True), delimiter=delimiter) if row
        ]
    except csv.Error as error:
        raise Unreadable(str(error)) from None
    if not whole and len(rows) > 1:
        # The last row is cut off.
        rows.pop()
    if not rows:
        raise Unreadable("it has no rows")
    if max(map(len, rows)) > MOST_COLUMNS:
        raise Unreadable(f"it has more than {MOST_COLUMNS:,} columns")
    return Preview(_said(rows, delimiter, whole), (_grid(rows, cut),))


def looks_like_csv(text: str, whole: bool) -> bool:
    """Whether text is a table, its name aside: its first lines have the same number of values, and
    the very first has titles or numbers."""
    delimiter = _delimiter(text)
    lines = text.splitlines(keepends=True)
    try:
        rows = list(islice(csv.reader(lines[: 2 * _LOOKED_AT], delimiter=delimiter), _LOOKED_AT))
    except csv.Error:
        return False
    if not whole and len(lines) <= len(rows):
        rows = rows[:-1]
    if len(rows) < 2 or len(rows[0]) < 2:
        return False
    first = [value.strip() for value in rows[0]]
    titled = all(_TITLE.fullmatch(value) for value in first) and len(set(first)) == len(first)
    numbers = all(_NUMBER.fullmatch(value) for value in first)
    # Two lines with two values each may as well be sentences.
    enough = len(first) > 2 or len(rows) > 2 or _numeric(rows[1])
    return (titled or numbers) and enough and {len(row) for row in rows} == {len(first)}


def _numeric(row: list[str]) -> bool:
    return any(_NUMBER.fullmatch(value) for value in row)


def _delimiter(text: str) -> str:
    """The delimiter that occurs most often in the first line."""
    counts = Counter(text.partition("\n")[0])
    return max(_DELIMITERS, key=lambda sign: counts[sign])


def _said(rows: list[list[str]], delimiter: str, whole: bool) -> str:
    columns = max(map(len, rows))
    name = {"\t": "TSV"}.get(delimiter, "CSV")
    count = len(rows) - (0 if _numeric(rows[0]) else 1)
    many = f"{count:,} row{'' if count == 1 else 's'}" if whole else f"the first {count:,} rows"
    return f"{name} · {many} · {columns:,} column{'' if columns == 1 else 's'}"


def _type(values: list[str], number: bool) -> str:
    """The type that the values look like; empty if there are none."""
    if not values:
        return ""
    if number:
        return "integer" if all(map(_INTEGER.fullmatch, values)) else "number"
    if all(map(_DATE.fullmatch, values)):
        return "date" if all(len(value.strip()) == 10 for value in values) else "time"
    return "text"


def _grid(rows: list[list[str]], cut: str) -> Grid:
    titles: list[str] = []
    if not _numeric(rows[0]):
        titles, rows = rows[0], rows[1:]
    count = max([len(titles), *map(len, rows)])
    titles = [*titles, *(str(number + 1) for number in range(len(titles), count))]
    sample = rows[:100]
    columns = []
    for place, title in enumerate(titles):
        values = [row[place] for row in sample if place < len(row) and row[place].strip()]
        number = bool(values) and all(_NUMBER.fullmatch(value) for value in values)
        columns.append(Column(printable(title), _type(values, number), number))
    shown = [
        [printable(value) for value in row] + [None] * (count - len(row))  # ragged rows
        for row in rows
    ]
    return Grid(columns, shown, cut=cut, values=rows)
