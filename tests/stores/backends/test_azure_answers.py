"""Whatever a server answers in Azure's place, both engines say the same of it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import BytesIO

import pytest

from storage_core.backends.base import Backend
from storage_core.blobpath import blob_path
from storage_core.errors import StorageError
from tests.engines import ENGINES, open_azure
from tests.servers.raw_http import RawServer, raw_server, response

PATH = blob_path("results/abc")
XML = "Content-Type: application/xml"
LONG_AGO = datetime.now(UTC) - timedelta(hours=3)


def error(code: str, message: str = "No.\nRequestId:1") -> bytes:
    text = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return text.encode()


ANSWERS = {
    "nothing but a status": response("403 Forbidden"),
    "no phrase": response("403"),
    "401": response("401 Unauthorized"),
    "a challenge": response(
        "401 Unauthorized", error("NoAuthenticationInformation"), XML, "WWW-Authenticate: Bearer"
    ),
    "407": response("407 Proxy Authentication Required"),
    "an error in the body": response("403 Forbidden", error("AuthenticationFailed"), XML),
    "an error in both": response(
        "404 Not Found", error("BlobNotFound"), XML, "x-ms-error-code: ContainerNotFound"
    ),
    "an error in the head": response("403 Forbidden", b"", "x-ms-error-code: InsufficientAccount"),
    "a role that is missing": response(
        "403 Forbidden",
        error("AuthorizationPermissionMismatch"),
        XML,
        "x-ms-error-code: AuthorizationPermissionMismatch",
    ),
    "the clock": response(
        "403 Forbidden",
        error("AuthenticationFailed"),
        XML,
        "x-ms-error-code: AuthenticationFailed",
        f"Date: {format_datetime(LONG_AGO, usegmt=True)}",
    ),
    "the clock and no code": response(
        "403 Forbidden", b"", f"Date: {format_datetime(LONG_AGO, usegmt=True)}"
    ),
    "a code for who asks": response(
        "422 Unprocessable Entity", error("InvalidAuthenticationInfo"), XML
    ),
    "422": response("422 Unprocessable Entity", error("InvalidInput", "Odd &amp; wrong."), XML),
    "404": response("404 Not Found"),
    "a blob that is missing": response("404 Not Found", error("BlobNotFound"), XML),
    "a blob that is missing, in the head": response(
        "404 Gone", b"", "x-ms-error-code: BlobNotFound"
    ),
    "a container that is going": response("409 Conflict", error("ContainerBeingDeleted"), XML),
    "409": response("409 Conflict", error("LeaseIdMissing", "There is a lease."), XML),
    "412": response("412 Precondition Failed"),
    "taken": response("409 Conflict", error("BlobAlreadyExists"), XML),
    "405": response("405 Method Not Allowed"),
    "411": response(
        "411 Length Required", b"<html><p>No length</p></html>", "Content-Type: text/html"
    ),
    "418 in words": response("418 I'm a teapot", b"Short\nand stout", "Content-Type: text/plain"),
    "418 in odd words": response("418 I'm a teapot", b"\x1b[31mred", "Content-Type: text/plain"),
    "words and a code": response(
        "418 I'm a teapot", b"Short", "Content-Type: text/plain", "x-ms-error-code: Teapot"
    ),
    "broken XML": response("422 Unprocessable Entity", b"<Error><Code>", XML),
    "another XML": response("422 Unprocessable Entity", b"<a><b>c</b></a>", XML),
    "no type": response("422 Unprocessable Entity", b"words"),
    "301": response("301 Moved", b"", "Location: https://elsewhere.example/x"),
    "304": response("304 Not Modified"),
}

UNREADABLE = ("no phrase", "broken XML", "another XML", "no type")

CALLS: dict[str, Callable[[Backend], object]] = {
    "get": lambda backend: backend.get(PATH),
    "range": lambda backend: backend.get_range(PATH, 0, 5),
    "head": lambda backend: backend.head(PATH),
    "put": lambda backend: backend.put(PATH, b"data", overwrite=True),
    "create": lambda backend: backend.put(PATH, b"data", overwrite=False),
    "stream": lambda backend: backend.put_stream(PATH, BytesIO(b"x"), overwrite=True),
    "delete": lambda backend: backend.delete(PATH),
    "list": lambda backend: list(backend.list()),
    "check": lambda backend: backend.check(),
}


def said(call: Callable[[Backend], object], backend: Backend) -> str:
    try:
        return f"returned {call(backend)!r}"
    except StorageError as failure:
        return f"{type(failure).__name__}, {failure.while_signing_in}: {failure}"


@pytest.mark.parametrize("answer", ANSWERS)
def test_both_engines_say_the_same_of_an_answer(answer: str) -> None:
    found: dict[str, dict[str, str]] = {}

    def serve(server: RawServer, connection: socket.socket) -> None:
        head, end, body = ANSWERS[answer].partition(b"\r\n\r\n")
        is_head = server.asked.startswith(b"HEAD")
        connection.sendall(head + end + (b"" if is_head else body))

    with raw_server(serve) as server:
        for engine in ENGINES:
            where = f"{server.url}/acme"
            backend = open_azure(
                "container",
                engine=engine,
                connection_string=f"AccountName=acme;AccountKey=QUJD;BlobEndpoint={where}",
                timeout=10,
            )
            found[engine] = {name: said(call, backend) for name, call in CALLS.items()}
            backend.close()
    if answer in UNREADABLE:
        # Azure's client then speaks of what it could not read.
        for texts in found.values():
            assert not any(text.split()[0] == "returned" for text in texts.values())
            for name, text in texts.items():
                texts[name] = text.partition(":")[0]
    assert found["direct"] == found["fsspec"]
