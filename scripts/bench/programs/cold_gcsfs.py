"""The same as `cold_ours.py` with gcsfs alone; the service account is in a file."""

import sys

from gcsfs import GCSFileSystem

endpoint_url, project, token, path = sys.argv[1:]
files = GCSFileSystem(project=project, token=token, endpoint_url=endpoint_url)
files.pipe_file(path, bytes(1024))
assert len(files.cat_file(path)) == 1024
