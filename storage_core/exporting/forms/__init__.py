"""The forms in which configurations can be written: for each a module with its name.

Each module has

    LABEL: str                                 what the form is, for a list of forms
    def written(chosen: Chosen) -> Written     the text, or `ConfigurationError` that says what
                                               cannot be expressed
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final, Protocol, cast

if TYPE_CHECKING:
    from storage_core.exporting.chosen import Chosen, Written

NAMES: Final = ("toml", "env", "json", "rclone", "fsspec", "msc", "python")


class Form(Protocol):
    """A form in which configurations can be written."""

    LABEL: str

    def written(self, chosen: Chosen) -> Written:
        """Write the text, and notes on what is not in it."""


def form_named(name: str) -> Form:
    """Load the form with one of `NAMES`.

    Raises:
        ValueError: no form has this name.
    """
    if name not in NAMES:
        raise ValueError(f"no form is called {name[:40]!r}; there are {', '.join(NAMES)}")
    return cast("Form", import_module(f"storage_core.exporting.forms.{name}"))
