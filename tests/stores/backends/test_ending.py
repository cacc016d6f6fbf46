"""How a process ends that has used a store: silently, at once, and without harm to its parent."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from secrets import token_hex

import pytest

import storage_core
from storage_core import (
    AzureBlobStorage,
    FileStorage,
    GoogleCloudStorage,
    KVServerStorage,
    S3Storage,
    StorageConfiguration,
)
from tests.children import FORKING
from tests.engines import both
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
        [sys.executable, *FORKING, "-c", PROGRAM + ENDINGS[ending]],
        input=pickle.dumps(storage_core.open_store(configuration)),
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


NO_NAME_SERVER = """
import pickle, socket, sys, threading
socket.getaddrinfo = lambda *args, **options: threading.Event().wait(60)
try:
    pickle.loads(sys.stdin.buffer.read()).read("results/x")
except Exception as error:
    sys.exit(type(error).__name__)
"""
NOWHERE = "storage.example"
UNKNOWN = [
    S3Storage(
        bucket="team",
        aws_access_key_id="A" * 20,
        aws_secret_access_key=token_hex(20),
        endpoint_url=f"http://{NOWHERE}",
    ),
    GoogleCloudStorage(bucket="team", endpoint_url=f"http://{NOWHERE}", options={"token": "anon"}),
    AzureBlobStorage(
        container="team",
        connection_string=f"AccountName=a;AccountKey=eHh4;BlobEndpoint=http://{NOWHERE}/a;",
    ),
    KVServerStorage(api_address=f"http://{NOWHERE}"),
    *(
        FileStorage(base_path=f"{scheme}://{NOWHERE}/folder")
        for scheme in ("ftp", "sftp", "webdav", "http")
    ),
]


@both
@pytest.mark.parametrize("configuration", UNKNOWN, ids=lambda given: given.location)
def test_a_process_ends_at_once_also_where_no_name_server_answers(
    configuration: StorageConfiguration,
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", NO_NAME_SERVER],
        input=pickle.dumps(storage_core.open_store(configuration, timeout=0.5)),
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, b"StorageUnavailable\n")
