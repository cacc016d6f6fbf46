"""The same as `cold_ours.py` on Local Storage with fsspec alone, its path given as an argument."""

import sys

from fsspec.implementations.local import LocalFileSystem

path = sys.argv[1]
files = LocalFileSystem()
files.pipe_file(path, bytes(1024))
assert len(files.cat_file(path)) == 1024
