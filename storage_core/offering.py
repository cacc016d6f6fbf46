"""The values that a server offers for a setting: the buckets that the credentials may see.

The server is asked once, with the credentials in the settings. Call it in a thread; another thread
can cancel it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from storage_core.backends.base import LIST_ALL
from storage_core.backends.remote.limit import Cancellation, current

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage_core.declaration.configuration import StorageConfiguration
    from storage_core.declaration.setting import Setting
    from storage_core.errors import StorageError

_ANY: Final = "any-name"
"""A name in place of the bucket, which is not known yet; no request is made to it."""


def offered(
    cls: type[StorageConfiguration],
    setting: Setting,
    values: Mapping[str, Any],
    cancellation: Cancellation | None = None,
) -> tuple[str, ...]:
    """The values that the server offers for a setting, sorted; the first thousand or so.

    Args:
        cls: the storage type.
        setting: one that is `offered`.
        values: all settings, with absolute paths; the one that is asked for need not be there.
        cancellation: cancels the request from another thread.

    Raises:
        Cancelled: it was cancelled.
        InvalidSettings: another setting than this one is not valid.
        StorageError: the server cannot be reached, or does not tell.
    """
    from storage_core.declaration.validation import validated

    configuration = cls(**validated(cls, {**values, setting.name: _ANY}))
    backend = configuration.opened(timeout=configuration.timeout_for(None))
    before = current.set(cancellation)
    try:
        return tuple(sorted({*backend.places()}))
    finally:
        current.reset(before)
        backend.close()


def reason_of(error: StorageError) -> str:
    """Why a server does not tell, without the place, which is not known yet."""
    said = str(error)
    return said.partition(f" cannot {LIST_ALL}: ")[2] or said
