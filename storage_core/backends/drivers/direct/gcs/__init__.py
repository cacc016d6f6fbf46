"""Google Cloud Storage, by requests of our own to its JSON API."""

from storage_core.backends.drivers.direct.gcs.driver import open_gcs_direct
from storage_core.backends.drivers.direct.gcs.options import what_is_beyond

__all__ = ["open_gcs_direct", "what_is_beyond"]
