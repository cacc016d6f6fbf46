"""What the entry point hands to the command line from the app, which is not imported here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

OpenApp = Callable[[str | None], int]
"""Opens the full-screen app on a configuration file (None: the usual one); gives its exit code."""

KeyMistakes = Callable[[Mapping[str, Any]], Iterable[tuple[tuple[str, ...], str]]]
"""From all tables of the file: what the app does not take of the keys remapped there, each with
the path of what it is about."""
