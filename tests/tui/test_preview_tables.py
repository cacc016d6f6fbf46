"""Tables and texts in a preview: no wider than there is room, and what is in one column in line."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tui.previewing import lines, names, shown
from tui.session.preview.grid import Column, Grid
from tui.session.preview.look import Text


def test_a_wide_table_is_seen_column_by_column() -> None:
    columns = [Column("#"), *(Column(f"column {number}", "int") for number in range(30))]
    table = Grid(columns, [[str(place) * 3 for place in range(31)]] * 3, fixed=1)
    seen: set[int] = set()
    first = 0
    while True:
        drawn = table.drawn(50, first)
        assert all(sum(len(text) for text, _ in line) <= 52 for line in drawn.lines)
        assert drawn.lines[0][0][0].startswith("000")
        assert drawn.columns is not None
        left, last, total = drawn.columns
        assert left == first
        seen |= set(range(left, last + 1))
        if last == total - 1:
            break
        first = last + 1
    assert seen == set(range(30))


@given(
    st.lists(st.lists(st.text(max_size=60), min_size=3, max_size=3), max_size=5),
    st.integers(2, 120),
    st.integers(0, 5),
)
@settings(max_examples=60, deadline=None)
def test_no_table_is_wider_than_there_is_room(
    rows: list[list[str]], width: int, first: int
) -> None:
    from rich.cells import cell_len

    from storage_core.printable import printable

    cells = [[printable(text) for text in row] for row in rows]
    columns = [Column("a" * 50), Column("b", "type"), Column("東京", number=True)]
    drawn = Grid(columns, cells).drawn(width, first)
    for line in (*drawn.head, *drawn.lines):
        # What comes behind the last column are blanks.
        assert cell_len("".join(text for text, _ in line).rstrip()) <= width + 1


def test_text_is_cut_where_it_is_wrapped_and_keeps_its_looks() -> None:
    text = Text(("one two three",), parts=lambda line: [(line[:5], "name"), (line[5:], "")])
    assert text.drawn(8).lines == [[("one t", "name"), ("wo ", "")], [("three", "")]]
    assert text.drawn(4).lines[0] == [("one ", "name")]


def test_decimal_points_stand_below_one_another_and_midnights_are_left_out() -> None:
    columns = [Column("n", number=True), Column("day"), Column("when")]
    rows = [
        ["11238.07", "2026-01-01 00:00:00", "2026-01-01 00:00:00"],
        ["-5", "2026-01-02 00:00:00", "2026-01-02 07:30:00"],
        [None, None, "2026-01-03 00:00:00"],
    ]
    drawn = Grid(columns, rows).drawn(80)
    assert ["".join(text for text, _ in line).rstrip() for line in drawn.lines] == [
        "11238.07  2026-01-01  2026-01-01 00:00:00",
        "   -5     2026-01-02  2026-01-02 07:30:00",
        "       –  –           2026-01-03 00:00:00",
    ]


def test_a_list_of_objects_is_a_table_too() -> None:
    data = b'[{"flow": "nightly", "n": 12, "ok": true}, {"flow": null, "n": 1.50, "tags": ["a"]}]'
    preview = shown(data, "a.json")
    assert names(preview) == ["JSON", "table", "bytes"]
    assert lines(preview, 1) == [
        "flow          n  ok          tags",
        "text     number  true/false  list",
        "nightly   12     true        –",
        '–          1.50  –           ["a"]',
    ]
    deep = shown(b'[{"a": {"b": [1.50, 1e999, "x"]}}, {"a": {}}]', "a.json")
    assert lines(deep, 1)[1:] == ["object", '{"b": [1.50, 1e999, "x"]}', "{}"]
    assert names(shown(b'[{"a": 1}, 2]', "a.json")) == ["JSON", "bytes"]
    assert names(shown(b'{"a": 1}', "a.json")) == ["JSON", "bytes"]
