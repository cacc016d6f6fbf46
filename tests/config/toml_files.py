"""Configuration files as people might write them, drawn at random, and which of it must survive.

A file is made of pieces. Each piece knows the path of what it says, so that a test can tell which
pieces no edit was about: those must be in the edited file character by character, in their order.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

Path = tuple[str, ...]

NAMES = (
    "a",
    "prod-results",
    "team share",
    "9_",
    "x.y",
    'say "hi"',
    "it's",
    "# no comment",
    "[/foo]",
    "日本 é",
    "",
    "back\\slash",
)
RAW_VALUES = (
    '"plain {n}"',
    "'literal \\ {n} # ]'",
    '"escaped \\" \\\\ \\u00e9 {n} = [x]"',
    '"""\nmulti {n}\n[storage.a]\n# no comment\ntype = "x" ""\\"" \\\n   end"""',
    "'''\nliteral {n}\n''\n[[app]] = 1'''",
    "{n}",
    "-{n}.5e+3",
    "0xdead_beef",
    "nan",
    "true",
    "1979-05-27 07:32:00.{n:06}",
    "[]",
    '[ {n}, # a ] comment\n  "b]",\n  [ [ 1.0 ], {{ c = 1 }} ],\n]',
    "{{}}",
    '{{ a = {n}, "b c" = "}}", d.e = [ 1, {{ f = "," }} ], d.g = 1 }}',
    '{{a={n},b={{c="x"}}}}',
)
COMMENT_TAILS = ("", "", " # c{n}", "      # [c{n}] = '", "\t#c{n} ")


@dataclass
class Piece:
    """Some whole lines of a file."""

    path: Path
    """What they say: `()` for a comment between tables."""
    text: str
    comment: str = ""
    """The comment at the end of the line."""
    is_header: bool = False


@dataclass
class File:
    """A drawn file."""

    pieces: list[Piece] = field(default_factory=list)
    newlines: list[str] = field(default_factory=list)
    bom: bool = False
    final_newline: bool = True

    @property
    def text(self) -> str:
        """The text of the file."""
        text = ""
        for index, piece in enumerate(self.pieces):
            newline = self.newlines[index % len(self.newlines)]
            piece.text = piece.text.replace("\r", "").replace("\n", newline)
            text += piece.text + newline
        return "\ufeff" * self.bom + (text if self.final_newline else text.rstrip("\r\n"))

    @property
    def data(self) -> dict[str, Any]:
        """What the file says."""
        return tomllib.loads(self.text.removeprefix("\ufeff"))


class _Writer:
    """Draws pieces; every value and comment gets a number of its own."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.file = File()
        self.count = 0

    def number(self) -> int:
        self.count += 1
        return self.count

    def choice(self, *options: Any) -> Any:
        return self.draw(st.sampled_from(options))

    def raw(self) -> str:
        return str(self.choice(*RAW_VALUES)).format(n=self.number())

    def comments(self, table: Path = ()) -> None:
        """Some comments, inside `table` if one is given."""
        path = (*table, "#") if table else ()
        for _ in range(self.choice(0, 0, 1, 2)):
            text = self.choice("# about {n}", "  #{n}", "# old = {n}", "").format(n=self.number())
            self.file.pieces.append(Piece(path, text))

    def line(self, path: Path, key: str, raw: str | None = None) -> None:
        comment = str(self.choice(*COMMENT_TAILS)).format(n=self.number())
        indent, equals = self.choice("", "", "  ", "\t"), self.choice(" = ", "=", "   = ", " =\t")
        text = f"{indent}{key}{equals}{self.raw() if raw is None else raw}{comment}"
        self.file.pieces.append(Piece(path, text, comment.strip()))

    def header(self, path: Path, names: str, *, array: bool = False) -> None:
        comment = str(self.choice(*COMMENT_TAILS)).format(n=self.number())
        indent, pad = self.choice("", "", "  "), self.choice("", "", " ")
        left, right = ("[[", "]]") if array else ("[", "]")
        text = f"{indent}{left}{pad}{names}{pad}{right}{comment}"
        self.file.pieces.append(Piece(path, text, comment.strip(), is_header=True))

    def options(self, path: Path, header: str) -> None:
        """An `options` table in one of its forms; `header` is how `path` is written."""
        inner = (*path, "options")
        form = self.choice("none", "block", "block", "inline", "dotted", "array", "later")
        if form == "inline":
            self.line(inner, "options", f'{{ "a b" = {self.number()}, k.l = 1 }}')
        if form == "dotted":
            for key in ("k1", '"k 2"', "k3.deep"):
                self.line((*inner, *tomllib_path(key)), f"options.{key}")
                self.comments(path)
        if form in ("block", "later"):
            if form == "later":
                self.comments()
                self.header(("app", str(self.count)), f"app.other-{self.count}")
            self.comments(path if form == "block" else ())
            self.header(inner, f"{header}.options")
            for key in ("k1", '"k 2"'):
                self.line((*inner, *tomllib_path(key)), key)
            if self.choice(True, False):
                self.header((*inner, "deep"), f"{header} . options.deep")
                self.line((*inner, "deep", "k"), "k")
        if form == "array":
            for _ in range(2):
                self.header((*path, "rules"), f"{header}.rules", array=True)
                self.line((*path, "rules"), "when")

    def table(self, name: str) -> None:
        """A `[storage.NAME]` table."""
        path = ("storage", name)
        header = f"storage.{written_name(name)}"
        self.comments()
        self.header(path, header)
        for key in ("id", "type", "bucket", '"odd key"')[: self.choice(1, 2, 4)]:
            self.comments(path)
            self.line((*path, *tomllib_path(key)), key)
        self.options(path, header)

    def odd_tables(self, names: list[str]) -> None:
        """Tables of storage in forms other than `[storage.NAME]`, as the first of the file."""
        form = self.choice("root dotted", "storage header", "inline", "children only")
        if form == "inline":
            inner = ", ".join(f"{written_name(n)} = {{ type = 's3', n = 1 }}" for n in names)
            self.line(("storage",), "storage", f"{{ {inner} }}")
        elif form == "root dotted":
            for name in names:
                for key in ("type", "bucket"):
                    dotted = f"storage.{written_name(name)}.{key}"
                    self.line(("storage", name, key), dotted)
        elif form == "storage header":
            self.header(("storage",), "storage")
            for name in names:
                if self.choice(True, False):
                    self.line(("storage", name), written_name(name), "{ type = 's3', n = 1 }")
                else:
                    self.line(("storage", name, "type"), f"{written_name(name)}.type")
                    self.line(("storage", name, "n"), f"{written_name(name)} . n")
        else:
            for name in names:
                self.header(("storage", name, "sub"), f"storage.{written_name(name)}.sub")
                self.line(("storage", name, "sub", "k"), "k")


def written_name(name: str) -> str:
    """A name as TOML wants it."""
    if name and all(c.isascii() and (c.isalnum() or c in "_-") for c in name):
        return name
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def tomllib_path(key: str) -> Path:
    """The names of a dotted key without escapes."""
    return tuple(part.strip('"') for part in key.split("."))


@st.composite
def files(draw: st.DrawFn, *, odd: bool = False) -> File:
    """Files made of `[storage.NAME]` tables; with `odd`, of tables in other forms too."""
    writer = _Writer(draw)
    file = writer.file
    file.newlines = writer.choice(["\n"], ["\n"], ["\r\n"], ["\n", "\r\n", "\n"])
    file.bom = writer.choice(False, False, True)
    file.final_newline = writer.choice(True, True, False)
    writer.comments()
    for key in ("version", "default", "other")[: writer.choice(0, 1, 2, 3)]:
        writer.line((key,), key, "1" if key == "version" else None)
        writer.comments()
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=5))
    split = writer.choice(1, 2) if odd else 0
    if odd and names[:split]:
        writer.odd_tables(names[:split])
    inline = any(piece.path == ("storage",) and not piece.is_header for piece in file.pieces)
    for name in () if inline else names[split:]:
        if writer.choice(False, False, True):
            writer.comments()
            writer.header(("app", str(writer.count)), f"app.keys-{writer.count}")
            writer.line(("app", str(writer.count)), "new")
        writer.table(name)
    writer.comments()
    return file


keys = st.sampled_from(("id", "type", "bucket", "odd key", "prefix", "é")) | st.text(max_size=6)
scalars = (
    st.text(max_size=12)
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.booleans()
    | st.sampled_from((date(2026, 1, 2), datetime(2026, 1, 2, 3, 4, 5, 600, tzinfo=UTC)))
    | st.just('{\n  "private_key": "-----BEGIN\\n\\"x\\"\\r\\n"\n}\n')
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=5,
)


def canonical(value: object) -> object:
    """`value` so that `==` means the same data and types, NaN included."""
    if isinstance(value, dict):
        return {key: canonical(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [canonical(inner) for inner in value]
    if isinstance(value, float) and math.isnan(value):
        return "nan"
    return (type(value), str(value))
