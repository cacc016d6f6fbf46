"""Blobs with s3fs alone, in a process that stays."""

import sys
from itertools import count as counted

from s3fs import S3FileSystem
from served import served

endpoint_url, region, bucket, key, secret = sys.argv[1:]
files = S3FileSystem(
    key=key,
    secret=secret,
    endpoint_url=endpoint_url,
    client_kwargs={"region_name": region},
)
BLOB = bytes(1024)
numbers = counted()


def pairs(count: int) -> None:
    """Write and read, one at a time."""
    for _ in range(count):
        path = f"{bucket}/s3fs/{next(numbers)}"
        files.pipe_file(path, BLOB)
        assert len(files.cat_file(path)) == 1024


def listed(_: int) -> None:
    """List all blobs."""
    files.invalidate_cache()
    assert len(files.find(f"{bucket}/results")) > 1


served({"pairs": pairs, "listed": listed})
