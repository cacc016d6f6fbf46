"""Finds where a package uses names that others mean to be private."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from functools import cache
from textwrap import dedent
from types import ModuleType
from typing import Final, NamedTuple

DOCUMENTED: Final = frozenset(
    {"_asdict", "_exit", "_fields", "_make", "_replace", "_thread", "_typeshed"}
)
"""Names that begin with an underscore and are public all the same."""

MADE_BY_PYTHON: Final = frozenset({"_abc_impl", "_is_protocol"})
"""What `abc` and `typing` put into classes of their kind."""


class Use(NamedTuple):
    """A private name of another package's, and the module that uses it."""

    name: str
    module: str


def uses(package: ModuleType) -> set[Use]:
    """All uses in the modules of a package."""
    names = [
        each.name
        for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        if not each.name.endswith("__main__")
    ]
    trees = {name: ast.parse(inspect.getsource(importlib.import_module(name))) for name in names}
    ours = set().union(*map(_defined, trees.values()))
    found = set()
    for name, tree in trees.items():
        here = _defined(tree)
        for node in ast.walk(tree):
            found |= {Use(each, name) for each in _reached(node, ours, here, package.__name__)}
        found |= {Use(each, name) for each in _overridden(importlib.import_module(name))}
    return found


def _is_private(name: str) -> bool:
    plain = name.lstrip("_")
    return (
        name.startswith("_")
        and not name.startswith("__")
        and plain != ""
        and name not in DOCUMENTED
    )


def _defined(tree: ast.AST) -> set[str]:
    """What a module gives a name to, whatever it is."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and _is_self(node):
            found.add(node.attr)
    return found


def _is_self(node: ast.Attribute) -> bool:
    value = node.value
    if isinstance(value, ast.Call):
        value = value.func
    return isinstance(value, ast.Name) and value.id in ("self", "cls", "super")


def _reached(node: ast.AST, ours: set[str], here: set[str], package: str) -> Iterator[str]:
    """Private names that one node of a module reaches for, and that are not the package's."""
    if isinstance(node, ast.Attribute) and _is_private(node.attr):
        # On another object than itself a module uses only what it defines.
        if node.attr not in (ours if _is_self(node) else here):
            yield node.attr
    elif isinstance(node, ast.Import):
        for each in node.names:
            yield from filter(_is_private, each.name.split("."))
    elif isinstance(node, ast.ImportFrom) and node.module:
        if node.module.split(".")[0] != package:
            yield from filter(_is_private, node.module.split("."))
            yield from (each.name for each in node.names if _is_private(each.name))
    elif isinstance(node, ast.Call) and _is_by_name(node):
        yield from filter(_is_private, [_text(node.args[1])])


def _is_by_name(call: ast.Call) -> bool:
    """Whether an attribute is reached by a text: `getattr(it, "_name")`."""
    function = call.func
    named = isinstance(function, ast.Name) and function.id in ("getattr", "hasattr", "setattr")
    return named and len(call.args) > 1


def _text(node: ast.expr) -> str:
    """A text as far as it stands in the source, with a `*` where it does not."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(map(_text, node.values))
    return "*"


def _overridden(module: ModuleType) -> Iterator[str]:
    """Private names that a class has, and a class of another package that it inherits from too."""
    package = module.__name__.split(".")[0]
    for cls in vars(module).values():
        if not (inspect.isclass(cls) and cls.__module__ == module.__name__):
            continue
        own = _of(cls)
        for base in cls.__mro__[1:]:
            if base.__module__.split(".")[0] == package:
                continue
            if base.__module__ in ("abc", "enum", "typing"):
                own -= _of(base)  # What they make of a class.
            yield from own & _of(base)


@cache
def _of(cls: type) -> frozenset[str]:
    """The private names that a class defines, and those that its methods set."""
    try:
        tree = ast.parse(dedent(inspect.getsource(cls)))
    except (OSError, TypeError, SyntaxError):
        return frozenset(filter(_is_private, vars(cls))) - MADE_BY_PYTHON
    return frozenset(filter(_is_private, _defined(tree)))
