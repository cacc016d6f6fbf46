"""The data that the other programs show: as much as ours has in its pictures, of the same kind."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.servers.s3 import S3Server

from .material import BLOBS, OTHERS, SUMMARY, saved

_ACCEPT = "headers:\n- name: Accept\n  value: application/json\n- name: X-Team\n  value: forecast\n"
_SIGNED = "auth:\n  type: basic\n  basic:\n    username: acme\n    password: $TOKEN\n"
_REQUESTS = {
    "buckets/list": ("List buckets", "GET", "$API/buckets", _ACCEPT),
    "buckets/create": ("Create a bucket", "POST", "$API/buckets", _ACCEPT),
    "buckets/delete": ("Delete a bucket", "DELETE", "$API/buckets/acme", ""),
    "forecasts/newest": ("Newest forecast", "GET", "$API/forecasts/newest", _SIGNED + _ACCEPT),
    "forecasts/replace": ("Replace a forecast", "PUT", "$API/forecasts/7", _SIGNED),
    "runs/start": ("Start a run", "POST", "$API/runs", _SIGNED),
    "runs/status": ("State of a run", "GET", "$API/runs/7", ""),
}
_MOST = 200_000  # bytes of a blob that are stored; nobody looks at more


def requests(folder: Path, port: int) -> None:
    """Make a collection for posting, one without requests, and the variables of both."""
    for path, (name, method, url, more) in _REQUESTS.items():
        file = folder / "acme" / f"{path}.posting.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"name: {name}\nmethod: {method}\nurl: {url}\n{more}", encoding="utf-8")
    (folder / "new").mkdir()
    (folder / "acme.env").write_text(f"API=http://localhost:{port}\nTOKEN=unused\n")


@contextmanager
def answering() -> Iterator[int]:
    """Yield the port of a server that answers every request with a summary of a run."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        time.sleep(0.05)
        body = json.dumps(json.loads(SUMMARY), ensure_ascii=False).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *_: object) -> None:
        """Print nothing."""


def frame(folder: Path) -> None:
    """Write the data frame that ours previews, as Parquet."""
    [table] = (data for key, (data, _) in saved().items() if key.endswith("parquet"))
    assert isinstance(table, bytes)
    (folder / "forecast.parquet").write_bytes(table)


def bucket(server: S3Server) -> None:
    """Fill a bucket with what ours has in it, and make two more."""
    for name in ("acme-results", "acme-staging", "acme-tokyo"):
        server.client.create_bucket(Bucket=name)
    for key, (data, _) in {**OTHERS, **BLOBS}.items():
        body = bytes(min(data, _MOST)) if isinstance(data, int) else data
        if key.endswith(".csv"):
            body = _csv()
        server.client.put_object(Bucket="acme-results", Key=key, Body=body)


def _csv() -> bytes:
    rows = (f"{1000 + row},Antwerp,2026-11-{1 + row % 28:02},{row * 7 % 240}" for row in range(200))
    return "\n".join(["customer,store,since,orders", *rows]).encode()
