"""Whole processes, from start to exit: what a worker costs, and what a command costs."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from unittest import mock
from uuid import uuid4

from tests.servers.moto import moto
from tests.servers.s3 import REGION

from .measure import in_turn, process, python
from .stage import configurations
from .table import Row, Section, compared

PROGRAMS = Path(__file__).parent / "programs"
STORAGE = Path(sys.executable).with_name("storage")


def local(folder: Path) -> Section:
    """Local Storage beside fsspec."""
    _configure(folder, configurations(5, folder))
    samples = in_turn(
        {
            "ours": python(PROGRAMS / "local_ours.py"),
            "fsspec": python(PROGRAMS / "local_fsspec.py", folder / "blob"),
            "tomllib": python("-c", "import tomllib"),
            "bare": python("-c", "pass"),
        },
        rounds=25,
    )
    ours = samples["ours"]
    return compared(
        "1 · cold process: open the default (Local Storage, from the file), write 1 KiB, read it",
        [
            Row("fsspec: LocalFileSystem, pipe, cat", ours, samples["fsspec"], asked=0.60),
            Row("Python that imports tomllib and no more", ours, samples["tomllib"]),
            Row("Python that does nothing", ours, samples["bare"]),
        ],
    )


def s3(folder: Path) -> Section:
    """S3 Storage beside s3fs and boto3."""
    with moto(folder) as server:
        bucket = server.new_bucket()
        _configure(
            folder,
            f'[storage.staging]\nid = "{uuid4()}"\ntype = "s3"\nbucket = "{bucket}"\n'
            f'endpoint_url = "{server.endpoint_url}"\naws_access_key_id = "env:AWS_ACCESS_KEY_ID"\n'
            'aws_secret_access_key = "env:AWS_SECRET_ACCESS_KEY"\n',
        )
        credentials = {
            "AWS_ACCESS_KEY_ID": server.access_key_id,
            "AWS_SECRET_ACCESS_KEY": server.secret_access_key,
            "AWS_DEFAULT_REGION": REGION,
        }
        url = server.endpoint_url
        with mock.patch.dict(os.environ, credentials):
            samples = in_turn(
                {
                    "ours": python(PROGRAMS / "s3_ours.py", "staging"),
                    "s3fs": python(PROGRAMS / "s3_s3fs.py", url, f"{bucket}/results/a"),
                    "boto3": python(PROGRAMS / "s3_boto3.py", url, bucket, "results/b"),
                },
                rounds=7,
            )
    return compared(
        "2 · cold process: open a storage by name (S3, moto on loopback), put 1 KiB, get it",
        [
            Row("s3fs: S3FileSystem, pipe, cat", samples["ours"], samples["s3fs"]),
            Row("boto3: client, put_object, get_object", samples["ours"], samples["boto3"]),
        ],
    )


def ls(folder: Path) -> Section:
    """`storage ls` beside the least that click can do."""
    _configure(folder, configurations(20, folder))
    samples = in_turn(
        {
            "ours": process([STORAGE, "ls", "--json"]),
            "click": python(PROGRAMS / "hello_click.py"),
            "bare": python("-c", "pass"),
        },
        rounds=13,
    )
    return compared(
        "6 · cold process: storage ls --json, 20 configurations",
        [
            Row("a hello-world made with click", samples["ours"], samples["click"]),
            Row("Python that does nothing", samples["ours"], samples["bare"]),
        ],
    )


def _configure(folder: Path, text: str) -> None:
    file = folder / ".prefect" / "storage.toml"
    file.parent.mkdir(mode=0o700, exist_ok=True)
    file.write_text(text, encoding="utf-8")
