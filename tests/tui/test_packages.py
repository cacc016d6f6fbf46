"""What a package says about itself, for whoever looks for the right module."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

import tui
from tui import kit


@pytest.mark.parametrize("package", [tui, kit], ids=lambda each: each.__name__)
def test_a_package_says_what_is_in_each_of_its_modules(package: ModuleType) -> None:
    assert package.__doc__
    assert package.__file__
    modules = {path.name for path in Path(package.__file__).parent.glob("[!_]*.py")}
    assert modules
    assert {name for name in modules if name not in package.__doc__} == set()
