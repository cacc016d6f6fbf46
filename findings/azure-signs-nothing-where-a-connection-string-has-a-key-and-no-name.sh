#!/usr/bin/env bash
# azure-storage-blob 12.31.1: a connection string with an AccountKey and no AccountName is used without its key.
#
# Expected: "BlobEndpoint=…;AccountKey=…" is refused, as a string without any endpoint is: the key cannot sign without
#           the name.
# Seen:     the key is dropped without a word and the client is anonymous, so that what fails is the first request, with
#           an error about a public container or a missing header. A name in lower-case letters is read as well as any.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install azure-storage-blob==12.31.1

expect <<'OUT'
AccountName and AccountKey: SharedKeyCredentialPolicy
accountname and accountkey: SharedKeyCredentialPolicy
AccountKey alone: None
OUT

run <<'PY'
import base64

from azure.storage.blob import BlobServiceClient

KEY = base64.b64encode(b"k" * 64).decode()
ENDPOINT = "BlobEndpoint=https://acme.blob.core.windows.net/"


def signs_with(string):
    found = BlobServiceClient.from_connection_string(string).credential
    return None if found is None else type(found).__name__


print("AccountName and AccountKey:", signs_with(f"{ENDPOINT};AccountName=acme;AccountKey={KEY}"))
print("accountname and accountkey:", signs_with(f"{ENDPOINT};accountname=acme;accountkey={KEY}"))
print("AccountKey alone:", signs_with(f"{ENDPOINT};AccountKey={KEY}"))
PY
