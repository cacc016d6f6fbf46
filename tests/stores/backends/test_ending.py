"""How a process ends that has used a store: silently, at once, and without harm to its parent."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import storage_core
from storage_core import StorageConfiguration
from tests.stores.backends.test_large_blobs import KINDS, configuration

__all__ = ["configuration"]

PROGRAM = """
import os, pickle, sys
store = pickle.loads(sys.stdin.buffer.read())
key = store.write(b"data")
"""
ENDINGS = {
    "keeping it": "store.read(key)",
    "dropping it": "del store",
    "closing it twice": "store.close(); store.read(key); store.close()",
    "in a fork that has used it": """
if not os.fork():
    store.read(key)
    sys.exit()
assert os.wait()[1] == 0
assert store.read(key) == b"data"
""",
    "in a fork that has not": """
if not os.fork():
    sys.exit()
assert os.wait()[1] == 0
assert store.read(key) == b"data"
""",
    "with an exception": "raise SystemExit(0)",
}


@pytest.mark.parametrize("configuration", KINDS, indirect=True)
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_process_ends_without_a_word(
    configuration: StorageConfiguration, ending: str, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM + ENDINGS[ending]],
        input=pickle.dumps(storage_core.open_store(configuration)),
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
