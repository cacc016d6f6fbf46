"""A large file to the default storage (`up FILE KEY`) and back (`down FILE KEY`), or `idle`."""

import sys

import storage_core

way, *rest = sys.argv[1:]
store = storage_core.get_store()
if way == "idle":
    store.read(store.write(bytes(1024)))
elif way == "up":
    store.write_file(rest[0], key=rest[1])
else:
    store.read_file(rest[1], rest[0])
