"""Handles the requests of one connection, in a thread; every answer is JSON.

A value is on the disk before its client is told so. A bad request is answered with a status and
`{"error": …}`; if its body was not read, the connection ends.
"""

from __future__ import annotations

import io
import json
import logging
import mmap
import os
import tempfile
from hmac import compare_digest
from http import HTTPStatus
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_WR
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from storage_core.backends.base import CHUNK_SIZE, deadline
from storage_core.backends.drivers.kv.protocol import from_segment, to_segment
from storage_core.blobpath import prefix_of
from storage_core.errors import BlobNotFound, StorageError
from storage_core.keys import KINDS, Key, is_name
from storage_core.kv_server.head import Lines
from storage_core.kv_server.json_text import check_json
from storage_core.kv_server.visitors import refusal
from storage_core.kv_server.wire import Wire

if TYPE_CHECKING:
    from socket import socket

    from storage_core.backends.local import LocalBackend
    from storage_core.keys import Kind

MAX_HEAD: Final = 32 * 1024
"""The most bytes of a request line and its headers."""

_OTHER: Final = cast("Kind", "other")
"""The folder for keys that are not those of blobs: other clients of the protocol have their own."""

_KINDS: Final = tuple(f"{kind}-" for kind in KINDS)
_BUFFER: Final = 16 * 1024
_LINGER: Final = 2.0
_log: Final = logging.getLogger("storage_core.kv_server")


class HandlingServer(ThreadingHTTPServer):
    """What a handler needs of the server that it belongs to."""

    folder: str
    values: LocalBackend
    host: str
    token: str | None
    max_size: int
    patience: float
    idle: set[socket]
    """Connections whose next request has not begun."""

    is_stopping: bool


class Handler(BaseHTTPRequestHandler):
    """The connection of one client."""

    protocol_version = "HTTP/1.1"
    default_request_version = "HTTP/1.0"
    server: HandlingServer
    raw_requestline: bytes

    def setup(self) -> None:
        self.connection = self.request
        self._wire = Wire(self.connection)
        self.rfile = io.BufferedReader(self._wire, _BUFFER)
        self.wfile = io.BufferedWriter(self._wire, _BUFFER)

    def finish(self) -> None:
        for stream in (self.wfile, self.rfile):
            try:
                stream.close()
            except OSError:
                pass

    def handle_one_request(self) -> None:
        """Serve one request; the connection ends if the client goes away or is too slow."""
        self.requestline = self.request_version = self.command = ""
        self._has_answered = False
        self._wire.allow(self.server.patience, MAX_HEAD)
        self.server.idle.add(self.connection)
        try:
            super().handle_one_request()
        except HTTPException:
            self.send_error(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        except (ConnectionError, TimeoutError):
            self.close_connection = True
        except (OSError, StorageError) as error:
            self._fail(error)

    def parse_request(self) -> bool:
        """Read the head and decide whether the client may go on."""
        self.server.idle.discard(self.connection)
        whole, lines = self.rfile, Lines(self.rfile)
        self.rfile = lines  # type: ignore[assignment]
        try:
            if not super().parse_request():
                return False
        finally:
            self.rfile = whole
        self._wire.allow(self.server.patience)
        if fault := lines.fault(self.raw_requestline):
            self._refuse(HTTPStatus.BAD_REQUEST, fault)
            return False
        if refused := refusal(
            self.headers,
            bound_to=self.server.server_name,
            name=self.server.host,
            has_token=self.server.token is not None,
        ):
            self._refuse(*refused)
            return False
        if not self._is_admitted():
            self._refuse(HTTPStatus.UNAUTHORIZED, "send the server's token as a bearer token")
            return False
        if self.command != "POST" and (
            "Transfer-Encoding" in self.headers
            or set(self.headers.get_all("Content-Length", [])) - {"0"}
        ):
            self._refuse(HTTPStatus.BAD_REQUEST, f"{self.command} takes no body")
            return False
        return True

    def handle_expect_100(self) -> bool:
        """Leave it to `do_POST` to ask for the body when all else is right."""
        return True

    def do_GET(self) -> None:
        """Answer a value, or the list of all keys."""
        if self._target == "/":
            names = [
                _segment(Key(kind, entry.name))
                for kind in (*KINDS, _OTHER)
                for entry in self.server.values.list(prefix_of(kind), delimiter=True)
                if is_name(entry.name) and not entry.is_folder
            ]
            self._answer(HTTPStatus.OK, names)
        elif key := self._key():
            try:
                value = self.server.values.open(key.path)
            except BlobNotFound:
                self._answer(HTTPStatus.NOT_FOUND, None)
            else:
                with value:
                    self._send(value)

    do_HEAD = do_GET  # noqa: N815

    def do_POST(self) -> None:
        """Store a value."""
        lengths = self.headers.get_all("Content-Length", [])
        if "Transfer-Encoding" in self.headers or not lengths:
            self._refuse(HTTPStatus.LENGTH_REQUIRED, "send the value with a Content-Length")
            return
        if len(lengths) > 1 or not (lengths[0].isascii() and lengths[0].isdigit()):
            self._refuse(HTTPStatus.BAD_REQUEST, "Content-Length is not one number")
            return
        length = int(lengths[0]) if len(lengths[0]) < 20 else self.server.max_size + 1
        if length > self.server.max_size:
            self._refuse(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"a value may have {self.server.max_size} bytes of JSON",
            )
            return
        if (key := self._key()) is None:
            return
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.send_response_only(HTTPStatus.CONTINUE)
            self.end_headers()
            self.wfile.flush()
        self._wire.allow(deadline(self.server.patience, length))
        if length <= CHUNK_SIZE:
            self._store_small(key, length)
        else:
            self._store_large(key, length)

    def do_DELETE(self) -> None:
        """Remove a value."""
        if key := self._key():
            known = self.server.values.exists(key.path)
            self.server.values.delete(key.path)
            self._answer(HTTPStatus.OK if known else HTTPStatus.NOT_FOUND, None)

    def _store_small(self, key: Key, length: int) -> None:
        body = self.rfile.read(length)
        if len(body) < length:
            self.close_connection = True
        elif self._is_json(body):
            self.server.values.put(key.path, body, overwrite=True)
            self._answer(HTTPStatus.OK, {"key": _segment(key)})

    def _store_large(self, key: Key, length: int) -> None:
        """Store the body through a nameless file, not through memory."""
        with tempfile.TemporaryFile(dir=self.server.folder) as spool:
            while (left := length - spool.tell()) > 0:
                chunk = self.rfile.read(min(left, CHUNK_SIZE))
                if not chunk:
                    self.close_connection = True
                    return
                spool.write(chunk)
            spool.flush()
            with mmap.mmap(spool.fileno(), 0, access=mmap.ACCESS_READ) as body:
                if not self._is_json(body):
                    return
            spool.seek(0)
            self.server.values.put_stream(key.path, spool, overwrite=True)
        self._answer(HTTPStatus.OK, {"key": _segment(key)})

    def _is_json(self, body: bytes | mmap.mmap) -> bool:
        try:
            check_json(body)
        except ValueError as error:
            self._answer(HTTPStatus.BAD_REQUEST, {"error": f"the value is not JSON: {error}"})
            return False
        return True

    @property
    def _target(self) -> str:
        """The target as the client wrote it; the base class has changed `path`."""
        return self.requestline.split()[1]

    def _key(self) -> Key | None:
        """The key that the request names; None if the request was refused."""
        segment = self._target.removeprefix("/")
        if segment != self._target:
            if key := from_segment(segment):
                return key
            if is_name(segment) and not segment.startswith(_KINDS):
                return Key(_OTHER, segment)
        self._refuse(
            HTTPStatus.BAD_REQUEST,
            "no such key: write / and 1 to 200 of the characters A-Z a-z 0-9 . _ -",
        )
        return None

    def _is_admitted(self) -> bool:
        if self.server.token is None:
            return True
        given = self.headers.get("Authorization", "").encode("latin-1", "replace")
        return compare_digest(given, b"Bearer " + self.server.token.encode())

    def _send(self, value: BinaryIO) -> None:
        size = os.fstat(value.fileno()).st_size
        self._send_head(HTTPStatus.OK, size)
        if self.command != "HEAD":
            self._wire.allow(deadline(self.server.patience, size))
            while chunk := value.read(CHUNK_SIZE):
                self.wfile.write(chunk)

    def _answer(self, status: HTTPStatus, value: object) -> None:
        body = json.dumps(value).encode()
        self._send_head(status, len(body))
        if self.command != "HEAD":
            self.wfile.write(body)

    def _send_head(self, status: HTTPStatus, length: int) -> None:
        self._has_answered = True
        self.close_connection |= self.server.is_stopping
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(length))
        if status is HTTPStatus.UNAUTHORIZED:
            self.send_header("WWW-Authenticate", "Bearer")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()

    def _fail(self, error: Exception) -> None:
        """Answer that the disk is at fault, unless an answer has begun."""
        _log.error("%s: %s", ascii(self.requestline), error)
        self.close_connection = True
        if not self._has_answered:
            self._refuse(
                HTTPStatus.INTERNAL_SERVER_ERROR,
                "the server cannot use its disk; what it prints says why",
            )

    def send_error(self, code: int, message: str | None = None, _: str | None = None) -> None:
        """Refuse a request that the base class could not parse."""
        self._refuse(HTTPStatus(code), message or HTTPStatus(code).phrase)

    def version_string(self) -> str:
        """The Server header, without Python's version."""
        return "storage-kv"

    def log_message(self, format: str, *args: Any) -> None:
        """Log at level DEBUG only. The lines hold keys, never a token."""
        _log.debug("%s", ascii(format % args))

    def _refuse(self, status: HTTPStatus, why: str) -> None:
        """Answer, then end the connection so that the client still gets the answer."""
        self.close_connection = True
        self._wire.allow(_LINGER)
        self._answer(status, {"error": why})
        try:
            self.wfile.flush()
            # Closing a socket with unread input resets it, and the answer is lost.
            self.connection.shutdown(SHUT_WR)
            while self._wire.read(_BUFFER):
                pass
        except OSError:
            pass


def _segment(key: Key) -> str:
    return key.name if key.kind == _OTHER else to_segment(key)
