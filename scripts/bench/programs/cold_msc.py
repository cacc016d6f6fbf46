"""The same as `cold_ours.py` with multi-storage-client: one profile of a file with as many."""

import sys

from multistorageclient import StorageClient, StorageClientConfig

file, profile, path = sys.argv[1:]
config = StorageClientConfig.from_file(config_file_paths=[file], profile=profile)
client = StorageClient(config)
client.write(path, bytes(1024))
assert len(client.read(path)) == 1024
