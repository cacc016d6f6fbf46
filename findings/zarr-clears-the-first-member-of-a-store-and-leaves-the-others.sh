#!/usr/bin/env bash
# zarr 3.1.6: `FsspecStore.clear()` removes the first group or array, and leaves all the others, without a word.
#
# Expected: "Remove all keys and values from the store", as it says and as LocalStore and MemoryStore do.
# Seen:     with folders listed besides what is in them, the first one is removed with all below it; the next name on the
#           list is one that has just gone, and the FileNotFoundError of removing it, which is caught around the whole
#           loop, ends it. So on memory://, on local files and, with more servers, on S3.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install zarr==3.1.6 fsspec==2026.9.0

expect <<'OUT'
MemoryStore: []
LocalStore: []
FsspecStore memory://: ['b/v/c/0', 'b/v/zarr.json', 'b/zarr.json', 'zarr.json']
FsspecStore local://: ['b/v/c/0', 'b/v/zarr.json', 'b/zarr.json', 'zarr.json']
OUT

run <<'PY'
import asyncio

import zarr
from zarr.storage import FsspecStore, LocalStore, MemoryStore


async def rest(store):
    await store.clear()
    return sorted([name async for name in store.list()])


for title, store in (
    ("MemoryStore", MemoryStore()),
    ("LocalStore", LocalStore("plain.zarr")),
    ("FsspecStore memory://", FsspecStore.from_url("memory://box/g.zarr")),
    (
        "FsspecStore local://",
        FsspecStore.from_url("local://g.zarr", storage_options={"auto_mkdir": True}),
    ),
):
    group = zarr.open_group(store, mode="w")
    for name in "ab":
        group.create_group(name).create_array("v", shape=1, chunks=1, dtype="i4")[:] = 1
    print(f"{title}:", asyncio.run(rest(store)))
PY
