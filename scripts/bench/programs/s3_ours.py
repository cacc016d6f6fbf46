"""Open a storage by name, write 1 KiB and read it back."""

import sys

import storage_core

store = storage_core.get_store(sys.argv[1])
key = store.write(bytes(1024))
assert len(store.read(key)) == 1024
