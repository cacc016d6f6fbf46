"""The same as `cold_ours.py` with s3fs alone, its keys given as arguments."""

import sys

from s3fs import S3FileSystem

endpoint_url, region, bucket, blob, key, secret = sys.argv[1:]
files = S3FileSystem(
    key=key, secret=secret, endpoint_url=endpoint_url, client_kwargs={"region_name": region}
)
files.pipe_file(f"{bucket}/{blob}", bytes(1024))
assert len(files.cat_file(f"{bucket}/{blob}")) == 1024
