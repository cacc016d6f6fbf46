"""`Table`: draws only the rows on screen, so that 10,000 rows cost no more than 10."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from functools import partial
from itertools import accumulate, repeat
from operator import add
from typing import Any, ClassVar, Final, Generic, TypeVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.style import Style as VisualStyle

from tui.kit.columns import Column, gap, spanned, widths
from tui.kit.explain import Explanation
from tui.kit.table.layout import Cell, Keyed, Layout, Piece
from tui.kit.table.looks import LOOKS
from tui.kit.text import cut, fit

_DIM: Final = Style(dim=True)

_BARS: Final = {
    (False, False): " ",
    (True, False): "▌",
    (False, True): "●",
    (True, True): "◉",
}
"""The bar before a row, by whether the cursor is on it and whether it is chosen."""


RowT = TypeVar("RowT", bound=Keyed)


class Table(ScrollView, Generic[RowT], can_focus=True):
    """A table with a cursor on one row.

    Args:
        layout: how rows are drawn.
        id: of the widget.
    """

    BINDINGS: ClassVar[list[Any]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", show=False),
        Binding("pagedown,ctrl+f", "page(1)", "Page down", show=False),
        Binding("home,g", "end(-1)", "First", show=False),
        Binding("end,G", "end(1)", "Last", show=False),
    ]
    moves: ClassVar = frozenset(key for binding in BINDINGS for key in binding.key.split(","))
    """The keys that only move the cursor."""

    moving: ClassVar = (
        ("↑ ↓  j k", "one row up or down"),
        ("PgUp PgDn", "a screenful up or down"),
        ("Home End g G", "the first row, the last row"),
    )
    """What help says about them."""

    explains: Explanation | None = None
    """What help says about it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--cursor",
        "table--hover",
        "table--bar",
        "table--chosen",
    }
    DEFAULT_CSS = """
    Table {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        & > .table--cursor { background: $panel; }
        & > .table--hover { background: $foreground 6%; }
        & > .table--bar { color: $secondary; }
        & > .table--chosen { color: $accent; }
        &:focus > .table--cursor { background: $primary-muted; }
        &:focus > .table--bar { color: $primary; }
        &:ansi:focus > .table--cursor {
            background: $block-cursor-background; color: $block-cursor-foreground;
        }
        &:ansi:nocolor:focus > .table--cursor { text-style: reverse; }
    }
    """

    cursor: reactive[int] = reactive(0, repaint=False)
    hover: reactive[int | None] = reactive(None, repaint=False)

    class Moved(Message):
        """The cursor has moved, or its row has changed."""

        def __init__(self, table: Table[Any], row: Any) -> None:
            super().__init__()
            self.table = table
            self.row = row

        @property
        def control(self) -> Table[Any]:
            return self.table

    class HeadClicked(Message):
        """The head of a column was clicked."""

        def __init__(self, table: Table[Any], column: int) -> None:
            super().__init__()
            self.table = table
            self.column = column
            """Its index among the columns of the layout."""

        @property
        def control(self) -> Table[Any]:
            return self.table

    class Opened(Moved):
        """A row was double-clicked."""

    class Chose(Moved):
        """The choice of rows has changed."""

    def __init__(self, layout: Layout[RowT], id: str | None = None) -> None:
        super().__init__(id=id)
        self.rows: Sequence[RowT] = ()
        self.chosen: set[str] = set()
        """The keys of the chosen rows, even of those that the filter hides."""

        self._chosen_rows: Sequence[RowT] | None = ()
        """The chosen rows in the list; None until they are asked for."""

        self._heads: Mapping[int, Any] = {}
        """The head above the first row of each group, by the row's index."""

        self._drawn = layout
        self._columns: Sequence[Column] = ()
        self.widths: list[int] = []
        """Cells of each column."""

        self._fitted: int | None = None
        """The width that the columns were fitted to; None if they have to be fitted again."""

        self._tops: Sequence[int] = ()
        """The line on which each row, or the head of its group, begins, not counting the table's
        head."""

        self._height = 0
        """Lines of all rows."""

        self.heads: Mapping[int, object] = {}
        """The columns whose heads can be clicked, each with what that does; neighbours that do the
        same are one head."""

    @property
    def current(self) -> RowT | None:
        """The row that the cursor is on."""
        return self.rows[self.cursor] if 0 <= self.cursor < len(self.rows) else None

    def show(
        self, rows: Sequence[RowT], cursor: int = 0, heads: Mapping[int, Any] | None = None
    ) -> None:
        """Draw these rows from now on, the cursor on one of them.

        Args:
            rows: all rows.
            cursor: the index of the row.
            heads: what the layout draws above the first row of each group, by the row's index.
        """
        self.rows, self._heads = rows, heads or {}
        self._chosen_rows = None if self.chosen else ()
        self._fitted = None
        self._lay_out()
        target = max(0, min(cursor, len(rows) - 1))
        moved = target != self.cursor
        self.set_reactive(Table.cursor, target)
        if moved:
            self._scroll_to_cursor()
        self.post_message(self.Moved(self, self.current))

    def _lay_out(self) -> None:
        if self._fitted != self._room:
            self._fit()
        self.virtual_size = Size(self.size.width, self._height + 1)
        self.refresh()

    def _fit(self) -> None:
        self._fitted = self._room
        self._columns = self._drawn.columns(self.rows, self._fitted)
        self.widths = widths(self._columns, self._fitted)
        lines = self._drawn.lines(self.rows, self.widths)
        if self._heads:
            above = [1 if index in self._heads else 0 for index in range(len(self.rows))]
            lines = [*map(add, above, lines or repeat(1))]
        if lines:
            *self._tops, self._height = accumulate(lines, initial=0)
        else:
            self._tops, self._height = range(len(self.rows)), len(self.rows)

    @property
    def _room(self) -> int:
        # Less one cell for the bar at the left, and one for the scrollbar, shown or not.
        return self.size.width - 2

    def on_resize(self) -> None:
        """Fit the columns to the width."""
        self._lay_out()
        self._scroll_to_cursor()

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor within the rows."""
        return max(0, min(cursor, len(self.rows) - 1))

    def watch_cursor(self, before: int, after: int) -> None:
        """Tell the screen, and keep the row visible."""
        if before != after:
            for index in (before, after):
                self.refresh_lines(self._top(index) + 1, self._top(index + 1) - self._top(index))
            self._scroll_to_cursor()
            if self.has_focus:
                self.app.cursor_position = self.cursor_screen_offset
            self.post_message(self.Moved(self, self.current))

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the row under the cursor begins, for the terminal's own cursor."""
        line = self._top(self.cursor) + 1 - int(self.scroll_target_y)
        return self.content_region.offset + Offset(0, line)

    def watch_hover(self) -> None:
        """Tint the row under the mouse."""
        self.refresh()

    def _scroll_to_cursor(self) -> None:
        height = self.size.height - 1
        if height <= 0:
            return
        first, end = self._top(self.cursor), self._top(self.cursor + 1)
        top = int(self.scroll_target_y)
        if first < top or end - first > height:
            self.scroll_to(y=first, animate=False, force=True)
        elif end > top + height:
            self.scroll_to(y=end - height, animate=False, force=True)

    def _top(self, index: int) -> int:
        """The line on which a row or the head of its group begins, or the line after the last."""
        return self._tops[index] if index < len(self._tops) else self._height

    def action_move(self, rows: int) -> None:
        """Move the cursor up or down."""
        self.cursor += rows

    def action_page(self, pages: int) -> None:
        """Move the cursor a screenful up or down."""
        line = self._top(self.cursor) + pages * max(1, self.size.height - 2)
        target = bisect_right(self._tops, line) - 1
        self.cursor = max(target, self.cursor + 1) if pages > 0 else target

    def action_end(self, direction: int) -> None:
        """Go to the first row or the last."""
        self.cursor = 0 if direction < 0 else len(self.rows) - 1

    # ---- several rows

    @property
    def chosen_rows(self) -> Sequence[RowT]:
        """The chosen rows in the list, each once, from the top."""
        if self._chosen_rows is None:
            there = self._drawn.choosable(self.rows)
            self._chosen_rows = [there[key] for key in filter(self.chosen.__contains__, there)]
        return self._chosen_rows

    def choose(self) -> None:
        """Choose the row under the cursor, or undo that, and go to the next row."""
        row = self.current
        if row is not None and row.key in self._drawn.choosable(self.rows):
            self._choose(self.chosen ^ {row.key})
        self.cursor += 1

    def choose_all(self) -> None:
        """Choose all rows in the list, or none if all are chosen."""
        there = self._drawn.choosable(self.rows)
        keys = set(there)
        if keys <= self.chosen:
            self._choose(self.chosen - keys, ())
        else:
            keys |= self.chosen
            self._choose(keys, [*there.values()])

    def choose_none(self) -> bool:
        """Choose no row; returns whether any was chosen."""
        were = bool(self.chosen)
        if were:
            self._choose(set())
        return were

    def forget(self, there: Container[str]) -> None:
        """Drop chosen rows that are not in `there`."""
        if self.chosen and (chosen := {key for key in self.chosen if key in there}) != self.chosen:
            self._choose(chosen)

    def _choose(self, chosen: set[str], rows: Sequence[RowT] | None = None) -> None:
        self.chosen = chosen
        self._chosen_rows = rows
        self.refresh()
        self.post_message(self.Chose(self, self.current))

    # ---- the mouse

    def _row_at(self, y: int) -> int | None:
        index, part = self._at(y)
        return None if part < 0 else index

    def _at(self, y: int) -> tuple[int, int]:
        """The row at a line, and which of its lines that is: -1 for a group's head or no row."""
        line = y - 1 + int(self.scroll_offset.y)
        if y <= 0 or line >= self._height:
            return -1, -1
        index = bisect_right(self._tops, line) - 1
        return index, line - self._tops[index] - (index in self._heads)

    def _column_at(self, x: int) -> int | None:
        end = 1
        for column, width in enumerate(self.widths):
            end += width + len(gap(width)) if width else 0
            if x < end:
                return column
        return None

    def clickable(self) -> Iterator[tuple[Region, Callable[[], object]]]:
        """The heads, for jump letters."""
        places: dict[object, tuple[Region, int]] = {}
        x = free = 1
        for column, width in enumerate(self.widths):
            if not width:
                continue
            title = self._columns[column].title
            written = cell_len(title.strip())
            blank = cell_len(title) - cell_len(title.lstrip()) if written else 0
            if column in self.heads and (written or self.heads[column] not in places):
                # Before the title, with a blank between if there is room.
                back = 2 if free + blank > 2 else 1
                before = Region(max(0, x + blank - back), 0, 1, 1)
                places[self.heads[column]] = before, column
            after = len(gap(width))
            free = width - blank - written + after + (0 if written else free)
            x += width + after
        for place, column in places.values():
            yield place, partial(self.post_message, self.HeadClicked(self, column))

    def rows_in_sight(self) -> Iterator[tuple[int, Callable[[], object]]]:
        """Each visible row, with the place of its first visible line."""
        before = -1
        for y in range(1, self.size.height):
            index, part = self._at(y)
            if part >= 0 and index != before:
                before = index
                yield y, partial(setattr, self, "cursor", index)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Track the row under the mouse."""
        self.hover = self._row_at(event.y)

    def on_leave(self) -> None:
        """Note that the mouse has left."""
        self.hover = None

    def on_click(self, event: events.Click) -> None:
        """Move the cursor by a click, open the row by two; report a click on a head."""
        index = self._row_at(event.y)
        if event.y == 0 and (column := self._column_at(event.x)) is not None:
            self.post_message(self.HeadClicked(self, column))
        if index is None:
            return
        self.cursor = index
        if event.chain == 2:
            self.post_message(self.Opened(self, self.current))

    def render_line(self, y: int) -> Strip:
        """Draw one line: of the head, or of the row that is scrolled to `y`."""
        if self._fitted != self._room:
            self._fit()
        # `rich_style` would be computed for each line.
        base = self.visual_style.rich_style
        if y == 0:
            titles = [Cell(column.title, "muted") for column in self._columns]
            return self._line(titles, base, Segment(" ", base))
        index, part = self._at(y)
        if index < 0:
            return Strip.blank(self.size.width, base)
        if part < 0:
            pieces = self._drawn.head(self._heads[index], self._room)
            return self._strip([Segment(" ", base), *self._pieces(pieces, self._room, base)], base)
        row = self.rows[index]
        style = base
        plain, chosen, here = False, row.key in self.chosen, index == self.cursor
        if here:
            # How a terminal's own colours look on one another is unknown.
            plain = self.has_focus and self.app.native_ansi_color
            style = base + (self._whole("cursor") if plain else self._ground("cursor"))
        elif index == self.hover:
            style = base + self._ground("hover")
        look = style
        if (here or chosen) and not plain:
            look = style + Style(color=self._whole("chosen" if chosen else "bar").color)
        bar = Segment(_BARS[here, chosen and part == 0], look)
        cells = (self._drawn.below if part else self._drawn.cells)(row, self.widths)
        return self._line(cells, style, bar, plain=plain)

    def _line(
        self, cells: Sequence[Cell], style: Style, bar: Segment, *, plain: bool = False
    ) -> Strip:
        segments = [bar]
        left = iter(self.widths)
        for cell in cells:
            room = next(left)
            if cell.spans:
                room = spanned([room, *(next(left) for _ in range(cell.spans))])
            if room <= 0:
                continue
            pieces = (Piece(cell.text, cell.look), *cell.more)
            segments += self._pieces(pieces, room, style, plain=plain)
            segments.append(Segment(gap(room), style))
        return self._strip(segments, style)

    def _pieces(
        self, pieces: Sequence[Piece], room: int, style: Style, *, plain: bool = False
    ) -> Iterator[Segment]:
        for piece in pieces[:-1]:
            text = cut(piece.text, room)
            room -= cell_len(text)
            yield Segment(text, self._styled(piece, style, plain=plain))
        for piece in pieces[-1:]:
            yield Segment(fit(piece.text, room), self._styled(piece, style, plain=plain))

    def _styled(self, piece: Piece, style: Style, *, plain: bool) -> Style:
        return style + self._look(piece.look) if piece.look and not plain else style

    def _strip(self, segments: list[Segment], style: Style) -> Strip:
        return Strip(segments).adjust_cell_length(self.size.width, style)

    def _look(self, name: str) -> Style:
        look = VisualStyle.parse(LOOKS[name]).rich_style
        # The terminal's own colours have no shades.
        return look + _DIM if name == "muted" and self.app.native_ansi_color else look

    def _ground(self, name: str) -> Style:
        return Style(bgcolor=self._whole(name).bgcolor)

    def _whole(self, name: str) -> Style:
        return self.get_component_rich_style(f"table--{name}")
