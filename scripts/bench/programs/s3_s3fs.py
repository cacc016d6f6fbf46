"""The same as `s3_ours.py` with s3fs alone; the credentials stand in the environment."""

import sys

from s3fs import S3FileSystem

endpoint_url, path = sys.argv[1:]
files = S3FileSystem(endpoint_url=endpoint_url)
files.pipe(path, bytes(1024))
assert len(files.cat(path)) == 1024
