"""Tells which kind of failure a library's exception is.

No library is imported for this: exceptions are recognised by the package and the name of their
class, or by the HTTP status that they carry. A driver that knows more applies its own rules first.
"""

from __future__ import annotations

import os
import re
import sys
from enum import Enum, auto
from errno import ECONNREFUSED, EHOSTDOWN, EHOSTUNREACH, ENETUNREACH
from io import UnsupportedOperation
from socket import EAI_AGAIN, gaierror
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from storage_core.backends.remote.broken import broken, is_garbled
from storage_core.errors import StorageError
from storage_core.redaction import mask_url, scrub

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


class Fault(Enum):
    """The kinds of failure, the same for all drivers."""

    MISSING = auto()
    """The blob or the bucket does not exist; the driver does not say which."""

    BLOB_MISSING = auto()
    PLACE_MISSING = auto()
    TAKEN = auto()
    """There is a blob already, and the write must not replace one."""

    DENIED = auto()
    REDIRECTED = auto()
    MISCONFIGURED = auto()
    """No attempt with these settings can succeed."""

    UNSUPPORTED = auto()
    """The server does not support the operation."""

    PASSING = auto()
    """The next attempt may succeed: 429, 5xx, a broken or refused connection, a time-out."""

    UNKNOWN_HOST = auto()
    """The name of the server cannot be resolved."""

    OTHER = auto()


class Explained(Exception):
    """A failure that a driver explains itself: what failed, and what to do about it.

    Mostly raised while signing in, and `from None`: what the library raised may hold credentials.
    """

    def __init__(
        self,
        fault: Fault,
        why: str,
        remedy: str,
        *,
        while_signing_in: bool = False,
        while_connecting: bool = False,
    ) -> None:
        """Explain a failure.

        Args:
            fault: what kind of failure it is.
            why: what failed, and where its name comes from; follows "…: " in the message.
            remedy: the next step; follows "; " in the message.
            while_signing_in: whether getting credentials failed, before the place was asked.
            while_connecting: whether the server could not be reached properly.
        """
        super().__init__(why)
        self.fault = fault
        self.remedy = remedy
        self.while_signing_in = while_signing_in
        self.while_connecting = while_connecting


class BadSettings(Exception):
    """The settings are such that a driver could not even be created."""


class ConditionRefused(Exception):
    """The place does not support the condition that a write must not replace a blob.

    Or it has refused the write for another reason, and its answer does not tell the two apart.
    """

    def __init__(self, remember: Callable[[], object] | None = None) -> None:
        """Take what to call once it is certain that it was the condition.

        Args:
            remember: makes later writes leave the condition out; None if they do already.
        """
        super().__init__("the condition that nothing is replaced is not supported")
        self.remember = remember or (lambda: None)


class Unconnected(OSError):
    """A server accepts no connection, or its name has no address."""

    def __init__(self, host: str, port: int, error: OSError) -> None:
        """Name the server.

        Args:
            host: of the server.
            port: of the server.
            error: the system's.
        """
        super().__init__(*error.args)
        self.host = host
        self.port = port
        self.os_error = error


class TLSRefused(OSError):
    """The TLS handshake failed, and not because of a certificate."""


class ProxyRefused(Exception):
    """A proxy requires a user and a password (407, which only proxies answer)."""

    status = 407


class Redirected(Exception):
    """The server redirects elsewhere, where neither blobs nor credentials must be sent."""

    def __init__(self, location: str = "") -> None:
        """Keep the part of the target that may be shown: scheme, host and port."""
        try:
            parts = urlsplit(location)
            netloc = parts.netloc.rpartition("@")[2]
        except ValueError:
            netloc = ""
        super().__init__(f"to {parts.scheme}://{netloc}" if netloc else "elsewhere")


_BY_CLASS: Final = {
    ("aiohttp", "ClientSSLError"): Fault.MISCONFIGURED,
    ("aiohttp", "InvalidURL"): Fault.MISCONFIGURED,
    ("aiohttp", "ClientConnectionError"): Fault.PASSING,
    ("aiohttp", "ClientPayloadError"): Fault.PASSING,
    ("aiohttp", "TooManyRedirects"): Fault.REDIRECTED,
    ("asyncssh", "HostKeyNotVerifiable"): Fault.MISCONFIGURED,
    ("asyncssh", "IllegalUserName"): Fault.DENIED,
    ("asyncssh", "KeyExchangeFailed"): Fault.MISCONFIGURED,
    ("asyncssh", "PermissionDenied"): Fault.DENIED,
    ("asyncssh", "ProtocolNotSupported"): Fault.MISCONFIGURED,
    ("asyncssh", "DisconnectError"): Fault.PASSING,
    ("asyncssh", "ChannelOpenError"): Fault.PASSING,
    ("asyncssh", "SFTPBadMessage"): Fault.PASSING,
    ("asyncssh", "SFTPConnectionLost"): Fault.PASSING,
    ("asyncssh", "SFTPNoConnection"): Fault.PASSING,
    ("asyncssh", "SFTPFileAlreadyExists"): Fault.TAKEN,
    ("asyncssh", "SFTPFileIsADirectory"): Fault.MISCONFIGURED,
    ("asyncssh", "SFTPNotADirectory"): Fault.MISCONFIGURED,
    ("asyncssh", "SFTPNoSuchFile"): Fault.MISSING,
    ("asyncssh", "SFTPNoSuchPath"): Fault.MISSING,
    ("asyncssh", "SFTPPermissionDenied"): Fault.DENIED,
    ("asyncssh", "SFTPWriteProtect"): Fault.DENIED,
    ("azure", "AzureSigningError"): Fault.DENIED,
    ("azure", "ClientAuthenticationError"): Fault.DENIED,
    ("azure", "IncompleteReadError"): Fault.PASSING,
    ("azure", "ServiceRequestError"): Fault.PASSING,
    ("azure", "ServiceResponseError"): Fault.PASSING,
    ("azure", "TooManyRedirectsError"): Fault.REDIRECTED,
    ("botocore", "SSLError"): Fault.MISCONFIGURED,
    ("botocore", "ConnectionError"): Fault.PASSING,
    ("botocore", "HTTPClientError"): Fault.PASSING,
    ("botocore", "IncompleteReadError"): Fault.PASSING,
    ("botocore", "CredentialRetrievalError"): Fault.DENIED,
    ("botocore", "NoAuthTokenError"): Fault.DENIED,
    ("botocore", "NoCredentialsError"): Fault.DENIED,
    ("botocore", "PartialCredentialsError"): Fault.DENIED,
    ("botocore", "SSOError"): Fault.DENIED,
    ("botocore", "TokenRetrievalError"): Fault.DENIED,
    ("botocore", "BotoCoreError"): Fault.MISCONFIGURED,
    ("ftplib", "error_temp"): Fault.PASSING,
    ("google", "TransportError"): Fault.PASSING,
    ("google", "GoogleAuthError"): Fault.DENIED,
    ("httpx", "UnsupportedProtocol"): Fault.MISCONFIGURED,
    ("httpx", "TransportError"): Fault.PASSING,
    ("requests", "SSLError"): Fault.MISCONFIGURED,
    ("ssl", "SSLCertVerificationError"): Fault.MISCONFIGURED,
    ("requests", "ChunkedEncodingError"): Fault.PASSING,
    ("requests", "ConnectionError"): Fault.PASSING,
    ("requests", "Timeout"): Fault.PASSING,
    ("storage_core", "TLSRefused"): Fault.MISCONFIGURED,
    ("storage_core", "Unconnected"): Fault.PASSING,
    ("webdav4", "BadGatewayError"): Fault.PASSING,
    ("webdav4", "ForbiddenOperation"): Fault.DENIED,
    ("webdav4", "ResourceAlreadyExists"): Fault.TAKEN,
    ("webdav4", "ResourceConflict"): Fault.MISSING,
    ("webdav4", "ResourceNotFound"): Fault.MISSING,
}

_BY_TYPE: Final[tuple[tuple[type[BaseException], Fault], ...]] = (
    (BadSettings, Fault.MISCONFIGURED),
    (Redirected, Fault.REDIRECTED),
    (UnsupportedOperation, Fault.UNSUPPORTED),
    (FileNotFoundError, Fault.MISSING),
    (FileExistsError, Fault.TAKEN),
    (PermissionError, Fault.DENIED),
    (ConnectionError, Fault.PASSING),
    (TimeoutError, Fault.PASSING),
    (EOFError, Fault.PASSING),
)

_UNCONNECTED: Final = {ECONNREFUSED, EHOSTDOWN, EHOSTUNREACH, ENETUNREACH}

_QUERY: Final = re.compile(r"(https?://[^\s\"'?]+)\?[^\s\"']*")
"""A URL with a query, which may hold a signature and tells a person nothing."""

_LONGEST: Final = 200
"""How many characters of a driver's message are shown."""


def classify(error: BaseException) -> Fault:
    """The kind of failure that `error` stands for, or else its cause."""
    for each in causes(error):
        if isinstance(each, Explained):
            return each.fault
        if isinstance(each, StorageError):
            return Fault.OTHER
        if is_garbled(each):
            return Fault.PASSING
        for base in type(each).__mro__:
            fault = _BY_CLASS.get((base.__module__.partition(".")[0], base.__name__))
            if fault is not None:
                return _deeper_fault(each) or fault
        for kind, fault in _BY_TYPE:
            if isinstance(each, kind):
                return fault
        status = status_of(each)
        if status is not None:
            return classify_status(status)
    return Fault.OTHER


def classify_status(status: int) -> Fault:
    """The kind of failure that an HTTP status stands for."""
    if status in (401, 403, 407):
        return Fault.DENIED
    if status == 405:
        return Fault.UNSUPPORTED
    if status in (404, 410):
        return Fault.MISSING
    if status == 412:
        return Fault.TAKEN
    if status in (408, 429) or (status >= 500 and status not in (501, 505)):
        return Fault.PASSING
    return Fault.REDIRECTED if 300 <= status < 400 else Fault.OTHER


def explanation(error: BaseException) -> Explained | None:
    """The explanation that a driver has raised: `error` itself, or one of its causes."""
    return next((each for each in causes(error) if isinstance(each, Explained)), None)


def status_of(error: BaseException) -> int | None:
    """The HTTP status that `error` carries, under whichever name."""
    # httpx keeps it in the response.
    answer = getattr(error, "response", None)
    for owner, name in (
        (error, "status"),
        (error, "status_code"),
        (error, "code"),
        (answer, "status_code"),
    ):
        value = getattr(owner, name, None)
        if isinstance(value, int | str) and str(value).isdigit() and 100 <= int(value) < 600:
            return int(value)
    return None


def causes(error: BaseException) -> Iterator[BaseException]:
    """`error`, what it was raised from, what that was raised from, and so on."""
    each: BaseException | None = error
    for _ in range(20):
        if each is None:
            return
        yield each
        each = each.__cause__


def reason(error: BaseException, secrets: Iterable[str]) -> str:
    """How the connection broke, or the first line of a driver's message, fit to be shown."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    first = " ".join(lines[: 2 if lines[0].endswith(":") else 1])
    first = unconnected(error) or broken(error) or first
    text = scrub(mask_url(_QUERY.sub(r"\1", first)), secrets)
    text = "".join(character if character.isprintable() else " " for character in text)
    return f"{text[: _LONGEST - 1]}…" if len(text) > _LONGEST else text.rstrip(".")


def unconnected(error: BaseException) -> str | None:
    """Why a server accepted no connection, in the system's words, as drivers' words differ."""
    each: BaseException | None = error
    seen: set[int] = set()
    # An exception that is raised again while it is handled makes the chain a circle.
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        # aiohttp keeps the system's error in an attribute.
        failure = getattr(each, "os_error", each)
        host, port = getattr(each, "host", None), getattr(each, "port", None)
        where = f" at {host}:{port}" if host else ""
        if isinstance(failure, gaierror) and failure.strerror:
            return f"{failure.strerror}{where}"
        if isinstance(failure, OSError) and failure.errno in _UNCONNECTED:
            return f"{os.strerror(failure.errno)}{where}"
        each = each.__cause__ or each.__context__
    return None


def _deeper_fault(error: BaseException) -> Fault | None:
    """A failure that no retry can help, inside an exception that looks like a passing one."""
    for each in causes(error):
        wrapped = getattr(each, "kwargs", {})
        for inner in (each, each.__context__, wrapped.get("error")):
            if _is_of_certificate(inner):
                return Fault.MISCONFIGURED
            if _is_unknown_host(inner) or _is_unknown_host(getattr(inner, "os_error", None)):
                return Fault.UNKNOWN_HOST
    return None


def _is_of_certificate(error: object) -> bool:
    ssl = sys.modules.get("ssl")  # If it is not even loaded, it has not failed.
    return ssl is not None and isinstance(error, ssl.SSLCertVerificationError)


def _is_unknown_host(error: object) -> bool:
    return isinstance(error, gaierror) and error.errno != EAI_AGAIN
