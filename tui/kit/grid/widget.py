"""`CellGrid`: a grid that draws only the cells on screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.geometry import Offset, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.kit.explain import Explanation
from tui.kit.grid.cells import NOTHING, Cells, Row
from tui.kit.grid.span import Columns, Span
from tui.kit.grid.under import Line, lines_for, place_line, value_lines
from tui.kit.text import fit

if TYPE_CHECKING:
    from tui.kit.app import KitApp

_BAR: Final = "▌"
_EDGE: Final = "│"
_LEAST: Final = 3
"""Rows that stay visible, however many lines are below them."""


class CellGrid(ScrollView, can_focus=True):
    """Rows of cells with a cursor on one of them.

    The head, the row numbers and the first column do not scroll. Below the rows is the whole value
    of the cell under the cursor.
    """

    app: KitApp

    BINDINGS: ClassVar[list[Any]] = [
        Binding("up,k", "move(-1, 0)", "Up", show=False),
        Binding("down,j", "move(1, 0)", "Down", show=False),
        Binding("left,h", "move(0, -1)", "Left", show=False),
        Binding("right,l", "move(0, 1)", "Right", show=False),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", show=False),
        Binding("pagedown,ctrl+f,space", "page(1)", "Page down", show=False),
        Binding("home", "column_end(-1)", "First column", show=False),
        Binding("end", "column_end(1)", "Last column", show=False),
        Binding("g", "row_end(-1)", "First row", show=False),
        Binding("G", "row_end(1)", "Last row", show=False),
        Binding("ctrl+home", "corner(-1)", "First cell", show=False),
        Binding("ctrl+end", "corner(1)", "Last cell", show=False),
    ]
    moves: ClassVar = frozenset(key for binding in BINDINGS for key in binding.key.split(","))
    """The keys that only move the cursor."""

    moving: ClassVar = (
        ("← ↑ ↓ →  h j k l", "one cell on"),
        ("PgUp PgDn Space", "a screenful up or down"),
        ("Home End", "the first column, the last column"),
        ("g G", "the first row, the last row"),
        ("Ctrl+Home Ctrl+End", "the first cell, the last cell"),
    )
    """What help says about them."""

    explains: Explanation | None = None
    """What help says about it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "grid--head",
        "grid--here",
        "grid--stripe",
        "grid--row",
        "grid--cursor",
        "grid--muted",
        "grid--edge",
    }
    DEFAULT_CSS = """
    CellGrid {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        & > .grid--head { background: $panel; text-style: bold; }
        & > .grid--here { color: $primary; text-style: bold; }
        & > .grid--stripe { background: $panel 70%; }
        & > .grid--row { background: $primary-muted 40%; }
        & > .grid--cursor { background: $panel; text-style: underline; }
        & > .grid--muted { color: $muted; }
        & > .grid--edge { color: $frame; }
        &:focus > .grid--cursor { background: $primary-muted; text-style: none; }
        &:ansi:focus > .grid--cursor {
            background: $block-cursor-background; color: $block-cursor-foreground;
        }
        &:ansi:nocolor:focus > .grid--cursor { text-style: reverse; }
    }
    """

    class Moved(Message):
        """The cursor has moved, or other columns are visible."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self.cells: Cells | None = None
        """What is shown."""

        self.row = self.column = 0
        """Where the cursor is."""

        self._first = 0
        """The first visible column among those that scroll."""

        self._fitted: tuple[int, int] | None = None
        """The size for which the layout was worked out."""

        self._columns: Columns | None = None
        self._span = Span()
        self._under = 0
        """Lines below the rows."""

    # ---- what is shown

    def show(self, cells: Cells | None) -> None:
        """Draw these cells from now on, the cursor on the first; None for nothing."""
        self.cells = cells
        self.row, self._first, self._fitted = 0, 0, None
        self.column = cells.fixed if cells else 0
        self.scroll_to(y=0, animate=False, force=True)
        self._fit()
        self.refresh()

    @property
    def value(self) -> str | None:
        """The value under the cursor; None if there is none."""
        values = self.cells.values if self.cells else ()
        return _at(values[self.row], self.column) if self.row < len(values) else None

    @property
    def columns(self) -> tuple[int, int, int] | None:
        """The first and the last visible column, from 0, and how many there are."""
        if self._columns is None or not self._span.places:
            return None
        start, places = self._columns.start, self._span.places
        moving = places[self._span.held :] or places
        first = moving[0] if self._first > self._columns.first else places[0]
        return first - start, places[-1] - start, self._columns.total - start

    def has_columns(self, way: int) -> bool:
        """Whether there are hidden columns to the left (-1) or to the right (1)."""
        if self._columns is None:
            return False
        if way < 0:
            return self._first > self._columns.first
        return self._span.whole < self._columns.total - 1

    # ---- sizes

    @property
    def _head(self) -> int:
        """Lines of the head."""
        typed = self.cells is not None and any(each.type for each in self.cells.columns)
        return 2 if typed else 1

    @property
    def _height(self) -> int:
        """Visible rows."""
        return max(1, self.size.height - self._head - self._under)

    @property
    def _room(self) -> int:
        return self.scrollable_content_region.width

    @property
    def _gutter(self) -> int:
        """Cells of the row numbers."""
        if self.cells is None:
            return 0
        if self.cells.fixed:
            return min(self.cells.natural[0], max(4, self._room // 4))
        return len(f"{len(self.cells.rows):,}")

    @property
    def _before(self) -> int:
        """Cells before the first column."""
        return 1 + self._gutter + 1

    def _fit(self) -> None:
        """Work out the layout, if the size has changed."""
        size = (self._room, self.size.height)
        if self.cells is None or not size[0]:
            self._columns, self._span, self._under = None, Span(), 0
            self.virtual_size = Size(self.size.width, 0)
            return
        if size == self._fitted:
            return
        self._fitted = size
        self._columns = columns = Columns(self.cells, size[0] - self._before - 1)
        self._first = max(columns.first, self._first)
        self._under = 1 + lines_for(self.cells, size[0] - 2, size[1])
        if size[1] - self._head - self._under < _LEAST:
            self._under = 0
        self._to_column()
        height = self._head + len(self.cells.rows) + self._under
        self.virtual_size = Size(self.size.width, height)

    def on_resize(self) -> None:
        """Fit the columns to the width."""
        self._fit()
        self._to_row()
        self.refresh()
        self.post_message(self.Moved())

    # ---- moving

    def _go(self, row: int, column: int) -> None:
        if self.cells is None:
            return
        row = max(0, min(row, len(self.cells.rows) - 1))
        column = max(self.cells.fixed, min(column, len(self.cells.columns) - 1))
        if (row, column) == (self.row, self.column):
            return
        before, shown = self.row, self._span
        self.row, self.column = row, column
        self._to_row()
        self._to_column()
        if shown != self._span:
            self.refresh()
        else:
            top = int(self.scroll_offset.y)
            for each in {before, row}:
                self.refresh_lines(self._head + each, 1)
            self.refresh_lines(top, self._head)
            self.refresh_lines(top + self.size.height - self._under, self._under)
        if self.has_focus:
            self.app.cursor_position = self.cursor_screen_offset
        self.post_message(self.Moved())

    def _to_row(self) -> None:
        top = int(self.scroll_target_y)
        target = max(min(top, self.row), self.row - self._height + 1)
        if self.size.height and target != top:
            self.scroll_to(y=target, animate=False, force=True)

    def _to_column(self) -> None:
        """Scroll to the column under the cursor."""
        columns = self._columns
        if columns is None:
            return
        if self.column >= columns.first:
            self._first = max(min(self._first, self.column), columns.last_first(self.column))
        self._span = columns.span(self._first)

    def action_move(self, rows: int, columns: int) -> None:
        """Move the cursor by rows and columns."""
        self._go(self.row + rows, self.column + columns)

    def action_page(self, pages: int) -> None:
        """Scroll a screenful; the cursor keeps its place on the screen."""
        rows = len(self.cells.rows) if self.cells else 0
        top = int(self.scroll_target_y)
        target = max(0, min(top + pages * self._height, rows - self._height))
        at = self.row - top
        if target != top:
            self.scroll_to(y=target, animate=False, force=True)
            self._go(target + at, self.column)
            self.refresh()
        else:
            self.action_row_end(pages)

    def action_column_end(self, way: int) -> None:
        """Go to the first column or the last."""
        if way < 0 and self._columns is not None:
            # Scroll back all the way, although the column itself is visible already.
            self.scroll_columns(self._columns.first - self._first)
        self._go(self.row, 0 if way < 0 or self.cells is None else len(self.cells.columns))

    def action_row_end(self, way: int) -> None:
        """Go to the first row or the last."""
        self._go(0 if way < 0 else len(self.cells.rows) if self.cells else 0, self.column)

    def action_corner(self, way: int) -> None:
        """Go to the first cell or the last."""
        self.action_row_end(way)
        self.action_column_end(way)

    def scroll_columns(self, count: int) -> None:
        """Scroll by `count` columns; the cursor moves along if it has to."""
        columns = self._columns
        if columns is None or columns.first >= columns.total:
            return
        most = columns.last_first(columns.total - 1)
        self._first = max(columns.first, min(self._first + count, most))
        self._span = columns.span(self._first)
        if self.column >= columns.first:
            last = max(self._first, self._span.whole)
            self.column = max(self._first, min(self.column, last))
        self.refresh()
        self.post_message(self.Moved())

    # ---- the mouse

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the clicked cell."""
        row = event.y - self._head + int(self.scroll_offset.y)
        in_rows = self._head <= event.y < self.size.height - self._under
        column = self._column_at(event.x)
        if column is not None and event.y < self._head:
            self._go(self.row, column)
        elif self.cells and in_rows and row < len(self.cells.rows):
            self._go(row, self.column if column is None else column)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        """Scroll to the right."""
        event.stop()
        self.scroll_columns(1)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        """Scroll to the left."""
        event.stop()
        self.scroll_columns(-1)

    def _column_at(self, x: int) -> int | None:
        for place, start, end in self._spans():
            if start <= x < end:
                return place
        return None

    def _spans(self) -> Iterator[tuple[int, int, int]]:
        """Each visible column, with where it begins and ends."""
        start = self._before
        for number, (place, width) in enumerate(
            zip(self._span.places, self._span.widths, strict=True)
        ):
            yield place, start, start + width + 2
            start += width + 2 + (1 if number + 1 == self._span.held else 0)

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the cell under the cursor begins, for the terminal's own cursor."""
        start = next((x for place, x, _ in self._spans() if place == self.column), 0)
        line = self._head + self.row - int(self.scroll_target_y)
        return self.content_region.offset + Offset(start + 1, line)

    # ---- drawing

    def render_line(self, y: int) -> Strip:
        """Draw one line: of the head, a row, or below the rows."""
        self._fit()
        base = self.visual_style.rich_style
        cells, width = self.cells, self.size.width
        if cells is None:
            return Strip.blank(width, base)
        under = y - (self.size.height - self._under)
        if y < self._head:
            base += self._ground("head")
            segments = self._titles(cells, y, base)
        elif under >= 0:
            line = self._below(cells, under)
            ground = base + self._ground("head") if under == 0 else base
            segments = [Segment(text, ground + self._named(look)) for text, look in line]
            base = ground
        else:
            row = y - self._head + int(self.scroll_offset.y)
            if row >= len(cells.texts):
                return Strip.blank(width, base)
            if self.app.has_shades and (row == self.row or row % 2):
                base += self._ground("row" if row == self.row else "stripe")
            segments = self._cells_of(cells, row, base)
        return Strip(segments).adjust_cell_length(width, base)

    def _titles(self, cells: Cells, y: int, base: Style) -> list[Segment]:
        titles = [each.type if y else each.title for each in cells.columns]
        plain = base + (self._ink("muted") if y else self._ink("head"))
        gutter = titles[0] if cells.fixed else ""
        segments = [Segment(" " + fit(gutter, self._gutter).rjust(self._gutter) + " ", plain)]
        for place, text in self._drawn(cells, titles):
            here = place == self.column and not y
            segments.append(Segment(text, plain + self._ink("here") if here else plain))
            segments += self._edge(place, base)
        return segments

    def _cells_of(self, cells: Cells, row: int, base: Style) -> list[Segment]:
        here = row == self.row
        texts = cells.texts[row]
        number = (texts[0] or "") if cells.fixed else f"{row + 1:,}"
        look = base + self._ink("here") if here else base + self._ink("muted")
        gutter = f"{_BAR if here else ' '}{number.rjust(self._gutter)} "
        segments = [Segment(gutter, look)]
        for place, text in self._drawn(cells, texts):
            style = base
            if here and place == self.column:
                style += self._ground("cursor") + self._ink("cursor")
            elif _at(texts, place) is None:
                style += self._ink("muted")
            segments.append(Segment(text, style))
            segments += self._edge(place, base)
        return segments

    def _drawn(self, cells: Cells, texts: Row) -> Iterator[tuple[int, str]]:
        """Each visible column with the text to draw."""
        for place, width in zip(self._span.places, self._span.widths, strict=True):
            text = _at(texts, place)
            text = NOTHING if text is None else text
            column = cells.columns[place]
            fitted = fit(text, width)
            if column.number and cell_len(text[: width + 1]) < width:
                fitted = " " * (width - cell_len(text)) + text
            yield place, f" {fitted} "

    def _edge(self, place: int, base: Style) -> Sequence[Segment]:
        """The vertical line after the columns that do not scroll."""
        if self._columns is None or not self._span.held or place != self._columns.start:
            return ()
        edge = _EDGE if self._first > self._columns.first else " "
        return (Segment(edge, base + self._ink("edge")),)

    def _below(self, cells: Cells, line: int) -> Line:
        columns = self._columns
        if not line and columns is not None:
            rows, start = len(cells.rows), columns.start
            all_rows = f"the first {rows:,}" if cells.is_part else f"{rows:,}"
            row = f"row {self.row + 1:,} of {all_rows}" if rows else "no rows"
            column = f"column {self.column - start + 1:,} of {columns.total - start:,}"
            where = f"{row} · {column}"
            return place_line(cells.columns[self.column], where, self._room)
        text = _at(cells.rows[self.row], self.column) if cells.rows else None
        lines = value_lines(text, self._room, self._under - 1)
        return lines[line - 1] if line <= len(lines) else ()

    def _named(self, look: str) -> Style:
        return self._ink({"strong": "here"}.get(look, look)) if look else Style()

    def _ink(self, name: str) -> Style:
        found = self.get_component_rich_style(f"grid--{name}", partial=True)
        # The terminal's own colours have no shades.
        dim = True if name in ("muted", "edge") and self.app.native_ansi_color else None
        return found.without_color + Style(color=found.color, dim=dim)

    def _ground(self, name: str) -> Style:
        return Style(bgcolor=self.get_component_rich_style(f"grid--{name}").bgcolor)


def _at(row: Row, place: int) -> str | None:
    return row[place] if place < len(row) else None
