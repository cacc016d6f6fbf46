"""Features open each other by name: every name leads somewhere, which takes what is handed over."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import tui
from tui.app import ROUTES


def thing(name: str) -> Any:
    """What a name leads to."""
    module, _, found = ROUTES[name].partition(":")
    return getattr(import_module(module), found)


def calls() -> Iterator[tuple[str, str, int]]:
    """Each place that opens something: where that is, the name, and how much is handed over."""
    for path in sorted(Path(tui.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "open"
                and node.args
                and isinstance(node.args[0], ast.Constant)
                and not node.keywords
                and ast.unparse(node.func.value) in ("self", "self._screen")
            ):
                yield f"{path.name}:{node.lineno}", str(node.args[0].value), len(node.args) - 1


@pytest.mark.parametrize(("place", "name", "count"), calls(), ids=str)
def test_what_is_opened_takes_what_it_is_handed(place: str, name: str, count: int) -> None:
    found = thing(name)
    given = ["session"] if inspect.isclass(found) else ["screen", "session"]
    inspect.signature(found).bind(*given, *range(count))


def test_everything_that_can_be_opened_is() -> None:
    assert {name for _, name, _ in calls()} == set(ROUTES)
