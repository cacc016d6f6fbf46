"""The forms that configurations can be written in: a module each, of the form's name.

Each module has

    LABEL: str                                 what it is, for a list of them
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
    """A form that configurations can be written in."""

    LABEL: str

    def written(self, chosen: Chosen) -> Written:
        """The text, and what is not in it."""


def form_named(name: str) -> Form:
    """The form of one of `NAMES`; its module is loaded only now.

    Raises:
        ValueError: there is none of this name.
    """
    if name not in NAMES:
        raise ValueError(f"no form is called {name[:40]!r}; there are {', '.join(NAMES)}")
    return cast("Form", import_module(f"storage_core.exporting.forms.{name}"))
