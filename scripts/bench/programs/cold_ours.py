"""Open the default storage, write 1 KiB and read it back."""

import storage_core

store = storage_core.get_store()
key = store.write(bytes(1024))
assert len(store.read(key)) == 1024
