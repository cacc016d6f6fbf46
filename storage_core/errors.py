"""Every error that `storage_core` raises: one family under `StorageError`.

A driver's own exception is never what a caller has to catch; it is kept as `__cause__`.

Each message is one line that says what happened, where, and what to do, and never holds a secret.
"""

from __future__ import annotations

TYPE_CHECKING = False  # As in `storage_core`: no `typing`.
if TYPE_CHECKING:
    from collections.abc import Sequence


class StorageError(Exception):
    """Base class of every error raised by `storage_core`."""

    while_signing_in: bool = False
    """Whether it is about the credentials, not the operation: there are none, or unknown ones."""

    while_connecting: bool = False
    """Whether it is about reaching the server: a proxy, or a certificate."""

    while_creating: bool = False
    """Whether only creating the place failed, which does not exist yet."""


class ConfigurationError(StorageError):
    """The configuration, or what it names (a bucket, a reference, a folder), is wrong."""


class StorageNotFound(ConfigurationError):
    """No storage configuration has this name or ID."""


class ConfigConflict(StorageError):
    """The change conflicts with the file: the name is taken, or the file has just changed."""


class InvalidKey(StorageError):
    """A key is not of the form `KIND/NAME`."""


class BlobNotFound(StorageError):
    """The store holds no blob under this key."""


class BlobExists(StorageError):
    """The store already holds a blob under the key that the caller chose."""


class AccessDenied(StorageError):
    """The storage refused the credentials, or the operating system refused access."""


class StorageUnavailable(StorageError):
    """The storage did not answer, or not properly, before the deadline."""


class IntegrityError(StorageError):
    """The bytes that were read are not the bytes that were written."""


class UnsupportedOperation(StorageError):
    """This storage cannot do what was asked, for example because its server cannot list."""


class BulkError(StorageError):
    """Some blobs of many could not be written or read; the others were."""

    results: Sequence[str | Exception] = ()
    """For each blob, in the order in which they were given: its key, or its error."""
