"""Keeps web pages away from the server: they run in a browser that can reach what its user can.

A page may send requests to any address. Its browser says in Origin where the page comes from or,
where it asks for a blob as an image or a script, says in Sec-Fetch-Site that this is another site.
A page whose own host name is made to lead to this machine (DNS rebinding) can read the answers too;
there Host has the page's name. Clients of the protocol are programs, which send no Origin. A token
is checked as well. Beyond loopback it takes the place of the check of Host: no page knows it.
"""

from __future__ import annotations

import ipaddress
import socket
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from email.message import Message

_MISDIRECTED: Final = (
    "the Host header is not a name of this machine for itself; use 127.0.0.1 or localhost in the "
    "address, or start the server with --host and the name"
)
_NO_NAME: Final = (
    "a web page could have made up the name in the Host header; use the IP address, start the "
    "server with --host and the name, or have it ask for a token"
)

_OTHER_ORIGIN: Final = "web pages of other origins are not served"


def refusal(
    headers: Message, *, bound_to: str, name: str, has_token: bool
) -> tuple[HTTPStatus, str] | None:
    """Why a request with these headers is refused, as status and one line; None if it is not.

    Args:
        headers: those of the request.
        bound_to: the address that the server listens on.
        name: the host that it was told to listen on.
        has_token: whether clients have to send a token.
    """
    hosts = headers.get_all("Host", [])
    if len(hosts) > 1:
        return HTTPStatus.BAD_REQUEST, "send one Host header"
    host = hosts[0] if hosts else None
    if host is not None and is_loopback(bound_to):
        if not _is_own(host, name):
            return HTTPStatus.MISDIRECTED_REQUEST, _MISDIRECTED
    elif host is not None and not has_token and not _cannot_be_made_up(host, name):
        return HTTPStatus.MISDIRECTED_REQUEST, _NO_NAME
    if any(
        host is None or _netloc(origin) != host.lower() for origin in headers.get_all("Origin", [])
    ):
        return HTTPStatus.FORBIDDEN, _OTHER_ORIGIN
    # Requests for the scripts and images of a page have no Origin.
    sites = headers.get_all("Sec-Fetch-Site", [])
    if any(site.strip().lower() not in ("same-origin", "none") for site in sites):
        return HTTPStatus.FORBIDDEN, _OTHER_ORIGIN
    return None


def is_loopback(host: str) -> bool:
    """Whether `host` is an address that only this machine can reach."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _cannot_be_made_up(host: str, name: str) -> bool:
    """Whether nobody who makes a web page can have made this name lead to this machine.

    That holds for an address, for this machine's own name, and for names without a dot, as
    containers have them: nobody can register those.
    """
    given = _hostname(host)
    try:
        ipaddress.ip_address(given)
    except ValueError:
        own = socket.gethostname().lower()
        return bool(given) and ("." not in given or given in (name.lower(), own, f"{own}.local"))
    return True


def _is_own(host: str, name: str) -> bool:
    given = _hostname(host)
    # No name server is asked for names that end in localhost (RFC 6761), so none can forge them.
    if given == "localhost" or given.endswith(".localhost"):
        return True
    return given == name.lower() or is_loopback(given)


def _hostname(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").removesuffix(".")
    except ValueError:
        return ""


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""
