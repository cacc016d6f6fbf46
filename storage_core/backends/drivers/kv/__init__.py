"""A KV server: the client's half of the protocol of DESIGN section 4, over aiohttp.

`storage_core.kv_server` serves the same protocol.
"""

from storage_core.backends.drivers.kv.driver import open_kv

__all__ = ["open_kv"]
