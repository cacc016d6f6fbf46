#!/usr/bin/env bash
# botocore 1.43.117: put_object of a file that stands behind its beginning sends the rest of it, and in a second try all of it.
#
# Expected: each try sends the same bytes, from where the file stood when `put_object` was called, as `upload_fileobj` does.
# Seen:     where the first answer is a 500, or none comes, the body is rewound to 0 and signed anew with a new length, so that
#           what is stored begins with what the program had read past; put_object reports success. By default the checksum of
#           the first try is sent again, and a service that checks it refuses; with `when_required`, as set for services that
#           do not know these checksums, or with one that does not look at them, nothing tells.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install botocore==1.43.117 boto3==1.43.117

expect <<'OUT'
put_object, when_required: sent b'the rest', stored b'header, the rest'
put_object, by default: sent b'the rest', stored b'header, the rest' under the checksum of another body
upload_fileobj, when_required: sent b'the rest', stored b'the rest'
OUT

run <<'PY'
import base64
import io
import threading
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import boto3
from botocore.config import Config

tries = []


class Server(BaseHTTPRequestHandler):
    """Has a fault at the first try, and stores the second."""

    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        tries.append((body, self.headers["x-amz-checksum-crc32"]))
        self.send_response(200 if len(tries) == 2 else 500)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()


def client(checksums):
    return boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{server.server_port}",
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        config=Config(request_checksum_calculation=checksums),
    )


def tell(title, store):
    tries.clear()
    file = io.BytesIO(b"header, the rest")
    file.seek(8)
    store(file)
    (sent, _), (stored, checksum) = tries
    computed = base64.b64encode(zlib.crc32(stored).to_bytes(4, "big")).decode()
    fits = checksum in (None, computed)
    print(f"{title}: sent {sent}, stored {stored}{'' if fits else ' under the checksum of another body'}")


for title, checksums in (("when_required", "when_required"), ("by default", "when_supported")):
    tell(f"put_object, {title}", lambda file: client(checksums).put_object(Bucket="b", Key="x", Body=file))
tell("upload_fileobj, when_required", lambda file: client("when_required").upload_fileobj(file, "b", "x"))
PY
