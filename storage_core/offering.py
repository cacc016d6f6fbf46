"""What a server has to offer for a setting: the names of the buckets that who signs in may see.

It asks the server, once and with the credentials that the settings hold. Call it in a thread; from
another one that can be cancelled.
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
"""Stands for the place that is not known yet; nothing is asked of it."""


def offered(
    cls: type[StorageConfiguration],
    setting: Setting,
    values: Mapping[str, Any],
    cancellation: Cancellation | None = None,
) -> tuple[str, ...]:
    """The values that the server knows for a setting, in order; the first thousand or so.

    Args:
        cls: the storage type.
        setting: one that is `offered`.
        values: all settings, with absolute paths; the one that is asked for need not be there.
        cancellation: ends the question from another thread.

    Raises:
        Cancelled: it was ended.
        InvalidSettings: they cannot be saved, apart from that one.
        StorageError: the server cannot be reached, or does not say.
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
    """Why a server does not say, without the place, which is not known yet."""
    said = str(error)
    return said.partition(f" cannot {LIST_ALL}: ")[2] or said
