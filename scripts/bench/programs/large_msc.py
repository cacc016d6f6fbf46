"""A large file to S3 and back with multi-storage-client."""

import os
import sys

from multistorageclient import StorageClient, StorageClientConfig

way, file, blob, config_file, profile = sys.argv[1:]
config = StorageClientConfig.from_file(config_file_paths=[config_file], profile=profile)
client = StorageClient(config)
if way == "up":
    client.upload_file(blob, file)
else:
    client.download_file(blob, file)
    with open(file, "rb+") as back:  # noqa: PTH123
        os.fsync(back.fileno())
