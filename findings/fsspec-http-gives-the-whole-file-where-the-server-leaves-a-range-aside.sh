#!/usr/bin/env bash
# fsspec 2026.9.0 with zarr 3.1.6: over a server without ranges, each chunk of a reference file reads as the first one, silently.
#
# Expected: cat_file(url, start=4, end=8) is four bytes, or the ValueError of `open` and `seek`, "doesn't appear to support
#           range requests": a server may answer a range with 200 and the whole file, as Python's http.server does.
# Seen:     whatever body comes is taken for the range: each part is the file from its beginning. cat_ranges is the same, and so
#           is "reference" (the files of kerchunk), through which zarr reads the chunks that lie in a netCDF file: they are
#           mostly packed with zlib, which stops where the first of them ends. So all of the array is its first chunk,
#           repeated. obstore raises an error.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install fsspec==2026.9.0 aiohttp==3.14.5 zarr==3.1.6 numcodecs==0.16.6 obstore==0.12.1

expect <<'OUT'
cat_file from 4 to 8: b'0000111122223333'
open, seek, read: ValueError
obstore: NotSupportedError
zarr, from the disk: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
zarr, over http: [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3]
OUT

run <<'PY'
import threading
import zlib
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import fsspec
import numpy
import obstore
import zarr
from obstore.store import HTTPStore
from zarr.storage import FsspecStore


class Server(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
URL = f"http://127.0.0.1:{server.server_port}"


def tell(title, read):
    try:
        print(title, read())
    except (ValueError, obstore.exceptions.BaseError) as error:
        print(title, type(error).__name__)


def sought():
    with fs.open(f"{URL}/plain") as file:
        file.seek(4)
        return file.read(4)


Path("plain").write_bytes(b"0000111122223333")
fs = fsspec.filesystem("http")
store = HTTPStore.from_url(URL, client_options={"allow_http": True})
tell("cat_file from 4 to 8:", lambda: fs.cat_file(f"{URL}/plain", start=4, end=8))
tell("open, seek, read:", sought)
tell("obstore:", lambda: obstore.get_range(store, "plain", start=4, end=8))

NUMBERS = numpy.arange(12, dtype="<i4")
packed = [zlib.compress(part.tobytes()) for part in NUMBERS.reshape(3, 4)]
Path("data").write_bytes(b"".join(packed))
METADATA = """{"zarr_format": 2, "shape": [12], "chunks": [4], "dtype": "<i4", "order": "C", "fill_value": 0,
               "filters": null, "compressor": {"id": "zlib", "level": 1}}"""


def referred(place, protocol):
    references, start = {".zarray": METADATA}, 0
    for number, part in enumerate(packed):
        references[str(number)] = [place, start, len(part)]
        start += len(part)
    options = {"remote_protocol": protocol, "remote_options": {"asynchronous": True}}
    return fsspec.filesystem("reference", fo=references, asynchronous=True, **options)


for title, place, protocol in (
    ("from the disk", str(Path("data").resolve()), "file"),
    ("over http", f"{URL}/data", "http"),
):
    array = zarr.open_array(FsspecStore(referred(place, protocol), read_only=True, path=""), mode="r", zarr_format=2)
    print(f"zarr, {title}:", array[:].tolist())
PY
