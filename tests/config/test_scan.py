"""Where things stand in a TOML text, whole or broken."""

from __future__ import annotations

import time
import tomllib
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage_core.config.toml.scan import inline_entries, line_of, lines, scan
from storage_core.config.toml.text import TextError, parse
from tests.config.toml_files import File, files
from tests.patience import assert_linear

TEXT = """\
# head [not.a.header]
version = 1
top.dotted = "x"   # key = "no"

[storage."a b" . 'c']   # [nor.this]
text = \"\"\"
[storage.fake]
fake = 1 ""\\"" \"\"\"\"
literal = '''
[[fake]] '''''
array = [ 1, # ] "
  "]", { a = "}" },
]
when = 1979-05-27 07:32:00
inline = { p = 1, "q\\u0041" = { r = [2] }, s.t = 3 }

[[list]]
x = 1
  [ list.below ]
  y = 2
[[list]]
x = 3
[parent.child]
"""


def test_blocks_have_their_paths_lines_and_keys() -> None:
    found = [
        (block.path, block.is_array, block.line, [(e.path[-1], e.line) for e in block.entries])
        for block in scan(TEXT)
    ]
    assert found == [
        ((), False, 1, [("version", 2), ("dotted", 3)]),
        (
            ("storage", "a b", "c"),
            False,
            5,
            [("text", 6), ("literal", 9), ("array", 11), ("when", 14), ("inline", 15)],
        ),
        (("list",), True, 17, [("x", 18)]),
        (("list", "below"), False, 19, [("y", 20)]),
        (("list",), True, 21, [("x", 22)]),
        (("parent", "child"), False, 23, []),
    ]


def test_blocks_put_together_are_the_text() -> None:
    for text in (TEXT, "\ufeff" + TEXT, TEXT.replace("\n", "\r\n"), "", "\ufeff", "# only"):
        bom = text[:1] if text.startswith("\ufeff") else ""
        assert bom + "".join(text[b.start : b.end] for b in scan(text)) == text


def test_values_are_found_whole() -> None:
    for block in scan(TEXT):
        for entry in block.entries:
            written = TEXT[entry.value : entry.end]
            tomllib.loads(f"value = {written}")
            assert written == written.strip()


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("version",), 2),
        (("top",), 3),
        (("top", "dotted"), 3),
        (("storage",), 5),
        (("storage", "a b"), 5),
        (("storage", "a b", "c"), 5),
        (("storage", "a b", "c", "array"), 11),
        (("storage", "a b", "c", "inline"), 15),
        (("storage", "a b", "c", "inline", "qA", "r"), 15),
        (("storage", "a b", "c", "inline", "s"), 15),
        (("list",), 17),
        (("parent",), 23),
        (("storage", "fake"), None),
        (("key",), None),
    ],
)
def test_the_line_of_a_key_or_table_however_it_is_written(
    path: tuple[str, ...], line: int | None
) -> None:
    assert line_of(TEXT, path) == line
    assert line_of("\ufeff" + TEXT.replace("\n", "\r\n"), path) == line


def test_a_header_counts_before_what_only_implies_it() -> None:
    assert line_of("[a.b.c]\n[a.b]\n", ("a", "b")) == 2


def test_entries_of_an_inline_table_have_whole_paths() -> None:
    (block,) = scan("t = { a.b = { c = 1 }, d = '}' }")
    found = inline_entries("t = { a.b = { c = 1 }, d = '}' }", block.entries[0])
    assert [entry.path for entry in found] == [("t", "a", "b"), ("t", "d")]


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        ("a = \n[storage.x]\ntype = 1", 2),
        ("a = [1, 2\n[storage.x]\ntype = 1", 2),
        ('a = """never closed\n[storage.x]\ntype = 1', 2),
        ("a = { b = 1\n[storage.x]\ntype = 1", 2),
        ("[storage.\n[storage.x]\ntype = 1", 2),
        ("= 1\n!!\n\n[storage.x]\ntype = 1", 4),
    ],
)
def test_tables_behind_a_mistake_are_still_found(broken: str, line: int) -> None:
    assert line_of(broken, ("storage", "x")) == line
    assert line_of(broken, ("storage", "x", "type")) == line + 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = 1\nb = \n", "line 2: not TOML: this is no value"),
        ("a = 1\n[b", "line 2: not TOML: "),
        ("a = 1\n\nb = '", "line 3: not TOML: "),
        ("a = " + "[" * 100_000, "not TOML: its values are nested too deeply"),
        ("a = " + "9" * 5000, "not TOML: a number has too many digits"),
    ],
)
def test_what_is_not_toml_is_told_with_its_line_and_without_its_content(
    text: str, message: str
) -> None:
    with pytest.raises(TextError) as caught:
        parse(text)
    assert str(caught.value).startswith(message)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@settings(
    max_examples=60,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(files() | files(odd=True))
def test_everything_that_tomllib_reads_is_found_and_nothing_else(file: File) -> None:
    text = file.text
    found = lines(text)
    assert set(found) == set(_paths(file.data, ()))
    for piece in file.pieces:
        if piece.path in found and piece.is_header:
            first = next(each for each in file.pieces if each.path == piece.path)
            before = text[: text.index(first.text)]
            assert found[piece.path] <= before.count("\n") + 1


def _paths(data: dict[str, Any], prefix: tuple[str, ...]) -> list[tuple[str, ...]]:
    found = []
    for key, value in data.items():
        found.append((*prefix, key))
        if isinstance(value, dict):
            found += _paths(value, (*prefix, key))
        elif isinstance(value, list) and key == "rules":
            found += [path for each in value for path in _paths(each, (*prefix, key))]
    return found


@settings(max_examples=300, derandomize=True, database=None, deadline=None)
@given(st.text(st.sampled_from("ab=.#\"'[]{},\\ \t\r\n1\ufeff"), max_size=60))
def test_any_text_is_scanned_without_an_exception(text: str) -> None:
    assert "".join(text[block.start : block.end] for block in scan(text)) in (text, text[1:])
    lines(text)


@pytest.mark.parametrize(
    ("head", "unit", "tail"),
    [
        ("", "a = [\n", ""),
        ("", "a = {\n", ""),
        ("", "a = {b=", ""),
        ("", '"""""', ""),
        ("", "a = '''\n", "a = '''"),
        ("", 'a = """\\', 'a = """'),
        ("", "[[[[[", ""),
        ("", "[[a.", ""),
        ("", "a.a.", "b = 1"),
        ("", "a = [[[", "]" * 10),
        ("#" * 100_000, "\r\r\r\r\r", ""),
        ("", "a = {\n[x]\n", ""),
        ("", "a = [\n[x]\n", ""),
        ("", "a = 1\r", ""),
        ("", " \t", ""),
    ],
    ids=count(),
)
def test_time_grows_with_the_text_and_no_faster(head: str, unit: str, tail: str) -> None:
    def seconds(repeats: int) -> float:
        text, times = head + unit * repeats + tail, []
        for _ in range(3):
            before = time.thread_time()
            lines(text)
            times.append(time.thread_time() - before)
        return min(times)

    # Sixteen times as long, were it quadratic.
    assert_linear(seconds, 5_000, 20_000)
