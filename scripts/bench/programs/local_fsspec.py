"""The same as `local_ours.py` with fsspec alone, its path given as an argument."""

import sys

from fsspec.implementations.local import LocalFileSystem

path = sys.argv[1]
files = LocalFileSystem()
files.pipe(path, bytes(1024))
assert len(files.cat(path)) == 1024
