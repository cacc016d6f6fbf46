"""Google Cloud Storage, by requests of our own to its JSON API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from storage_core.backends.drivers.direct.gcs.options import what_is_beyond

if TYPE_CHECKING:
    from storage_core.backends.drivers.direct.gcs.driver import open_gcs_direct

__all__ = ["open_gcs_direct", "what_is_beyond"]


def __getattr__(name: str) -> Any:
    """Import what opens a bucket only when it is needed: checking options does not need it."""
    if name == "open_gcs_direct":
        from storage_core.backends.drivers.direct.gcs.driver import open_gcs_direct

        return open_gcs_direct
    raise AttributeError(name)
