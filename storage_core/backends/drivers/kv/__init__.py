"""Blobs on a KV server: the protocol of DESIGN section 4, and the backend that speaks it.

Opened by the storage type `kv`. `storage_core.kv_server` serves the same protocol.
"""

from storage_core.backends.drivers.kv.client import KVBackend

__all__ = ["KVBackend"]
