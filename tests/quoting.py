"""Quotes paths in texts: the folder of a test may have blanks, quotation marks and `$` in it."""

from __future__ import annotations

import json
from pathlib import Path


def in_toml(path: Path | str) -> str:
    """The path as a quoted TOML string."""
    return json.dumps(str(path), ensure_ascii=False)
