"""A long-lived store and its secrets: what is looked up again after a refusal, and how long."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from secrets import token_hex

import keyring
import pytest
from keyring.backend import KeyringBackend

import storage_core
from storage_core import KVServerStorage, S3Storage, StorageConfiguration
from storage_core.redaction import MASK
from tests.engines import both
from tests.patience import within
from tests.servers.kv import KVServer
from tests.servers.s3 import S3Server

pytestmark = both


class CountingKeyring(KeyringBackend):
    """One password, for everybody; it counts how often it is asked, and can be slow."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()
        self.password = ""
        self.asked = 0
        self.seconds = 0.0

    def get_password(self, service: str, username: str) -> str | None:
        self.asked += 1
        time.sleep(self.seconds)
        return self.password

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError


@pytest.fixture
def counting() -> Iterator[CountingKeyring]:
    previous = keyring.get_keyring()
    found = CountingKeyring()
    keyring.set_keyring(found)
    yield found
    keyring.set_keyring(previous)


@pytest.fixture
def s3(s3_server: S3Server) -> S3Storage:
    return S3Storage(
        bucket=s3_server.new_bucket(),
        aws_access_key_id=s3_server.access_key_id,
        aws_secret_access_key="keyring:storage/s3",
        endpoint_url=s3_server.endpoint_url,
    )


def test_many_calls_at_once_look_up_once_and_only_what_has_changed_is_used(
    s3: S3Storage, s3_server: S3Server, counting: CountingKeyring, caplog: pytest.LogCaptureFixture
) -> None:
    counting.password = token_hex(20)
    store = storage_core.open_store(s3)
    for expected in (2, 3):
        with pytest.raises(storage_core.AccessDenied):
            store.write(b"x")
        # Asked once more by each call that is refused.
        assert counting.asked == expected
    counting.password, counting.seconds = s3_server.secret_access_key, 0.3
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda number: store.write(b"%d" % number), range(8)))
    assert counting.asked == 4
    assert [store.read(key) for key in keys] == [b"%d" % number for number in range(8)]
    with caplog.at_level(logging.DEBUG, "botocore"):
        logging.getLogger("botocore.auth").debug("signing with %s", counting.password)
    assert caplog.messages[-1] == f"signing with {MASK}"


def test_looking_up_again_is_within_the_deadline(s3: S3Storage, counting: CountingKeyring) -> None:
    counting.password = token_hex(20)
    # The first call of a process loads the driver, which takes a second of its own.
    for timeout in (20, 2):
        store = storage_core.open_store(s3, timeout=timeout)
        with pytest.raises(storage_core.AccessDenied):
            store.check()
    counting.password, counting.seconds = token_hex(20), 30.0
    with within(3.5), pytest.raises(storage_core.AccessDenied):
        store.check()


def test_the_place_stays_the_one_that_was_opened(
    s3: S3Storage, s3_server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret"
    secret.write_text(token_hex(20))
    monkeypatch.setenv("BUCKET_OF_OURS", s3.bucket)
    store = storage_core.open_store(
        S3Storage(
            bucket="env:BUCKET_OF_OURS",
            aws_access_key_id=s3.aws_access_key_id,
            aws_secret_access_key=f"file:{secret}",
            endpoint_url=s3.endpoint_url,
        )
    )
    secret.write_text(s3_server.secret_access_key)
    monkeypatch.setenv("BUCKET_OF_OURS", s3_server.new_bucket())
    with pytest.raises(storage_core.AccessDenied):
        store.write(b"x")
    monkeypatch.setenv("BUCKET_OF_OURS", s3.bucket)
    key = store.write(b"x")
    # A reference that leads nowhere for a moment does not hide what the server says.
    secret.unlink()
    assert store.read(key) == b"x"
    assert s3_server.client.list_objects_v2(Bucket=s3.bucket)["KeyCount"] == 1


@pytest.mark.parametrize("gone", [True, False])
def test_a_token_that_was_replaced_while_a_worker_runs_is_taken_from_its_file(
    kv_server: KVServer, tmp_path: Path, gone: bool
) -> None:
    file = tmp_path / "token"
    file.write_text(f"{token_hex(8)}\n")
    configuration: StorageConfiguration = KVServerStorage(
        api_address=kv_server.api_address, token=f"file:{file}"
    )
    store = storage_core.open_store(configuration)
    file.unlink()
    with pytest.raises(storage_core.AccessDenied) as caught:
        store.write(b"x")
    assert caught.value.__cause__ is None or caught.value.__cause__.__traceback__ is None
    if not gone:
        file.write_text(kv_server.token)
        assert store.read(store.write(b"x")) == b"x"
