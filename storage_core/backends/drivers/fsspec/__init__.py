"""All other file systems that fsspec knows; FTP and WebDAV with what fsspec's own lack."""

from storage_core.backends.drivers.fsspec.driver import open_fsspec

__all__ = ["open_fsspec"]
