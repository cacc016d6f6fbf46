"""Which options of gcsfs matter to the requests of the engine `direct`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_UNDERSTOOD: Final = frozenset({"endpoint_url", "project", "requester_pays", "token"})

_WITHOUT_EFFECT: Final = frozenset(
    {
        *("block_size", "cache_timeout", "check_connection", "consistency", "default_location"),
        *("secure_serialize", "timeout", "version_aware"),
    }
)
"""Options that change no request of the other engine either, since gcsfs only makes its session."""


def what_is_beyond(options: Mapping[str, Any]) -> list[str]:
    """The options that only gcsfs understands.

    Args:
        options: of a configuration.
    """
    return [name for name in options if name not in _UNDERSTOOD | _WITHOUT_EFFECT]
