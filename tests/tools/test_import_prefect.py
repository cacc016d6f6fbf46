"""`storage import prefect` on a home that Prefect itself has made.

Expected: an imported block reads what Prefect wrote through it. Found (prefect 3.9, prefect-aws):
so it does. A key is the block's folder and the path, so that the blob lies below the prefix.
Without s3fs, Prefect writes nothing through a Remote File System; that one reads what is put there.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from storage_core import ConfigFile, get_store
from storage_core.cli import main
from storage_core.importing.sources import prefect
from tests.servers.s3 import S3Server
from tests.tools.program import run

pytestmark = [pytest.mark.tools, pytest.mark.timeout(600)]

PROGRAM = """
import json, os, sys

from prefect.filesystems import LocalFileSystem, RemoteFileSystem
from prefect_aws import AwsCredentials, S3Bucket
from prefect_aws.client_parameters import AwsClientParameters

given = json.loads(sys.argv[1])
secret = os.environ["MADE_SECRET"]
aws = AwsCredentials(
    aws_access_key_id=given["key"],
    aws_secret_access_key=secret,
    region_name="us-east-1",
    aws_client_parameters=AwsClientParameters(endpoint_url=given["endpoint"]),
)
aws.save("acme-aws")
bucket = S3Bucket(
    bucket_name=given["bucket"], bucket_folder="below", credentials=AwsCredentials.load("acme-aws")
)
bucket.save("prod-results")
S3Bucket.load("prod-results").write_path("report", b"by Prefect, through S3 Bucket")
settings = {
    "key": given["key"],
    "secret": secret,
    "client_kwargs": {"endpoint_url": given["endpoint"], "region_name": "us-east-1"},
}
remote = RemoteFileSystem(basepath=f"s3://{given['bucket']}/remote", settings=settings)
remote.save("minio")
local = LocalFileSystem(basepath=given["folder"])
local.save("laptop")
local.write_path("report", b"by Prefect, through Local")
print(json.dumps({"ids": {
    "prod-results": str(bucket._block_document_id),
    "minio": str(remote._block_document_id),
    "laptop": str(local._block_document_id),
}}))
"""


def test_what_prefect_wrote_through_its_blocks_is_read(
    home: Path,
    tmp_path: Path,
    s3_server: S3Server,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    bucket = s3_server.new_bucket()
    secret = s3_server.secret_access_key
    given = {
        "key": s3_server.access_key_id,
        "endpoint": s3_server.endpoint_url,
        "bucket": bucket,
        "folder": str(tmp_path / "laptop"),
    }
    settings = {
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "300",
        "PREFECT_DEFAULT_RESULT_STORAGE_BLOCK": "s3-bucket/prod-results",
        "MADE_SECRET": secret,
    }
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    said = run("prefect", str(program), json.dumps(given), name="python", env=settings)
    ids = json.loads(said.splitlines()[-1])["ids"]
    body = b"by Prefect, through Remote"
    s3_server.client.put_object(Bucket=bucket, Key="remote/report", Body=body)
    found = {each.name: each for each in prefect.found()}
    assert {name: found[name].id for name in ids} == ids
    default = settings["PREFECT_DEFAULT_RESULT_STORAGE_BLOCK"]
    monkeypatch.setenv("PREFECT_DEFAULT_RESULT_STORAGE_BLOCK", default)
    assert main(["import", "prefect", "--yes"]) == 0
    shown = capsys.readouterr()
    assert secret not in shown.out + shown.err
    assert ConfigFile().load().default == "prod-results"
    for name, how in (("prod-results", "S3 Bucket"), ("minio", "Remote"), ("laptop", "Local")):
        assert get_store(name).fs.cat_file("report") == f"by Prefect, through {how}".encode()
