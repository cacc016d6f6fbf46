"""Imports s3fs, even if a variable holds an invalid logging level, which would make that fail."""

from __future__ import annotations

import logging
import os
from typing import Any, Final

_LEVEL: Final = "S3FS_LOGGING_LEVEL"


def _imported() -> Any:
    level = os.environ.get(_LEVEL)
    wrong = level is not None and level not in logging.getLevelNamesMapping()
    if wrong:
        del os.environ[_LEVEL]
    try:
        import s3fs
    finally:
        if wrong:
            os.environ[_LEVEL] = str(level)
    return s3fs


s3fs: Final = _imported()
