"""Regular expressions do without what Python gets wrong up to 3.11.4, which Debian 12 has."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import storage_core
import tui

# Possessive quantifiers and atomic groups: python/cpython#106052.
WRONG = re.compile(r"(?<!\\)[*+?}]\+|\(\?>")


def texts(tree: ast.AST) -> Iterator[str]:
    """Every string and bytes literal, the fixed parts of f-strings included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
            yield node.value if isinstance(node.value, str) else node.value.decode("latin-1")


@pytest.mark.parametrize("pattern", [r"a*+b", r"a++", r"a?+", r"a{2}+", r"(?>a)"])
def test_what_is_looked_for_is_found(pattern: str) -> None:
    assert WRONG.search(pattern)


@pytest.mark.parametrize("package", [storage_core, tui], ids=lambda package: package.__name__)
def test_no_pattern_is_possessive_or_atomic(package: object) -> None:
    [root] = package.__path__  # type: ignore[attr-defined]
    found = [
        f"{path}: {text}"
        for path in Path(root).rglob("*.py")
        for text in texts(ast.parse(path.read_text(encoding="utf-8")))
        if WRONG.search(text)
    ]
    assert not found
