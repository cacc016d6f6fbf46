"""Finds what is new in TOML 1.1, which `tomllib` refuses up to Python 3.14.

Newer versions of it, and other programs, read such a file. Here it is an error on every Python, and
says what to write instead: the same file must work for everybody who uses it.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_TOKEN: Final = re.compile(
    # As in scan.py: nothing can be repeated in two ways, and few repetitions are remembered.
    r'''(?P<text>"""[^"\\]*(?:(?:\\.|"{1,2}(?!"))[^"\\]*)*"{3,5}|"[^"\\\n]*(?:\\.[^"\\\n]*)*")'''
    r"""|(?P<literal>'''[^']*(?:'{1,2}(?!')[^']*)*'{3,5}|'[^'\n]*')"""
    r"""|(?P<comment>\#[^\n]*)|(?P<newline>\r?\n)|(?P<bracket>[][{}])|(?P<comma>,)"""
    r"""|(?P<bare>[^\s\#"'\[\]{},=]+)|(?P<other>.)""",
    re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\(?:e|x([0-9A-Fa-f]{2})|.)", re.DOTALL)
_SHORT_TIME: Final = re.compile(
    r"((?:\d{4}-\d\d-\d\d[Tt])?\d\d:\d\d)([Zz]|[+-]\d\d:\d\d)?", re.ASCII
)
_OPENS: Final = {"]": "[", "}": "{"}

_ON_ONE_LINE: Final = "write it on one line, or as a table with a header of its own"


class Newer(NamedTuple):
    """The first thing in a text that only TOML 1.1 has."""

    line: int
    what: str
    instead: str
    rest: str
    """The whole text without the syntax of TOML 1.1; its lines do not match the original's."""

    closed: bool
    """Whether every bracket of the text is closed."""

    def __str__(self) -> str:
        return f"{self.what} is TOML 1.1, and TOML 1.0 is read here; {self.instead}"


def newer_syntax(text: str) -> Newer | None:
    """The first thing in `text` that is new in TOML 1.1, or None. The text need not be TOML."""
    found: tuple[int, str, str] | None = None
    pieces: list[str] = []
    stack: list[str] = []
    closed = True
    comma: int | None = None
    """Where in `pieces` the last comma is, while nothing but blanks has followed."""

    for match in _TOKEN.finditer(text):
        token, kind, here = match[0], match.lastgroup, None
        inline = stack[-1:] == ["{"]
        written = token
        if kind == "text":
            written, here = _old_text(token)
        elif kind == "bare" and (time := _SHORT_TIME.fullmatch(token)):
            written = f"{time[1]}:00{time[2] or ''}"
            here = ("a time without seconds", "write them too, such as 07:32:00")
        elif kind == "newline" and inline:
            written, here = " ", ("a line break inside { }", _ON_ONE_LINE)
        elif kind == "comment" and inline:
            written, here = "", ("a comment inside { }", "put it above the table")
        elif token in ("[", "{"):
            stack.append(token)
        elif kind == "bracket":
            closed = closed and bool(stack) and stack.pop() == _OPENS[token]
            if token == "}" and comma is not None:
                pieces[comma] = ""
                here = ("a comma before }", "leave it out")
        if here and found is None:
            found = (match.start(), *here)
        if kind == "comma":
            comma = len(pieces) if inline else None
        elif not (kind in ("newline", "comment") or token.isspace()):
            comma = None
        pieces.append(written)
    if found is None:
        return None
    at, what, instead = found
    return Newer(text.count("\n", 0, at) + 1, what, instead, "".join(pieces), closed and not stack)


def _old_text(token: str) -> tuple[str, tuple[str, str] | None]:
    """A text with the escapes of TOML 1.0, and the first newer one that it had."""
    here: tuple[str, str] | None = None

    def old(match: re.Match[str]) -> str:
        nonlocal here
        if match[0] == r"\e":
            here = here or (r"\e in a text", r"write \u001b")
            return r"\u001b"
        if match[1]:
            here = here or (r"\x in a text", r"write \u00 and its two digits, such as \u00e9")
            return rf"\u00{match[1]}"
        return match[0]

    return _ESCAPE.sub(old, token), here
