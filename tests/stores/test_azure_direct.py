"""What only the engine `direct` does on Azure: blocks side by side, and next to nothing loaded."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from io import BytesIO
from pathlib import Path

import pytest

from storage_core import AccessDenied, AzureBlobStorage, BlobNotFound, ConfigurationError
from storage_core.backends.drivers.direct.azure import what_is_beyond
from storage_core.backends.drivers.direct.azure.session import PART_SIZE
from storage_core.blobpath import blob_path
from storage_core.opening import open_store
from tests.engines import open_azure
from tests.quoting import in_toml
from tests.servers.azurite import AzureServer
from tests.servers.front import Asked, Reply, front_of

PATH = blob_path("results/large")
NEEDLESS = (
    *("azure", "adlfs", "aiohttp", "asyncio", "requests", "urllib3", "msal", "fsspec"),
    *("xml", "pyexpat", "email", "http", "logging", "secrets", "json", "stringprep"),
)


def test_a_worker_that_writes_and_reads_loads_no_library_of_azures(
    azure_server: AzureServer, tmp_path: Path
) -> None:
    config = tmp_path / "storage.toml"
    config.write_text(
        f'[storage.a]\ntype = "azure"\nengine = "direct"\n'
        f"container = {in_toml(azure_server.new_container())}\n"
        f"connection_string = {in_toml(azure_server.connection_string)}\n"
    )
    program = """
import sys
before = {*sys.modules}
import storage_core
with storage_core.get_store("a", config_path=sys.argv[1]) as store:
    assert store.read(store.write(b"x" * 1024)) == b"x" * 1024
print(*({*sys.modules} - before))
"""
    done = subprocess.run(
        [sys.executable, "-c", program, config], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    added = {name.partition(".")[0] for name in done.stdout.split()}
    assert not added & {*NEEDLESS}
    # 165 modules, of which 80 are of the standard library; with adlfs there are 1,500.
    assert len(done.stdout.split()) < 200


def test_where_nothing_signs_in_azures_own_chain_prints_nothing(tmp_path: Path) -> None:
    program = """
import sys, storage_core
try:
    storage_core.open_store(
        storage_core.AzureBlobStorage(container="acme", account_name="acme", engine="direct")
    ).write(b"x")
except storage_core.AccessDenied as error:
    print(error)
print("asyncio" in sys.modules, "aiohttp" in sys.modules)
"""
    variables = {"PATH": str(tmp_path), "AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:1"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **variables},
    )
    said = done.stdout.splitlines()
    assert done.stderr == ""
    assert len(said) == 2
    assert "nothing signs in" in said[0]
    assert said[1] == "False False"


def test_four_blocks_are_on_their_way_at_once_and_never_more(azure_server: AzureServer) -> None:
    all_here, now, most = threading.Barrier(4, timeout=30), 0, 0
    lock = threading.Lock()
    count = 0

    def rule(asked: Asked) -> Reply | None:
        nonlocal now, most, count
        if "comp=block&" not in asked.path:
            return None
        with lock:
            now, count = now + 1, count + 1
            most, first = max(most, now), count <= 4
        if first:
            all_here.wait()
            time.sleep(0.1)  # For a fifth one, if there were any.
        with lock:
            now -= 1
        return None

    data = bytes(range(256)) * (6 * PART_SIZE // 256) + b"end"
    container = azure_server.new_container()
    with front_of(azure_server.endpoint_url, rule) as front:
        string = azure_server.connection_string.replace(azure_server.endpoint_url, front.url)
        backend = open_azure(container, engine="direct", connection_string=string, timeout=60)
        backend.put_stream(PATH, BytesIO(data), overwrite=False)
        assert most == 4
        assert count == 7
        # One that is in memory goes in blocks only where it is larger than one request may be.
        backend.put(PATH, data, overwrite=True)
        assert count == 7
        assert backend.get(PATH) == data
        backend.close()


def test_after_a_block_that_is_refused_no_other_is_begun_and_nothing_can_be_read(
    azure_server: AzureServer,
) -> None:
    enough = Reply(
        403,
        b"<Error><Code>No</Code><Message>Enough.</Message></Error>",
        (("Content-Type", "application/xml"),),
    )

    def rule(asked: Asked) -> Reply | None:
        return enough if "comp=block&" in asked.path and len(front.asked) > 2 else None

    container = azure_server.new_container()
    with front_of(azure_server.endpoint_url, rule) as front:
        string = azure_server.connection_string.replace(azure_server.endpoint_url, front.url)
        backend = open_azure(container, engine="direct", connection_string=string, timeout=60)
        with pytest.raises(AccessDenied, match="Enough"):
            backend.put_stream(PATH, BytesIO(bytes(20 * PART_SIZE)), overwrite=True)
        backend.close()
        assert len(front.asked) < 8
        assert not [each for each in front.asked if "comp=blocklist" in each.path]
    there = open_azure(
        container,
        engine="direct",
        connection_string=azure_server.connection_string,
        timeout=10,
    )
    with pytest.raises(BlobNotFound):
        there.get(PATH)
    assert list(there.list()) == []


def test_a_credential_that_is_an_object_is_for_azures_own_client() -> None:
    assert what_is_beyond({"credential": object(), "account_key": "x", "anything": 1}) == [
        "credential"
    ]
    assert what_is_beyond({"credential": "key", "location_mode": "secondary"}) == []
    storage = AzureBlobStorage(
        container="acme", account_name="acme", options={"credential": {"a": 1}}, engine="direct"
    )
    with pytest.raises(ConfigurationError, match="Engine is direct, which knows no credential"):
        open_store(storage)
