"""What a transfer yields: an event for each blob, and the totals at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from storage_core import errors
from storage_core.errors import StorageError

if TYPE_CHECKING:
    from typing import Any

Outcome: TypeAlias = Literal["planned", "copied", "skipped", "failed"]


@dataclass(frozen=True)
class TransferEvent:
    """What has become of one blob."""

    outcome: Outcome
    """"planned": it is not there yet, or has to be compared; "copied", and read back; "skipped": it
    is there already; or "failed"."""

    path: str
    """Its path below the location of either store."""

    size: int | None = None
    """Bytes; None where the store does not say."""

    error: StorageError | None = None
    """Why it failed."""


@dataclass(frozen=True)
class TransferTotals:
    """The totals of a transfer, which it yields last."""

    planned: int = 0
    """Blobs that had to be copied or compared."""

    copied: int = 0
    """Blobs that were copied and verified."""

    skipped: int = 0
    """Blobs that were there already."""

    failed: int = 0
    """Blobs that the target does not have now, or has with other bytes."""

    bytes: int = 0
    """Bytes of the blobs that were copied, or in a dry run, that would be."""

    seconds: float = 0.0
    """How long it took."""


def failed(path: str, size: int | None, error: BaseException) -> TransferEvent:
    """The event for a blob that could not be copied or compared."""
    return TransferEvent("failed", path, size, plain(error))


def plain(error: BaseException) -> StorageError:
    """An error that any process can unpickle: one of this package's, with its message only.

    The message of an unknown exception may hold a secret, so only its name is kept.
    """
    if not isinstance(error, StorageError):
        return StorageError(f"unexpected {type(error).__name__}; report this as a bug")
    known: Any = next(cls for cls in type(error).__mro__ if vars(errors).get(cls.__name__) is cls)
    made: StorageError = known(str(error))
    return made
