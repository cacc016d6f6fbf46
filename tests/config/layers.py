"""Layers for tests: files with a few Local Storages, and where a name leads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from storage_core import ConfigFile

Write = Callable[..., Path]


def location(file: ConfigFile, ref: str | None = None) -> str:
    """Where `ref` leads; the library's two ways have to agree."""
    found = file.get(ref)
    assert found is not None
    if ref is not None:
        assert file.load().find(ref).opened() == found
    return found.location
