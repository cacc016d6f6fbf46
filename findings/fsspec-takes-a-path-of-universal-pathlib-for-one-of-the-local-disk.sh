#!/usr/bin/env bash
# fsspec 2026.9.0: fsspec.open(UPath("memory://…")) opens a local file; what is written goes to the local disk.
#
# Expected: universal_pathlib's paths are fsspec's own, each with its protocol: `fsspec.open` opens what `path.open` opens,
#           or refuses it, as the built-in `open` does.
# Seen:     of what is no text fsspec takes the attribute `path`, the part behind the protocol, and without a protocol it is
#           a local path: UPath("memory:///box/x.txt") is /box/x.txt, and UPath("s3://box/x.txt") is box/x.txt below the
#           current folder. Dask and others that hand what they get to fsspec write there as well, without a word.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install fsspec==2026.9.0 universal-pathlib==0.3.10

expect <<'OUT'
path.open: in memory
fsspec.open of the path: LocalFileSystem
fsspec.open of its text: MemoryFileSystem
written by fsspec.open: on the local disk
path.open: in memory
OUT

run <<'PY'
import os

import fsspec
from upath import UPath

path = UPath(f"memory://{os.getcwd()}/x.txt")
path.write_text("in memory")
print("path.open:", path.read_text())
print("fsspec.open of the path:", type(fsspec.open(path).fs).__name__)
print("fsspec.open of its text:", type(fsspec.open(str(path)).fs).__name__)
with fsspec.open(path, "w") as file:
    file.write("on the local disk")
with open("x.txt") as file:
    print("written by fsspec.open:", file.read())
print("path.open:", path.read_text())
PY
