"""Turns our docstrings (Google's sections, Markdown's backticks) into what Sphinx reads.

napoleon by itself would take the first words of an attribute's docstring for its type wherever
there is a colon behind them, and it knows nothing of indented code.
"""

from __future__ import annotations

import ast
import re
from ast import literal_eval
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.ext.napoleon.docstring import GoogleDocstring

import storage_core

_SECTION = re.compile(r"^(Args|Raises|Returns|Yields):$")
_CALLABLE = ("class", "exception", "function", "method", "module")


_NEW_TYPES = ("BlobPath", "Prefix")
"""Told apart by type checkers only: without this, those functions would take any text."""


def setup(app: Sphinx) -> dict[str, bool]:
    app.config.autodoc_type_aliases.update(
        {prefix + name: _ALIASES[name] for name in _ALIASES for prefix in ("", "keys.")}
        | {name: name for name in _NEW_TYPES}
    )
    app.connect("autodoc-process-docstring", _read)
    app.connect("autodoc-process-signature", _spelt_out)
    return {"parallel_read_safe": True}


def _read(_: Sphinx, what: str, __: str, ___: object, ____: object, lines: list[str]) -> None:
    marked = _with_code_marked(lines)
    if what in _CALLABLE:
        marked = str(GoogleDocstring(marked)).splitlines()
    if marked and marked[0].startswith("Alias for field number"):
        marked = []  # of a named tuple, which says no more
    lines[:] = marked


def _with_code_marked(lines: list[str]) -> list[str]:
    """An indented paragraph outside of a section is code, as in Markdown."""
    marked: list[str] = []
    text = ""
    for line in lines:
        if (
            line.startswith("    ")
            and line.strip()
            and not text.startswith(" ")
            and not _SECTION.match(text)
        ):
            marked += [".. code-block:: python", ""]
        marked.append(line)
        text = line or text
    return marked


def _aliases() -> dict[str, str]:
    """What each `X: TypeAlias = …` stands for; type checkers alone see them, so they are read."""
    found = {}
    for module in Path(storage_core.__file__).parent.rglob("*.py"):
        source = module.read_text(encoding="utf-8")
        if "TypeAlias" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            match node:
                case ast.AnnAssign(ast.Name(name), ast.Name("TypeAlias"), ast.expr() as value):
                    found[name] = ast.unparse(value)
    return found


_ALIASES = _aliases()
_SPHINX_ALIAS = re.compile(r"TypeAliasForwardRef\((.*?)\)(?= \||[,\])]|$)")
"""How Sphinx 9.0 writes an alias within a union."""
_ALIAS = re.compile(rf"(?<![\w.'\"])(?:keys\.)?({'|'.join(_ALIASES)})(?![\w.'\"(=:])")


def _spelt_out(
    _: Sphinx,
    __: str,
    ___: str,
    ____: object,
    _____: object,
    signature: str | None,
    returned: str | None,
) -> tuple[str | None, str | None]:
    """Show what a type alias stands for, since nobody can import its name."""

    def spelt(text: str | None) -> str | None:
        text = text and _SPHINX_ALIAS.sub(lambda found: literal_eval(found[1]), text)
        return text and _ALIAS.sub(lambda found: _ALIASES[found[1]], text)

    return spelt(signature), spelt(returned)
