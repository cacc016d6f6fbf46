#!/usr/bin/env bash
# universal_pathlib 0.3.10: after UPath("simplecache::notes://…"), `.name` of every notes:// path lacks its first letter.
#
# Expected: a path is taken apart by the file system of its protocol, whatever a program has done before.
# Seen:     where a protocol that fsspec knows by entry point, and that has no UPath class, is met in a chain first, nothing
#           has loaded its file system yet; a parser for paths that begin with a slash is made up and kept for the
#           process. From then on `notes://box/a/x.csv` has the name ".csv", and its parent is notes:///box/a: another
#           path than notes://box/a. Without the chain, or with the file system loaded before it, both are right.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install universal-pathlib==0.3.10 fsspec==2026.9.0

cat >"$FOLDER/notes.py" <<'PY'
from fsspec.spec import AbstractFileSystem


class NotesFileSystem(AbstractFileSystem):
    """As most are: paths begin with a name, like a bucket."""

    protocol = "notes"
    root_marker = ""
PY

expect <<'OUT'
nothing before: x.csv notes://box/a
a chain before: .csv notes:///box/a
the class loaded, then a chain: x.csv notes://box/a
OUT

run <<'PY'
import subprocess
import sys

PROGRAM = """
import fsspec
from upath import UPath
fsspec.register_implementation("notes", "notes.NotesFileSystem")  # as its entry point would
{before}
path = UPath("notes://box/a/x.csv")
print(path.name, path.parent)
"""
CHAIN = 'UPath("simplecache::notes://box/a/x.csv")'
for title, before in (
    ("nothing before", ""),
    ("a chain before", CHAIN),
    ("the class loaded, then a chain", f'fsspec.get_filesystem_class("notes"); {CHAIN}'),
):
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM.format(before=before)]
    print(f"{title}:", subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip())
PY
