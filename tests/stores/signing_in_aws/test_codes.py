"""A role on AWS that wants the code of a device: nobody is asked for it."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import storage_core
from tests.engines import both
from tests.servers.aws import ROLE
from tests.stores.signing_in_aws.desk import TIMEOUT, Desk
from tests.stores.signing_in_aws.ways import role_that_wants_a_code

pytestmark = both


def test_a_role_that_wants_a_code_neither_asks_for_it_nor_holds_others_up(desk: Desk) -> None:
    role_that_wants_a_code(desk)
    desk.keys("other")
    script = """
import sys, storage_core
bucket, url = sys.argv[1:]
for name in ("corp", "other"):
    storage = storage_core.S3Storage(bucket=bucket, endpoint_url=url, profile_name=name)
    try:
        storage_core.open_store(storage, timeout=20).check()
        print("works")
    except storage_core.StorageError as error:
        print(type(error).__name__)
"""
    terminal, theirs = os.openpty()
    try:
        command = [sys.executable, "-c", script, desk.bucket, desk.s3.endpoint_url]
        done = subprocess.run(
            command,
            stdin=theirs,
            capture_output=True,
            text=True,
            start_new_session=True,
            timeout=30,
            check=False,
        )
    finally:
        os.close(theirs)
        os.close(terminal)
    assert (done.stdout, done.stderr) == ("AccessDenied\nworks\n", "")


def test_what_the_cli_got_for_a_code_is_used(desk: Desk) -> None:
    storage = role_that_wants_a_code(desk)
    given = {"RoleArn": ROLE, "SerialNumber": "arn:aws:iam::123456789012:mfa/me"}
    stem = hashlib.sha1(json.dumps(given, sort_keys=True).encode()).hexdigest()
    folder = Path("~/.aws/cli/cache").expanduser()
    folder.mkdir(parents=True)
    found = {**desk.cloud.keys, "Expiration": desk.cloud.expiration.isoformat()}
    (folder / f"{stem}.json").write_text(json.dumps({"Credentials": found}))
    store = storage_core.open_store(storage, timeout=TIMEOUT)
    assert store.read(store.write(b"with a code")) == b"with a code"
    assert len(list(folder.iterdir())) == 1
