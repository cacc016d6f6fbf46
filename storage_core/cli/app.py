"""What the entry point hands to the command line from the app, which is not imported here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

OpenApp = Callable[[str | None], int]
"""Opens the app on a configuration file (None: the usual one) and returns its exit code."""

KeyMistakes = Callable[[Mapping[str, Any]], Iterable[tuple[tuple[str, ...], str]]]
"""Finds mistakes in the app's remapped keys, each with its path, in all tables of the file."""
