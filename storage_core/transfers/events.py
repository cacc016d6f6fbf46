"""What a transfer tells: an event for each blob, and at the end how much it was in all."""

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
    """What is known of one blob."""

    outcome: Outcome
    """"planned": it is not there yet, or has to be compared; "copied", and read back; "skipped": it
    is there already; or "failed"."""

    path: str
    """Where it lies, below the location of either store."""

    size: int | None = None
    """Bytes; None where the store does not say."""

    error: StorageError | None = None
    """Why it failed."""


@dataclass(frozen=True)
class TransferTotals:
    """What a transfer comes to; its last event."""

    planned: int = 0
    """Blobs that there was something to do for."""

    copied: int = 0
    """Blobs that were copied and verified."""

    skipped: int = 0
    """Blobs that were there already."""

    failed: int = 0
    """Blobs that are not there now, or are others there than here."""

    bytes: int = 0
    """Bytes of those that were copied; where nothing is, of those that would be."""

    seconds: float = 0.0
    """How long it took."""


def failed(path: str, size: int | None, error: BaseException) -> TransferEvent:
    """The event of a blob for which something went wrong."""
    return TransferEvent("failed", path, size, plain(error))


def plain(error: BaseException) -> StorageError:
    """An error that any process can take apart: of this package's family, with its message only.

    The message of an unknown exception may hold a secret, so that its name has to do.
    """
    if not isinstance(error, StorageError):
        return StorageError(f"unexpected {type(error).__name__}; report this as a bug")
    known: Any = next(cls for cls in type(error).__mro__ if vars(errors).get(cls.__name__) is cls)
    made: StorageError = known(str(error))
    return made
