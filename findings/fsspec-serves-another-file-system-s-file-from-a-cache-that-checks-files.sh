#!/usr/bin/env bash
# fsspec 2026.9.0: with check_files=True too, filecache serves one file system the file that another one has at that path.
#
# Expected: check_files=True, "whether to explicitly see if the UID of the remote file matches the stored one before using",
#           makes one cache_storage safe for two file systems that have the same paths: two S3 servers, two accounts, or
#           two folders as here. What belongs to another one does not match, and is fetched again.
# Seen:     the one that comes second finds that it does not match, and puts its file over the other's, since both get the
#           name that the path alone gives. The first one still remembers the UID, finds that its remote file has not
#           changed, and serves what lies there: the other's bytes. A cache_storage for each helps.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install fsspec==2026.9.0

expect <<'OUT'
filecache: one two two
blockcache: one two two
filecache, a folder for each: one two one
blockcache, a folder for each: one two one
OUT

run <<'PY'
import os

import fsspec

for name in ("one", "two"):
    os.mkdir(name)
    with open(f"{name}/x", "w") as file:
        file.write(name)


def cached(cache, name, folder):
    target = fsspec.filesystem("dir", path=os.path.abspath(name), target_protocol="file")
    return fsspec.filesystem(cache, fs=target, cache_storage=folder, check_files=True)


for title, folders in (("", ("a", "a")), (", a folder for each", ("b", "c"))):
    for cache in ("filecache", "blockcache"):
        one, two = (
            cached(cache, name, f"{cache}-{folder}")
            for name, folder in zip(("one", "two"), folders, strict=True)
        )
        print(f"{cache}{title}:", *(fs.open("x").read().decode() for fs in (one, two, one)))
PY
