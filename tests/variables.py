"""Finds the environment variables that installed packages read, in their source."""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path


@cache
def variables(packages: tuple[str, ...], pattern: str, ends: tuple[str, ...] = ()) -> list[str]:
    """The texts in the source of packages that look like names of variables.

    Args:
        packages: their names; packages that they import are not searched.
        pattern: a regular expression for a whole name.
        ends: endings of names that the source puts together: "S3" for "AWS_ENDPOINT_URL_".
    """
    known = re.compile(pattern)
    found: set[str] = set()
    for text in {text for package in packages for text in _texts(package)}:
        if known.fullmatch(text):
            found |= {f"{text}{end}" for end in ends} if text.endswith("_") else {text}
    return sorted(found)


def _texts(package: str) -> Iterator[str]:
    spec = importlib.util.find_spec(package)
    assert spec is not None, package
    folders: Sequence[str] = spec.submodule_search_locations or ()
    for file in (file for folder in folders for file in Path(folder).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
