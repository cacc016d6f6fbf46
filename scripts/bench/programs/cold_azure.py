"""The same as `cold_ours.py` with azure-storage-blob alone."""

import sys

from azure.storage.blob import BlobClient

connection_string, container, blob = sys.argv[1:]
with BlobClient.from_connection_string(connection_string, container, blob) as client:
    client.upload_blob(bytes(1024), overwrite=True)
    assert len(client.download_blob().readall()) == 1024
