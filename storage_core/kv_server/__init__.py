"""A small real KV server for testing, persistent on disk.

It speaks the protocol of `storage_core.backends.drivers.kv.protocol` and keeps its values with the
backend of Local Storage, so that a value is on the disk before the client is told so:

    server.py     which connections there are, and how everything starts and stops
    handler.py    one request after the other on a connection
    visitors.py   which requests come from web pages, and are refused
    wire.py       its socket, with a time limit over many reads
    json_text.py  whether a body is JSON, in bounded memory
"""

from storage_core.kv_server.server import KVServer, exposure, serve

__all__ = ["KVServer", "exposure", "serve"]
