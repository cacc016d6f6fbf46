"""Credentials that may do a part only: what works, and what the test says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

from storage_core import AccessDenied, BlobExists, S3Storage, StorageConfiguration, open_store
from storage_core.check import StepResult, probe
from tests.engines import both
from tests.servers.moto import user_allowed
from tests.servers.s3 import S3Server

pytestmark = both

READ, WRITE, DELETE = "s3:GetObject", "s3:PutObject", "s3:DeleteObject"


def allowed(server: S3Server, *actions: str, lists: bool = True) -> S3Storage:
    """A storage on a new bucket, with an IAM user who may do this and nothing else."""
    bucket = server.new_bucket()
    statements: list[dict[str, Any]] = []
    if actions:
        objects = f"arn:aws:s3:::{bucket}/*"
        statements.append({"Effect": "Allow", "Action": list(actions), "Resource": objects})
    if lists:
        statements.append(
            {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{bucket}"}
        )
    key, secret = user_allowed(server, *statements)
    return S3Storage(
        bucket=bucket,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        endpoint_url=server.endpoint_url,
    )


def steps_of(configuration: StorageConfiguration) -> dict[str, StepResult]:
    return {result.step.name: result for result in probe(configuration)}


def outcome(found: dict[str, StepResult]) -> dict[str, str]:
    """What is not plainly well."""
    return {
        name: "lacks" if result.lacks else "failed"
        for name, result in found.items()
        if result.lacks or not result.ok
    }


@pytest.mark.parametrize(
    ("actions", "lists", "expected"),
    [
        ((READ, WRITE, DELETE), True, {}),
        ((READ, WRITE, DELETE), False, {"list": "lacks"}),
        ((READ, WRITE), True, {"delete": "lacks"}),
        ((READ, WRITE), False, {"list": "lacks", "delete": "lacks"}),
        ((WRITE, DELETE), True, {"read": "lacks"}),
        ((WRITE,), False, {"read": "lacks", "list": "lacks", "delete": "lacks"}),
        ((READ,), True, {"write": "failed"}),
        ((READ, DELETE), False, {"write": "failed"}),
        ((), True, {"write": "failed"}),
        ((), False, {"sign in": "failed"}),
        ((DELETE,), False, {"sign in": "failed"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_each_thing_that_is_not_allowed_is_said_and_the_rest_goes_on(
    s3_server: S3Server, actions: tuple[str, ...], lists: bool, expected: dict[str, str]
) -> None:
    configuration = allowed(s3_server, *actions, lists=lists)
    found = steps_of(configuration)
    assert outcome(found) == expected
    for name in expected:
        assert "denied" in found[name].message
        assert "\n" not in found[name].message
    if "write" in expected and READ in actions:
        assert "Read Only" in found["write"].message
    again = steps_of(configuration)
    assert outcome(again) == expected
    left = s3_server.client.list_objects_v2(Bucket=configuration.bucket).get("Contents", [])
    keeps_one = WRITE in actions and DELETE not in actions
    assert [each["Key"] for each in left] == (["results/storage-test-blob"] if keeps_one else [])
    if keeps_one:
        assert "results/storage-test-blob stays" in found["delete"].message


@pytest.mark.parametrize("actions", [(READ, WRITE), (WRITE,)], ids=["no list", "write only"])
def test_chosen_keys_work_without_leave_to_look(
    s3_server: S3Server, actions: tuple[str, ...]
) -> None:
    configuration = allowed(s3_server, *actions, lists=False)
    with open_store(configuration) as store:
        key = store.write(b"first", key=f"results/{token_hex(8)}")
        with pytest.raises(BlobExists):
            store.write(b"second", key=key)
        kept = s3_server.client.get_object(Bucket=configuration.bucket, Key=key)["Body"].read()
        assert kept == b"first"


def test_wrong_credentials_still_fail_at_signing_in(s3_server: S3Server) -> None:
    wrong = replace(allowed(s3_server, READ, WRITE), aws_secret_access_key=token_hex(20))
    found = steps_of(wrong)
    assert outcome(found) == {"sign in": "failed"}
    assert "SignatureDoesNotMatch" in found["sign in"].message
    read_only = steps_of(replace(wrong, read_only=True))
    assert outcome(read_only) == {"sign in": "failed"}
    with open_store(wrong) as store, pytest.raises(AccessDenied):
        store.write(b"x", key="results/chosen")


def test_a_service_that_ignores_the_condition_is_said(s3_disk_server: S3Server) -> None:
    configuration = S3Storage(
        bucket=s3_disk_server.new_bucket(),
        aws_access_key_id=s3_disk_server.access_key_id,
        aws_secret_access_key=s3_disk_server.secret_access_key,
        endpoint_url=s3_disk_server.endpoint_url,
    )
    found = steps_of(configuration)
    assert outcome(found) == {"keep": "lacks"}
    assert "the later one wins" in found["keep"].message


def test_a_bucket_that_keeps_every_version_takes_bytes_with_their_digest(
    s3_server: S3Server, tmp_path: Path
) -> None:
    bucket, client = f"locked-{token_hex(6)}", s3_server.client
    client.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
    rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}}
    client.put_object_lock_configuration(
        Bucket=bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
    )
    configuration = S3Storage(
        bucket=bucket,
        aws_access_key_id=s3_server.access_key_id,
        aws_secret_access_key=s3_server.secret_access_key,
        endpoint_url=s3_server.endpoint_url,
    )
    assert outcome(steps_of(configuration)) == {}
    file = tmp_path / "file"
    file.write_bytes(bytes(9 * 1024 * 1024))
    with open_store(configuration) as store:
        key = store.write_file(file, key="results/chosen")
        with pytest.raises(BlobExists):
            store.write(b"second", key=key)
        store.delete(key)
        assert not store.exists(key)
