"""Errors of two families: ours, and those that fsspec's callers know (`FileNotFoundError` …).

They are made in one place, from what a backend raises: each has the same message and cause, and can
be pickled. Only a path that does not exist is a `FileNotFoundError`: tools take that for an empty
result, which an unknown name or refused credentials must never be.
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
    """Any other failure."""

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
    """Access is refused."""

    errno = errno.EACCES


class IsFolder(AccessDenied, IsADirectoryError):
    """There is a folder where a blob is wanted."""

    errno = errno.EISDIR


class NoFolder(ConfigurationError, NotADirectoryError):
    """There is a blob where a folder is wanted."""

    errno = errno.ENOTDIR


class FolderInTheWay(ConfigurationError, IsADirectoryError):
    """There is a folder where a blob is wanted; the backend reports it as a wrong setting."""

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
    """No answer, or not a valid one."""

    errno = errno.EIO


class TooLate(StorageUnavailable, TimeoutError):
    """No answer in time."""

    errno = errno.ETIMEDOUT


class Damaged(IntegrityError, OSError):
    """The bytes are not those that were written, or that the file had when it was opened."""

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
"""For each class of ours, subclasses first, the class of both families."""


_BY_CAUSE: Final[tuple[tuple[type[StorageError], type[BaseException], type[StorageError]], ...]] = (
    (AccessDenied, IsADirectoryError, IsFolder),
    (ConfigurationError, IsADirectoryError, FolderInTheWay),
    (ConfigurationError, NotADirectoryError, NoFolder),
    (StorageUnavailable, TimeoutError, TooLate),
)
"""Classes of both families for errors whose cause says more than their own class."""


@contextmanager
def both_families() -> Iterator[None]:
    """Raise errors from inside the block as errors of both families."""
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
