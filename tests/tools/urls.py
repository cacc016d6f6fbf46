"""Bytes by the URL that a tool is given, through fsspec itself."""

from __future__ import annotations

from typing import Any

import fsspec


def put(url: str, data: bytes, **options: Any) -> None:
    """Store some bytes."""
    with fsspec.open(url, "wb", **options) as file:
        file.write(data)


def got(url: str, **options: Any) -> bytes:
    """What is there."""
    with fsspec.open(url, "rb", **options) as file:
        data: bytes = file.read()
    return data
