"""Reading plain files without a parser: the same tables as `tomllib`'s, or none at all."""

from __future__ import annotations

import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage_core import ConfigFile, ConfigurationError
from storage_core.config.toml import text as toml_text
from storage_core.config.toml.plain import plain_tables
from tests.config.toml_files import File, files
from tests.patience import assert_linear

PLAIN = """\
\ufeff# the team's storages
version = 1
default = "prod results" # "quoted"

  [storage."prod results"]
id='5d4f7b0a-0000-4000-8000-000000000001'
type = "s3"
bucket = "é # no comment"
empty = ""
prefix = 'a\\b'#comment
timeout = 2.5
port = 9000
read_only = true
protected = false#
tags = [ "prod" ,"eu" ] # ]
note = "say \\"hi\\" \\\\ \\n\\t"
account = '''{"a": "b'c"}''' # one line
info = '''
{
  "key": "\\n",

}'''
more = '''a
'b'''
[storage.9_-]
[storage.9_-.options]
"""

TYPICAL = """\
version = 1
default = "prod"

[storage.prod]
id = "5d4f7b0a-0000-4000-8000-000000000001"
type = "s3"
bucket = "acme"
"""


def exactly(tables: Any) -> str:
    """Values with their types, in their order."""
    return repr(tables)


def read_by_tomllib(text: str) -> Any:
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except ValueError:
        return None


def test_a_plain_file_reads_as_tomllib_reads_it() -> None:
    tables = plain_tables(PLAIN)
    assert tables is not None
    assert exactly(tables) == exactly(read_by_tomllib(PLAIN))
    assert exactly(plain_tables(PLAIN.replace("\n", "\r\n"))) == exactly(tables)
    assert plain_tables("") == {}


@pytest.mark.parametrize(
    "text",
    [
        *("[[a]]", "[a", "[a] b", "[a]]", "[ a ]", "['a']", "[a.'b']", "[]", "[.]", "[a.]", "[é]"),
        *('[a."b"c]', '[a."b\\\\"]', '["a"]', "[a]\n[a]", "[a.b]\n[a]", "a = 1\n[a]"),
        *("a = 1\n[a.b]", "[s]\na = 1\na = 2", "[s]\na = 1\n[s.a]", "a.b = 1", '"a" = 1', "= 1"),
        *(
            "a",
            "a =",
            "a = b",
            "a = 1 2",
            "a = 1_0",
            "a = 01",
            "a = +1",
            "a = -1",
            "a = 1.",
            "a=.1",
        ),
        *("a = 0x1", "a = 1e3", "a = 1979-05-27", "a = 1.2.3", "a = \u0661", f"a = {'1' * 30}"),
        *(
            'a = "',
            'a = "b" c',
            'a = "b"c"',
            'a = """b"""',
            'a = "\\u00e9"',
            'a = "\\',
            'a = "b\\"',
        ),
        *("a = '", "a = 'b' c", "a = '''", "a = '''b''''", "a = '''b\n", "a = '''b''' c"),
        *("a = [", "a = []", "a = [1]", 'a = ["b"', 'a = ["b" "c"]', 'a = ["b"] c', 'a = ["b",]'),
        *('a = ["b", 1]', 'a = [,"b"]', 'a = [["b"]]', 'a = ["\\t"]', "a = {b = 1}", "a = True"),
        *(
            "\ta = 1",
            "a = 1\r",
            "a = '\u200b'",
            "a = '\x7f'",
            "# \x00",
            "a = '''\n\t'''",
            "\ufeff\ufeff",
        ),
    ],
    ids=ascii,
)
def test_anything_else_is_left_to_tomllib(text: str) -> None:
    assert plain_tables(text) is None


PIECES = st.sampled_from(
    [
        *(
            "\n",
            "\r\n",
            "\r",
            "\t",
            " ",
            "#",
            "=",
            ".",
            ",",
            "[",
            "]",
            "{",
            "}",
            '"',
            "'",
            '"""',
            "'''",
        ),
        *(
            "\\",
            "\\n",
            '\\"',
            "a",
            "b",
            "é",
            "\x00",
            "0",
            "1",
            "true",
            "[a]\n",
            "[a.b]\n",
            "[a.'b']\n",
        ),
        *('[a."c d"]\n', 'a = "x"\n', "b = 'y'\n", "c = [ \"x\", 'y' ]\n", "d = '''\n", "1 = 2\n"),
        *("# c\n", "a.b = 1\n", "e = 1.5\n", 'f = "\\\\"\n', "g = {}\n", "[[a]]\n", "= "),
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join))
@settings(max_examples=1500, deadline=None)
def test_what_it_reads_is_what_tomllib_reads(text: str) -> None:
    tables = plain_tables(text)
    assert tables is None or exactly(tables) == exactly(read_by_tomllib(text))


@given(st.integers(0, len(PLAIN)), st.integers(0, 6), PIECES | st.just(""))
@settings(max_examples=1000, deadline=None)
def test_a_file_with_a_slip_in_it_reads_as_tomllib_reads_it(at: int, gone: int, new: str) -> None:
    text = PLAIN[:at] + new + PLAIN[at + gone :]
    tables = plain_tables(text)
    assert tables is None or exactly(tables) == exactly(read_by_tomllib(text))


@given(files())
@settings(max_examples=100, deadline=None)
def test_files_as_people_write_them_read_as_tomllib_reads_them(file: File) -> None:
    tables = plain_tables(file.text)
    assert tables is None or exactly(tables) == exactly(read_by_tomllib(file.text))


def test_a_mistake_in_reading_is_noticed_before_a_file_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "storage.toml"
    path.write_text(TYPICAL, encoding="utf-8")

    def mistaken(text: str) -> dict[str, Any] | None:
        tables = plain_tables(text)
        assert tables is not None
        return {**tables, "version": True}

    monkeypatch.setattr(toml_text, "plain_tables", mistaken)
    with pytest.raises(ConfigurationError, match="cannot be changed safely"):
        ConfigFile(path).update("prod", bucket="other")
    assert path.read_text(encoding="utf-8") == TYPICAL


@pytest.mark.parametrize(
    "line",
    ['a = "{}"', "a = '{}'", "a = '''{}'''", "[a.{}", "a = [{}]", "a = {}", "# {}"],
    ids=ascii,
)
@pytest.mark.parametrize("many", ["\\n", "b.", '"c", ', "1", "'\n", "= "], ids=ascii)
def test_no_text_takes_more_than_linear_time(line: str, many: str) -> None:
    def seconds(count: int) -> float:
        text = line.replace("{}", many * count)
        times = []
        for _ in range(3):
            before = time.thread_time()
            plain_tables(text)
            times.append(time.thread_time() - before)
        return min(times)

    assert_linear(seconds, 20_000, 80_000)
