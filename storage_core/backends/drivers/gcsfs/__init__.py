"""Google Cloud Storage, through gcsfs."""

from storage_core.backends.drivers.gcsfs.driver import open_gcs

__all__ = ["open_gcs"]
