"""What each service does by rules of its own, measured by boto3: what is declared has to be true.

The table at the end of `make test-servers` is made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from secrets import token_hex
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from time_machine import travel

from tests.matrix.conftest import Row, Running
from tests.servers.s3 import boto3_client

pytestmark = pytest.mark.servers

RACES = 15
PART = 5 * 1024 * 1024


@pytest.fixture
def client(running: Running) -> Iterator[Any]:
    """One of the test's own: Swift hangs up after some refusals, on whoever asks next."""
    server = running.server
    client = boto3_client(
        *("s3", server.endpoint_url, server.access_key_id, server.secret_access_key),
        ca_bundle=server.ca_bundle,
    )
    yield client
    client.close()


@pytest.fixture
def bucket(running: Running) -> str:
    return running.server.new_bucket()


def of_condition(write: Callable[[str], object]) -> str:
    """What becomes of a write on condition that nothing is replaced, first to a free key."""
    try:
        write("new")
        write("taken")
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return {412: "keeps", 501: "refuses"}[status]
    return "ignores"


def test_what_becomes_of_conditions(running: Running, client: Any, bucket: str, row: Row) -> None:
    client.put_object(Bucket=bucket, Key="taken", Body=b"first")

    def put(key: str) -> None:
        client.put_object(Bucket=bucket, Key=key, Body=b"x", IfNoneMatch="*")

    def put_parts(key: str) -> None:
        upload = client.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
        here = {"Bucket": bucket, "Key": key, "UploadId": upload}
        etags = [
            client.upload_part(**here, PartNumber=number, Body=body)["ETag"]
            for number, body in ((1, bytes(PART)), (2, b"x"))
        ]
        parts = [{"PartNumber": n, "ETag": etag} for n, etag in enumerate(etags, 1)]
        client.complete_multipart_upload(**here, MultipartUpload={"Parts": parts}, IfNoneMatch="*")

    found = of_condition(put)
    row("condition on a PUT", found, is_declared=found == running.service.condition)
    found = of_condition(put_parts)
    row("condition on parts", found, is_declared=found == running.service.condition_on_parts)


def test_how_many_of_two_writers_win(running: Running, client: Any, bucket: str, row: Row) -> None:

    def put(key: str) -> bool:
        try:
            client.put_object(Bucket=bucket, Key=key, Body=b"x", IfNoneMatch="*")
        except (ClientError, BotoCoreError):
            return False
        return True

    keys = [token_hex(8) for _ in range(RACES)]
    with ThreadPoolExecutor(2) as pool:
        both = sum(sum(pool.map(put, [key, key])) == 2 for key in keys)
    declared = running.service.both_win
    # Chance has its say where it is at times.
    found = {0: "never", RACES: "always"}.get(both, "at times")
    row(
        "two writers both win",
        f"{both} of {RACES}",
        is_declared=found == declared or declared == "at times",
    )


def test_who_is_let_in(running: Running, bucket: str, row: Row) -> None:
    server = running.server

    def is_refused(secret: str) -> bool:
        client = boto3_client(
            "s3", server.endpoint_url, server.access_key_id, secret, ca_bundle=server.ca_bundle
        )
        try:
            client.list_objects_v2(Bucket=bucket)
        except ClientError:
            return True
        return False

    refused = is_refused(token_hex(20))
    row("checks the secret", refused, is_declared=refused == running.service.checks_secret)
    with travel(timedelta(hours=-1)):
        refused = is_refused(server.secret_access_key)
    row("checks the clock", refused, is_declared=refused == running.service.checks_clock)


def test_what_becomes_of_the_framing_of_checksums(running: Running, bucket: str, row: Row) -> None:
    if running.scheme == "http":
        return  # boto3 frames what goes over TLS only.
    server = running.server
    import boto3
    from botocore.config import Config

    client: Any = boto3.client(
        "s3",
        endpoint_url=server.endpoint_url,
        region_name="us-east-1",
        aws_access_key_id=server.access_key_id,
        aws_secret_access_key=server.secret_access_key,
        verify=str(server.ca_bundle),
        config=Config(retries={"total_max_attempts": 1}),
    )
    try:
        client.put_object(Bucket=bucket, Key="framed", Body=b"x")
    except ClientError:
        found = "refuses"
    else:
        body = server.client.get_object(Bucket=bucket, Key="framed")["Body"].read()
        found = "takes" if body == b"x" else "stores"
    row("framing of checksums", found, is_declared=found == running.service.framing)
