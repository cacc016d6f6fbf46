"""From `create` to `rm` on real servers, by commands alone."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex

import pytest

from tests.cli.conftest import COMMAND, Outcome
from tests.servers.s3 import S3Server

Storage = Callable[..., Outcome]
DATA = bytes(range(256)) * 100


def test_a_bucket_is_configured_tested_filled_and_emptied(
    storage: Storage,
    home: Path,
    s3_server: S3Server,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    bucket = s3_server.new_bucket()
    monkeypatch.setenv("TEST_S3_SECRET", s3_server.secret_access_key)
    created = storage(
        *("create", "s3", "--name", "moto", "--bucket", bucket, "--prefix", "team"),
        *("--endpoint-url", s3_server.endpoint_url, "--region-name", "us-east-1"),
        *("--aws-access-key-id", s3_server.access_key_id),
        *("--aws-secret-access-key", "env:TEST_S3_SECRET", "--default", "--json"),
    )
    assert (created.code, created.err) == (0, "")
    tested = storage("test", "--json")
    assert (tested.code, tested.err) == (0, "")
    key = storage("write", stdin=DATA).out.strip()
    target = tmp_path / "out"
    assert storage("read", key, "--from", created.json["id"][:8], "-o", str(target)).code == 0
    assert target.read_bytes() == DATA
    (blob,) = storage("blobs", "--json").json["blobs"]
    assert (blob["key"], blob["size"]) == (key, len(DATA))
    objects = s3_server.client.list_objects_v2(Bucket=bucket)["Contents"]
    assert [each["Key"] for each in objects] == [f"team/{key}"]
    assert storage("rm", key) == Outcome(0, b"", "")
    assert storage("read", key).code == 3
    assert storage("blobs", "--json").json["blobs"] == []


def test_a_wrong_secret_and_a_missing_bucket_are_told_apart(
    storage: Storage, home: Path, s3_server: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = token_hex(20)
    monkeypatch.setenv("WRONG_SECRET", secret)
    monkeypatch.setenv("RIGHT_SECRET", s3_server.secret_access_key)
    for name, bucket, reference in (
        ("denied", s3_server.new_bucket(), "env:WRONG_SECRET"),
        ("missing", f"no-{token_hex(6)}", "env:RIGHT_SECRET"),
    ):
        outcome = storage(
            *("create", "s3", "--name", name, "--bucket", bucket),
            *("--endpoint-url", s3_server.endpoint_url, "--region-name", "us-east-1"),
            *("--aws-access-key-id", s3_server.access_key_id),
            *("--aws-secret-access-key", reference),
        )
        assert outcome.code == 0
    outcome = storage("test", "--all")
    denied, missing = outcome.out.splitlines()
    assert outcome.code == 1
    assert denied.startswith("failed  denied  sign in: ")
    assert missing.startswith("failed  missing  find the bucket: ")
    assert "no-" in missing
    assert secret not in outcome.out + outcome.err
    assert s3_server.secret_access_key not in outcome.out + outcome.err


def test_the_kv_server_serves_what_a_kv_configuration_writes(
    storage: Storage, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = token_hex(16)
    monkeypatch.setenv("TEST_KV_TOKEN", token)
    command = ["kv-server", "--port", "0", "--folder", str(tmp_path / "kv")]
    with subprocess.Popen(
        [*COMMAND, *command, "--token", "env:TEST_KV_TOKEN"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            assert server.stdout is not None
            assert server.stderr is not None
            address = server.stdout.readline().removeprefix("API Address: ").strip()
            created = storage(
                *("create", "kv", "--name", "kv", "--api-address", address),
                *("--token", "env:TEST_KV_TOKEN", "--default"),
            )
            assert created.code == 0
            assert storage("test").code == 0
            key = storage("write", stdin=DATA).out.strip()
            assert storage("read", key).output == DATA
            assert storage("rm", key).code == 0
            assert storage("read", key).code == 3
        finally:
            server.send_signal(signal.SIGINT)
        assert server.wait(20) == 0
        assert token not in server.stdout.read() + server.stderr.read()


def test_serving_others_without_a_token_is_warned_of(tmp_path: Path) -> None:
    with subprocess.Popen(
        [
            *COMMAND,
            "kv-server",
            "--host",
            "0.0.0.0",
            "--port",
            "0",
            "--folder",
            str(tmp_path / "kv"),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stderr is not None
        assert server.stdout is not None
        assert server.stderr.readline().startswith("warning: anyone who can reach 0.0.0.0")
        server.stdout.readline()
        server.send_signal(signal.SIGINT)
        assert server.wait(20) == 0


@pytest.mark.parametrize("token", ["env:NOT_SET_ANYWHERE", "file:/no/such/file"])
def test_a_token_that_cannot_be_resolved_serves_nothing(
    storage: Storage, tmp_path: Path, token: str
) -> None:
    outcome = storage("kv-server", "--folder", str(tmp_path / "kv"), "--token", token)
    assert outcome.code == 1
    assert outcome.err.startswith("error: --token: ")
    assert not (tmp_path / "kv").exists()
