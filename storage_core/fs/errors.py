"""Errors of two families: ours, and those that fsspec's callers know (`FileNotFoundError` …).

Made in one place, from what a backend raises: each says the same, has the same cause, and comes
whole out of a pickle. Only what is not there is a `FileNotFoundError`: tools take that for an empty
answer, which an unknown name or a refused credential must never be.
"""

from __future__ import annotations

import errno
from contextlib import contextmanager
from io import UnsupportedOperation as NotInIO
from typing import TYPE_CHECKING, Final

from storage_core.errors import (
    AccessDenied,
    BlobExists,
    BlobNotFound,
    BulkError,
    ConfigConflict,
    ConfigurationError,
    IntegrityError,
    InvalidKey,
    StorageError,
    StorageNotFound,
    StorageUnavailable,
    UnsupportedOperation,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


class FileFailed(StorageError, OSError):
    """Anything else that goes wrong."""

    errno = errno.EIO


class SomeFailed(BulkError, OSError):
    """Some of many failed."""

    errno = errno.EIO


class FileMissing(BlobNotFound, FileNotFoundError):
    """Nothing is there."""

    errno = errno.ENOENT


class FileTaken(BlobExists, FileExistsError):
    """Something is there that must not be replaced."""

    errno = errno.EEXIST


class FileDenied(AccessDenied, PermissionError):
    """Who asks may not."""

    errno = errno.EACCES


class IsFolder(AccessDenied, IsADirectoryError):
    """A folder stands where a blob is wanted."""

    errno = errno.EISDIR


class NoFolder(ConfigurationError, NotADirectoryError):
    """A blob stands where a folder is wanted."""

    errno = errno.ENOTDIR


class FolderInTheWay(ConfigurationError, IsADirectoryError):
    """A folder stands where a blob is wanted, and whoever asks could have known."""

    errno = errno.EISDIR


class PathInvalid(InvalidKey, ValueError):
    """No blob can have this path."""


class SettingsWrong(ConfigurationError, OSError, ValueError):
    """The configuration, or what it names, is wrong."""

    errno = errno.EINVAL


class NameUnknown(StorageNotFound, OSError, ValueError):
    """No configuration has this name."""

    errno = errno.EINVAL


class Conflict(ConfigConflict, OSError):
    """The configuration file changed at the same moment."""

    errno = errno.EAGAIN


class Unreachable(StorageUnavailable, ConnectionError):
    """No answer, or none that is one."""

    errno = errno.EIO


class TooLate(StorageUnavailable, TimeoutError):
    """No answer in time."""

    errno = errno.ETIMEDOUT


class Damaged(IntegrityError, OSError):
    """Other bytes than those that were written, or opened."""

    errno = errno.EIO


class NotSupported(UnsupportedOperation, NotInIO, NotImplementedError):
    """The place cannot do this, or must not."""

    errno = errno.ENOTSUP


_OF_BOTH: Final[tuple[tuple[type[StorageError], type[StorageError]], ...]] = (
    (BlobNotFound, FileMissing),
    (BlobExists, FileTaken),
    (AccessDenied, FileDenied),
    (InvalidKey, PathInvalid),
    (StorageNotFound, NameUnknown),
    (ConfigurationError, SettingsWrong),
    (ConfigConflict, Conflict),
    (StorageUnavailable, Unreachable),
    (IntegrityError, Damaged),
    (UnsupportedOperation, NotSupported),
    (BulkError, SomeFailed),
    (StorageError, FileFailed),
)
"""For each class of ours, the nearest first, the one that is of both families."""


_BY_CAUSE: Final[tuple[tuple[type[StorageError], type[BaseException], type[StorageError]], ...]] = (
    (AccessDenied, IsADirectoryError, IsFolder),
    (ConfigurationError, IsADirectoryError, FolderInTheWay),
    (ConfigurationError, NotADirectoryError, NoFolder),
    (StorageUnavailable, TimeoutError, TooLate),
)
"""Those that say more than their class, by what they were caused by."""


@contextmanager
def both_families() -> Iterator[None]:
    """Raise what is raised inside as an error of both families."""
    try:
        yield
    except StorageError as error:
        if isinstance(error, OSError | ValueError):
            raise
        raise translated(error) from error.__cause__


def translated(error: StorageError) -> StorageError:
    """The error of both families that says the same."""
    cause = error.__cause__
    cls = next(
        (
            both
            for ours, theirs, both in _BY_CAUSE
            if isinstance(error, ours) and isinstance(cause, theirs)
        ),
        None,
    ) or next(both for ours, both in _OF_BOTH if isinstance(error, ours))
    made = cls(*error.args)
    vars(made).update(vars(error))
    made.__cause__ = cause
    return made
