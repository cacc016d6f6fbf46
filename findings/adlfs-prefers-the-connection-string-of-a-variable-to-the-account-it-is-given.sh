#!/usr/bin/env bash
# adlfs 2026.8.0: AZURE_STORAGE_CONNECTION_STRING wins over an account and a key that are given as arguments.
#
# Expected: variables fill in what is not given, as for adlfs's other arguments: AzureBlobFileSystem(account_name="mine",
#           account_key=…) leads to mine.blob.core.windows.net whatever the environment says.
# Seen:     with the variable set it leads to the account that the variable names, without a word; a connection string
#           goes before all else, also one that nobody has passed. A variable for the name alone does not win.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install adlfs==2026.8.0 fsspec==2026.9.0 azure-storage-blob==12.31.1

expect <<'OUT'
without variables: mine
AZURE_STORAGE_ACCOUNT_NAME=theirs: mine
AZURE_STORAGE_CONNECTION_STRING of theirs: theirs
OUT

run <<'PY'
import base64
import os

import adlfs

KEY = base64.b64encode(b"k" * 64).decode()


def account():
    return adlfs.AzureBlobFileSystem(
        account_name="mine", account_key=KEY, skip_instance_cache=True
    ).service_client.account_name


print("without variables:", account())
os.environ["AZURE_STORAGE_ACCOUNT_NAME"] = "theirs"
print("AZURE_STORAGE_ACCOUNT_NAME=theirs:", account())
os.environ["AZURE_STORAGE_CONNECTION_STRING"] = f"AccountName=theirs;AccountKey={KEY}"
print("AZURE_STORAGE_CONNECTION_STRING of theirs:", account())
PY
