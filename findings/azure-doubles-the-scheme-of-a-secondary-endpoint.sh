#!/usr/bin/env bash
# azure-storage-blob 12.31.1: the BlobSecondaryEndpoint of a connection string becomes https://https://….
#
# Expected: the address that stands there, written as that of the BlobEndpoint is, is where the copy in another region
#           is asked, and what `secondary_endpoint` says.
# Seen:     it is taken for a host, and the scheme is put in front of it once more, so that nothing that is asked of the
#           secondary location arrives. Without the part the same address is made up, and right.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install azure-storage-blob==12.31.1

expect <<'OUT'
named:   https://acme.blob.core.windows.net/ https://https://acme-secondary.blob.core.windows.net/
left out: https://acme.blob.core.windows.net/ https://acme-secondary.blob.core.windows.net/
secondary client: https://https://acme-secondary.blob.core.windows.net/box
OUT

run <<'PY'
import base64

from azure.storage.blob import BlobServiceClient

KEY = base64.b64encode(b"k" * 64).decode()
FIRST = f"AccountName=acme;AccountKey={KEY};BlobEndpoint=https://acme.blob.core.windows.net"
SECOND = f"{FIRST};BlobSecondaryEndpoint=https://acme-secondary.blob.core.windows.net"

for title, string in (("named:  ", SECOND), ("left out:", FIRST)):
    service = BlobServiceClient.from_connection_string(string)
    print(title, service.primary_endpoint, service.secondary_endpoint)
service = BlobServiceClient.from_connection_string(SECOND)
service.location_mode = "secondary"
print("secondary client:", service.get_container_client("box").url)
PY
