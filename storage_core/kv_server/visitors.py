"""Keeps web pages away from the server: they run in a browser that can reach what its user can.

A page may send requests to any address; it gives its own address in Origin. A page whose own name
is made to lead to this machine (DNS rebinding) can read the answers too; it gives its own name in
Host. Clients of the protocol are programs, which send no Origin. A token is checked besides.
"""

from __future__ import annotations

import ipaddress
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from email.message import Message

_MISDIRECTED: Final = (
    "the Host header is not a name of this machine for itself; use 127.0.0.1 or localhost in the "
    "address, or start the server with --host and the name"
)


def refusal(headers: Message, *, bound_to: str, name: str) -> tuple[HTTPStatus, str] | None:
    """Why a request with these headers is refused, as status and one line; None if it is not.

    Args:
        headers: those of the request.
        bound_to: the address that the server listens on.
        name: the host that it was told to listen on.
    """
    hosts = headers.get_all("Host", [])
    if len(hosts) > 1:
        return HTTPStatus.BAD_REQUEST, "send one Host header"
    host = hosts[0] if hosts else None
    if host is not None and is_loopback(bound_to) and not _is_own(host, name):
        return HTTPStatus.MISDIRECTED_REQUEST, _MISDIRECTED
    if any(
        host is None or _netloc(origin) != host.lower() for origin in headers.get_all("Origin", [])
    ):
        return HTTPStatus.FORBIDDEN, "web pages of other origins are not served"
    return None


def is_loopback(host: str) -> bool:
    """Whether `host` is an address that only this machine can reach."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_own(host: str, name: str) -> bool:
    try:
        given = (urlsplit(f"//{host}").hostname or "").removesuffix(".")
    except ValueError:
        return False
    # No name server is asked for names that end in localhost (RFC 6761), so none can forge them.
    if given == "localhost" or given.endswith(".localhost"):
        return True
    return given == name.lower() or is_loopback(given)


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""
