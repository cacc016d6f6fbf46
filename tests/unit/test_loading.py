"""What a cold worker loads: a process that opens a storage by the file, writes a blob, reads it.

Such processes start by the thousand, and what they load is nearly all that they cost. A test that
fails here names what is new. If it is needed, it goes into the list, and the commit says what it
costs (`python -X importtime`).
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from storage_core import (
    AzureBlobStorage,
    ConfigFile,
    FileStorage,
    GoogleCloudStorage,
    KVServerStorage,
    LocalStorage,
    S3Storage,
    StorageConfiguration,
    TemporaryLocalStorage,
)
from storage_core.backends.remote.trust import VARIABLES
from tests.servers.azurite import AzureServer
from tests.servers.gcs import GCSServer
from tests.servers.kv import KVServer
from tests.servers.s3 import S3Server

WORKER: Final = """
import storage_core
store = storage_core.get_store()
assert store.read(store.write(b"x")) == b"x"
"""

DISK: Final = ("__future__", "errno", "importlib")
"""What a worker that only uses the disk imports of the standard library."""

NETWORK: Final = (
    *("atexit", "base64", "contextlib", "contextvars", "hashlib", "hmac", "re", "select", "socket"),
    *("types", "typing", "urllib.parse", "weakref"),
)
"""What one imports that makes its own requests. Not `ssl` as long as it speaks http."""

HEAVY: Final = (
    *("s3fs", "gcsfs", "adlfs", "fsspec", "botocore", "boto3", "azure", "google", "requests"),
    *("pydantic", "tomlkit", "filelock", "keyring", "textual", "rich", "click", "tomllib"),
)
"""What no worker needs, whatever else its driver loads."""


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests of our own, and no certificates named, which would have to be looked at."""
    monkeypatch.setenv("STORAGE_ENGINE", "direct")
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def loaded(program: str) -> set[str]:
    """The modules that a fresh process adds by `program` to those it starts with."""
    whole = f"import sys\nbefore = {{*sys.modules}}\n{program}\nprint(*sys.modules.keys() - before)"
    done = subprocess.run(
        [sys.executable, "-c", whole], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return {*done.stdout.split()}


def loaded_by_worker(
    configuration: StorageConfiguration, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> set[str]:
    """What a worker loads whose file has this configuration as its default."""
    monkeypatch.setenv("STORAGE_CONFIG", str(folder / "storage.toml"))
    ConfigFile().add(configuration, "worker", default=True)
    return loaded(WORKER)


def is_ours(name: str) -> bool:
    return name.partition(".")[0] == "storage_core"


class Cases:
    """What holds for workers of every type."""

    imports: tuple[str, ...] = DISK
    """Modules that are not ours; what these load themselves may be loaded."""

    packages: tuple[str, ...] = ()
    """Packages, not of the standard library, of which any module may be loaded."""

    most: int
    """Modules of ours, a few more than there are: each costs 0.1 to 0.2 ms."""

    @pytest.fixture
    def configuration(self) -> StorageConfiguration:
        raise NotImplementedError

    def test_a_cold_worker_loads_what_is_listed_and_few_modules_of_ours(
        self,
        configuration: StorageConfiguration,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        found = loaded_by_worker(configuration, tmp_path, monkeypatch)
        known = loaded("".join(f"import {name}\n" for name in self.imports))
        new = sorted(
            name
            for name in found - known
            if not is_ours(name) and name.partition(".")[0] not in self.packages
        )
        assert not new, f"new: {', '.join(new)}"
        ours = sorted(filter(is_ours, found))
        listing = "\n".join(ours)
        assert len(ours) <= self.most, f"{len(ours)} modules of ours, not {self.most}:\n{listing}"


class TestLocal(Cases):
    most = 36

    @pytest.fixture
    def configuration(self, tmp_path: Path) -> StorageConfiguration:
        return LocalStorage(storage_path=str(tmp_path / "data"))


def test_a_worker_whose_storage_stands_in_another_layer_loads_two_modules_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configuration = LocalStorage(storage_path=str(tmp_path / "data"))
    alone = loaded_by_worker(configuration, tmp_path, monkeypatch)
    (tmp_path / "own.toml").write_text('include = ["storage.toml"]\n')
    monkeypatch.setenv("STORAGE_CONFIG", str(tmp_path / "own.toml"))
    more = {"storage_core.config.layers", "storage_core.config.model.lookup"}
    assert loaded(WORKER) - alone == more
    # What stands in the nearest needs neither.
    (tmp_path / "own.toml").write_text(
        'include = ["gone.toml"]\n' + (tmp_path / "storage.toml").read_text()
    )
    assert loaded(WORKER) == alone


class TestTemporary(Cases):
    most = 36

    @pytest.fixture
    def configuration(self) -> StorageConfiguration:
        return TemporaryLocalStorage()


class TestFileOnALocalPath(Cases):
    imports = (*DISK, "hashlib")  # its blobs are named by their hashes
    most = 36

    @pytest.fixture
    def configuration(self, tmp_path: Path) -> StorageConfiguration:
        return FileStorage(base_path=str(tmp_path / "data"))


class TestS3(Cases):
    imports = (*DISK, *NETWORK, "http", "queue", "threading")  # AWS's files are read in a thread
    most = 89

    @pytest.fixture
    def configuration(self, s3_server: S3Server) -> StorageConfiguration:
        return S3Storage(
            bucket=s3_server.new_bucket(),
            aws_access_key_id=s3_server.access_key_id,
            aws_secret_access_key=s3_server.secret_access_key,
            endpoint_url=s3_server.endpoint_url,
        )


class TestAzure(Cases):
    imports = (*DISK, *NETWORK, "datetime")
    most = 84

    @pytest.fixture
    def configuration(self, azure_server: AzureServer) -> StorageConfiguration:
        return AzureBlobStorage(
            container=azure_server.new_container(),
            connection_string=azure_server.connection_string,
        )


class TestGCS(Cases):
    imports = (*DISK, *NETWORK, "copy", "datetime", "json", "random")
    packages = ("cryptography", "_cffi_backend", "_openssl")  # signs with the account's RSA key
    most = 85

    @pytest.fixture
    def configuration(self, gcs_server: GCSServer) -> StorageConfiguration:
        return GoogleCloudStorage(
            bucket=gcs_server.new_bucket(),
            project=gcs_server.project,
            service_account_info=gcs_server.service_account_json,
            endpoint_url=gcs_server.endpoint_url,
        )


def test_a_worker_with_a_kv_server_loads_aiohttp_and_no_other_driver(
    kv_server: KVServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configuration = KVServerStorage(api_address=kv_server.api_address, token=kv_server.token)
    found = loaded_by_worker(configuration, tmp_path, monkeypatch)
    assert not {name.partition(".")[0] for name in found} & {*HEAVY}
    ours = sorted(filter(is_ours, found))
    assert len(ours) <= 62, "\n".join(ours)
