"""Earlier versions of the configuration file, which can be restored."""

from storage_core.config.history.kept import (
    KEPT,
    Version,
    files,
    find,
    keep,
    readable,
    restore,
    saved,
    text_of,
    versions,
    versions_with_changes,
)

__all__ = [
    "KEPT",
    "Version",
    "files",
    "find",
    "keep",
    "readable",
    "restore",
    "saved",
    "text_of",
    "versions",
    "versions_with_changes",
]
