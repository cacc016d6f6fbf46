"""Types of the functions that the entry point takes from the app, which is not imported here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

OpenApp = Callable[[str | None], int]
"""Opens the app on a configuration file (None: the usual one) and returns its exit code."""

KeyMistakes = Callable[[Mapping[str, Any]], Iterable[tuple[tuple[str, ...], str]]]
"""Takes all tables of the file, and yields the path and text of each mistake in remapped keys."""
