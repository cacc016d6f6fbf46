"""A small real KV server for testing, persistent on disk.

It speaks the protocol of `storage_core.backends.drivers.kv.protocol` and keeps its values with the
backend of Local Storage, so that a value is on the disk before the client is told so.

    server.py     connections; starting and stopping
    handler.py    the requests of one connection
    head.py       the lines of a request's head
    visitors.py   refuses requests that come from web pages
    wire.py       a socket with a time limit over many reads
    json_text.py  checks that a body is JSON, in bounded memory
"""

from storage_core.kv_server.server import KVServer, exposure, serve

__all__ = ["KVServer", "exposure", "serve"]
