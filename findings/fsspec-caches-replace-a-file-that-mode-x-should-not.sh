#!/usr/bin/env bash
# fsspec 2026.9.0: through simplecache and filecache, open(path, "xb") replaces the file that is there.
#
# Expected: FileExistsError, and the old file as it was, as in the file system below: "x" is how two writers are kept from
#           replacing each other's file, and simplecache:: is put in front of a URL for all modes.
# Seen:     the new file is written to a temporary one, which is then put over the old one; nobody has asked whether one is
#           there. pipe_file(mode="create") does the same through simplecache. blockcache hands writing on, and raises.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install fsspec==2026.9.0

expect <<'OUT'
memory, opened: FileExistsError, first
memory, piped: FileExistsError, first
simplecache, opened: no error, second
simplecache, piped: no error, second
filecache, opened: no error, second
filecache, piped: FileExistsError, first
blockcache, opened: FileExistsError, first
blockcache, piped: FileExistsError, first
OUT

run <<'PY'
import fsspec

memory = fsspec.filesystem("memory")


def opened(fs):
    with fs.open("/box/lock", "xb") as file:
        file.write(b"second")


def piped(fs):
    fs.pipe_file("/box/lock", b"second", mode="create")


for name in ("memory", "simplecache", "filecache", "blockcache"):
    fs = memory if name == "memory" else fsspec.filesystem(name, fs=memory, cache_storage=name)
    for write in (opened, piped):
        memory.pipe_file("/box/lock", b"first")
        try:
            write(fs)
            raised = "no error"
        except FileExistsError:
            raised = "FileExistsError"
        print(f"{name}, {write.__name__}: {raised}, {memory.cat_file('/box/lock').decode()}")
PY
