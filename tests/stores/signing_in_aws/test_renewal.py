"""Credentials of AWS are got once, and again before they expire or when they are refused."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from time import sleep

import pytest

import storage_core
from storage_core.errors import AccessDenied
from tests.engines import both
from tests.servers.s3 import boto3_client
from tests.stores.signing_in_aws.desk import TIMEOUT, Desk
from tests.stores.signing_in_aws.ways import role

pytestmark = both


def test_credentials_that_hold_for_ten_minutes_are_got_once(desk: Desk) -> None:
    end = datetime.now(UTC) + timedelta(minutes=10)
    desk.profile("corp", credential_process=desk.printing(Expiration=end.isoformat()))
    store = storage_core.open_store(desk.storage(profile_name="corp"), timeout=TIMEOUT)
    for _ in range(3):
        store.check()
    assert desk.runs == 1


def test_credentials_are_got_again_before_they_expire(desk: Desk) -> None:
    desk.cloud.lifetime = timedelta(seconds=5)
    store = storage_core.open_store(role(desk), timeout=TIMEOUT)
    store.check()
    store.check()
    assert desk.cloud.requests == ["AssumeRole"]
    sleep(4.2)
    store.check()
    assert desk.cloud.requests == ["AssumeRole"] * 2


def test_credentials_that_are_refused_are_looked_for_again(desk: Desk) -> None:
    mine = desk.s3.endpoint_url, desk.s3.access_key_id, desk.s3.secret_access_key
    iam = boto3_client("iam", *mine)
    old = iam.create_access_key(UserName="tester")["AccessKey"]
    desk.keys(
        "corp",
        aws_access_key_id=old["AccessKeyId"],
        aws_secret_access_key=old["SecretAccessKey"],
    )
    store = storage_core.open_store(desk.storage(profile_name="corp"), timeout=TIMEOUT)
    store.check()
    iam.delete_access_key(UserName="tester", AccessKeyId=old["AccessKeyId"])
    with pytest.raises(AccessDenied, match=r"; see what .*: profile corp in .* signed in"):
        store.check()
    desk.credentials.unlink()
    desk.keys("corp")
    store.check()


def test_a_program_that_has_not_set_up_logging_prints_nothing_of_it(desk: Desk) -> None:
    once = desk.helper(
        f"import datetime, json, os\nos.mkdir({str(desk.folder / 'once')!r})\n"
        "end = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=3)\n"
        f"found = {dict(desk.cloud.keys)!r}\n"
        "print(json.dumps({'Version': 1, **found, 'Expiration': end.isoformat()}))\n"
    )
    desk.profile("corp", credential_process=once)
    script = """
import gc, sys, time, storage_core
bucket, url = sys.argv[1:]
storage = storage_core.S3Storage(bucket=bucket, endpoint_url=url, profile_name="corp")
with storage_core.open_store(storage, timeout=20) as store:
    store.check()
    time.sleep(3)
    try:
        store.check()
    except storage_core.AccessDenied as error:
        print(error)
del store
gc.collect()
"""
    command = [sys.executable, "-c", script, desk.bucket, desk.s3.endpoint_url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert "FileExistsError" in done.stdout
    assert done.stderr == ""
