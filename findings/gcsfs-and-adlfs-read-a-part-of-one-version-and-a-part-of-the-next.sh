#!/usr/bin/env bash
# gcsfs 2026.10.1 and adlfs 2026.8.0: an object that is replaced while it is read gives a part of the old and a part of the new one.
#
# Expected: an open file reads the version that it began with, or raises, as s3fs does, which asks for each part with the
#           ETag, and google-cloud-storage, which asks with the generation. Both services have such conditions.
# Seen:     each part is whatever stands under the name when that part is asked for, and where the new object is no shorter
#           nothing tells: the first rows of a CSV file are yesterday's, the last ones today's.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install gcsfs==2026.10.1 fsspec==2026.9.0 adlfs==2026.8.0 azure-storage-blob==12.31.1 google-cloud-storage==3.17.1 s3fs==2026.9.0 aiobotocore==3.10.0

expect <<'OUT'
with s3fs: OSError
with google cloud storage: NotFound
with gcsfs: 100000 of version 1 200000 of version 2
with adlfs: 200000 of version 1 100000 of version 2
OUT

run <<'PY'
import base64
import json
import os
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import groupby

os.environ["GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT"] = "false"  # no second API

import adlfs
import gcsfs
import s3fs
from google.auth.credentials import AnonymousCredentials
from google.cloud import storage

PART, SIZE = 100_000, 300_000
TIME = "Thu, 01 Jan 2026 00:00:00 GMT"


class Server(BaseHTTPRequestHandler):
    """One object, and as much of three services as it takes to read it."""

    version = 1

    def do_GET(self):
        etag = f'"{Server.version}"'
        asked = re.search(r"bytes=(\d+)-(\d*)", self.headers["x-ms-range"] or self.headers["Range"] or "")
        generation = re.search(r"[?&]generation=(\d+)", self.path)
        if generation and int(generation[1]) != Server.version:
            return self.answer(404, b"")
        if self.headers["If-Match"] not in (None, etag):
            return self.answer(412, b"")
        if self.path.startswith("/storage/"):
            described = {"name": "x", "bucket": "box", "size": str(SIZE), "generation": str(Server.version)}
            return self.answer(200, json.dumps(described).encode(), {"Content-Type": "application/json"})
        body = b"%d" % Server.version * SIZE
        headers = {
            "ETag": etag,
            "Last-Modified": TIME,
            "X-Goog-Generation": str(Server.version),
            "x-ms-blob-type": "BlockBlob",
        }
        if not asked:
            return self.answer(200, body, headers)
        start, end = int(asked[1]), int(asked[2] or SIZE - 1)
        headers["Content-Range"] = f"bytes {start}-{min(end, SIZE - 1)}/{SIZE}"
        self.answer(206, body[start : end + 1], headers)

    do_HEAD = do_GET

    def answer(self, status, body, headers={}):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
URL = f"http://127.0.0.1:{server.server_port}"


def with_gcsfs():
    return gcsfs.GCSFileSystem(endpoint_url=URL, token="anon").open("box/x", block_size=PART)


def with_adlfs():
    key = base64.b64encode(b"k" * 64).decode()
    connection = f"BlobEndpoint={URL}/account;AccountName=account;AccountKey={key}"
    return adlfs.AzureBlobFileSystem(connection_string=connection).open("box/x", block_size=PART)


def with_s3fs():
    return s3fs.S3FileSystem(endpoint_url=URL, anon=True).open("box/x", block_size=PART)


def with_google_cloud_storage():
    client = storage.Client("p", AnonymousCredentials(), client_options={"api_endpoint": URL})
    return client.bucket("box").blob("x").open("rb", chunk_size=PART)


for opened in (with_s3fs, with_google_cloud_storage, with_gcsfs, with_adlfs):
    Server.version = 1
    name = opened.__name__.replace("_", " ")
    try:
        with opened() as file:
            data = file.read(PART)
            Server.version = 2
            while piece := file.read(PART):
                data += piece
        print(f"{name}:", *(f"{len(list(same))} of version {version}" for version, same in groupby(data.decode())))
    except Exception as error:
        print(f"{name}:", type(error).__name__)
PY
