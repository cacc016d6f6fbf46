"""What a package says about itself, for whoever looks for the right module."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

import tui

HERE = Path(tui.__file__).parent
PACKAGES = sorted(
    ".".join(p.parent.relative_to(HERE.parent).parts) for p in HERE.rglob("__init__.py")
)


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_says_what_is_in_each_of_its_modules(name: str) -> None:
    package = import_module(name)
    assert package.__doc__
    assert package.__file__
    folder = Path(package.__file__).parent
    modules = {path.name for path in folder.glob("[!_]*") if path.suffix in (".py", ".tcss")}
    folders = {f"{path.parent.name}/" for path in folder.glob("*/__init__.py")}
    assert modules | folders
    assert {each for each in modules | folders if each not in package.__doc__} == set()
