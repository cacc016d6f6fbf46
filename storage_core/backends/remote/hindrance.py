"""What kept a request from its server: a proxy, a certificate, or http in place of https."""

from __future__ import annotations

import re
import socket
import ssl
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from storage_core.backends.remote.broken import CLOSED, NOT_HTTP, RESET, broken, related
from storage_core.backends.remote.faults import Explained, Fault, status_of, unconnected
from storage_core.backends.remote.proxies import proxy_of
from storage_core.backends.remote.trust import SETTING

if TYPE_CHECKING:
    from storage_core.backends.remote.network import Network

_EXPIRED: Final = 10
_NOT_YET: Final = 9
_OTHER_NAME: Final = (62, 64)
_SELF_SIGNED: Final = 18
_UNSIGNED: Final = (2, 18, 19, 20, 21, 27)

_PROXY_ERRORS: Final = frozenset(
    {
        ("aiohttp", "ClientHttpProxyError"),
        ("aiohttp", "ClientProxyConnectionError"),
        ("botocore", "ProxyConnectionError"),
        ("httpx", "ProxyError"),
        ("requests", "ProxyError"),
        ("urllib3", "ProxyError"),
    }
)
_TUNNEL: Final = re.compile(r"(?:Tunnel connection failed: |^)([45]\d\d)\b")
_NO_TLS: Final = frozenset(
    {"HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "UNKNOWN_PROTOCOL", "WRONG_VERSION_NUMBER"}
)
_PATIENCE: Final = 1.0
"""Seconds to wait for a server that is only asked whether it speaks TLS."""


def speaks_tls(network: Network, error: BaseException) -> Explained | None:
    """The explanation that a server addressed with http expects https; None if it does not.

    Many servers do not say so. This connects to the server: call it off the event loop.

    Args:
        network: how the server is reached.
        error: what a call has failed with.
    """
    parts = urlsplit(network.url)
    if parts.scheme != "http" or network.proxy or unconnected(error):
        return None
    # A server that has sent a proper answer speaks http.
    words = broken(error)
    if words not in (None, CLOSED, NOT_HTTP, RESET) or not (words or _is_bad_request(error)):
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # Only the handshake is tried and nothing is sent, so there is nothing to protect.
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    where = parts.hostname or "", parts.port or 80
    try:
        with (
            socket.create_connection(where, _PATIENCE) as clear,
            context.wrap_socket(clear, server_hostname=where[0]),
        ):
            pass
    except (OSError, ValueError):
        return None
    return _in_the_way(
        Fault.MISCONFIGURED, "what answers there speaks TLS", "write https:// in the address"
    )


def hindrance(network: Network, error: BaseException) -> Explained | None:
    """The explanation of a failure that is due to the proxy, a certificate or TLS, or None."""
    # Certificates come first: an untrusted one of the proxy itself looks like a failing proxy.
    for look in (_of_certificate, _of_proxy, _of_tls):
        for each in related(error):
            if found := look(network, each):
                return found
    return None


def _of_proxy(network: Network, error: BaseException) -> Explained | None:
    if not _is_of_proxy(network, error):
        return None
    proxy = network.proxy or proxy_of("https") or proxy_of("http")
    shown = f"the proxy {proxy}" if proxy else "the proxy"
    variable = proxy.variable if proxy else "HTTPS_PROXY"
    status = next(filter(None, map(_status, related(error))), None)
    if status is None:
        why = unconnected(error) or "no answer"
        return _in_the_way(
            Fault.PASSING,
            f"{shown} cannot be reached: {why}",
            f"correct {variable}, or name the server in NO_PROXY",
        )
    refused = f"{shown} refused: {status} {_phrase(status)}".rstrip()
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        signs_in = proxy is not None and proxy.signs_in
        remedy = f"check the user and the password in {variable}"
        if not signs_in:
            remedy = f"put a user and a password before the host in {variable}"
        return _in_the_way(Fault.DENIED, refused, remedy)
    passes = status in (429, 500, 502, 503, 504)
    return _in_the_way(
        Fault.PASSING if passes else Fault.MISCONFIGURED,
        refused,
        "have the proxy let the server through, or name it in NO_PROXY",
    )


def _is_of_proxy(network: Network, error: BaseException) -> bool:
    names = {(each.__module__.partition(".")[0], each.__name__) for each in type(error).__mro__}
    if names & _PROXY_ERRORS or _answered(error) == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        return True
    if isinstance(error, OSError) and str(error).startswith("Tunnel connection failed"):
        return True
    # With a proxy, that is the only server to which connections are made.
    return network.proxy is not None and unconnected(error) is not None


def _of_certificate(network: Network, error: BaseException) -> Explained | None:
    # aiohttp wraps it in an error of its own without details; OpenSSL's is inside.
    message = getattr(error, "verify_message", None)
    if not isinstance(error, ssl.SSLCertVerificationError) or not message:
        return None
    said = message.rstrip(".")
    code = error.verify_code
    if code in _UNSIGNED:
        signer = "this certificate" if code == _SELF_SIGNED else "the authority that signed it"
        remedy = f"name the PEM file of {signer} in {SETTING}"
        if network.trust.path is not None:
            remedy = f"add {signer} to {network.trust}"
            if network.trust.source != SETTING:
                remedy += f", or name its PEM file in {SETTING}"
    elif code == _EXPIRED:
        remedy = "have it renewed, or set the clock of this machine"
    elif code == _NOT_YET:
        remedy = "set the clock of this machine"
    elif code in _OTHER_NAME:
        remedy = "ask the server by a name that is in its certificate"
    else:
        remedy = f"have it made anew, or see to {SETTING}"
    secure = network.proxy is not None and network.proxy.url.startswith("https:")
    whose = f"the server, or of the proxy {network.proxy}," if secure else "the server"
    why = f"the certificate of {whose} is not trusted: {said}"
    return _in_the_way(Fault.MISCONFIGURED, why, remedy)


def _of_tls(_network: Network, error: BaseException) -> Explained | None:
    reason = getattr(error, "reason", None) if isinstance(error, ssl.SSLError) else None
    if not isinstance(reason, str):
        return None
    if reason in _NO_TLS:
        return _in_the_way(
            Fault.MISCONFIGURED,
            "what answers there does not speak TLS",
            "write http:// in the address, or the port that takes https",
        )
    if "ALERT" in reason or "UNSUPPORTED_PROTOCOL" in reason:
        said = reason.lower().replace("_", " ")
        return _in_the_way(
            Fault.MISCONFIGURED,
            f"the server and this machine do not agree on TLS ({said})",
            "see to the TLS settings of the server",
        )
    return None


def _in_the_way(fault: Fault, why: str, remedy: str) -> Explained:
    return Explained(fault, why, remedy, while_connecting=True)


def _status(error: BaseException) -> int | None:
    """The HTTP status with which a proxy has refused."""
    found = _TUNNEL.search(str(error)) if isinstance(error, OSError | RuntimeError) else None
    found = found or (_TUNNEL.search(str(error)) if type(error).__name__ == "ProxyError" else None)
    return int(found[1]) if found else _answered(error)


def _answered(error: BaseException) -> int | None:
    """The HTTP status that `error` carries; botocore has it in a table."""
    answer = getattr(error, "response", None)
    if isinstance(answer, dict):
        status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode")
        return status if isinstance(status, int) else None
    return status_of(error)


def _is_bad_request(error: BaseException) -> bool:
    status = next(filter(None, map(_answered, related(error))), None)
    return status == HTTPStatus.BAD_REQUEST


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
