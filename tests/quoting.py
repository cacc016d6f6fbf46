"""Writes paths into texts: a test's own folder may have blanks, quotation marks and `$` in it."""

from __future__ import annotations

import json
from pathlib import Path


def in_toml(path: Path | str) -> str:
    """A TOML string with this path, quoted."""
    return json.dumps(str(path), ensure_ascii=False)
