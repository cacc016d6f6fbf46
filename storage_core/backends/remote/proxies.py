"""Chooses the proxy of a request by the environment variables that Python's own library knows.

HTTPS_PROXY counts for https and HTTP_PROXY for http; the same in lower case wins; nothing else sets
a proxy. NO_PROXY lists the hosts that are connected to directly: `host` stands for itself and all
below it, as `.host` does, `host:port` for one port, `*` alone for all; networks (`10.0.0.0/8`) are
ignored. Hosts of this machine are no exception.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote, urlsplit

from storage_core.errors import ConfigurationError
from storage_core.redaction import mask_url

if TYPE_CHECKING:
    from collections.abc import Iterator

_SCHEMES: Final = ("http", "https")
_PORTS: Final = {"http": 80, "https": 443}


class Proxy(NamedTuple):
    """A proxy that is used."""

    url: str
    """Maybe with user and password."""

    variable: str
    """The environment variable that names it."""

    def __str__(self) -> str:
        """What messages call it."""
        parts = urlsplit(self.url)
        netloc = parts.netloc.rpartition("@")[2]
        return f"{parts.scheme}://{netloc} ({self.variable})"

    def __repr__(self) -> str:
        """Without the password, so that it can be logged."""
        return f"Proxy({self})"

    @property
    def signs_in(self) -> bool:
        """Whether it comes with a user."""
        return urlsplit(self.url).username is not None

    @property
    def address(self) -> tuple[str | None, int | None]:
        """Host and port."""
        parts = urlsplit(self.url)
        return parts.hostname, parts.port or _PORTS[parts.scheme]


def proxy_for(url: str) -> Proxy | None:
    """The proxy for a URL; None to connect to its host directly.

    Raises:
        ConfigurationError: a variable names a proxy of a kind that cannot be used.
    """
    # Imported late: most processes have no such variable.
    if not any(map(_value, _SCHEMES)):
        return None
    from urllib.request import proxy_bypass

    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or _PORTS.get(parts.scheme)
    if proxy_bypass(host) or proxy_bypass(f"{host}:{port}"):
        return None
    return proxy_of(parts.scheme)


def proxy_of(scheme: str) -> Proxy | None:
    """The proxy for all requests of a scheme, whatever the host."""
    found = _value(scheme)
    if found is None:
        return None
    name, value = found
    url = value if "://" in value else f"http://{value}"
    try:
        parts = urlsplit(url)
        usable = parts.scheme.lower() in _SCHEMES and bool(parts.hostname)
        _ = parts.port
    except ValueError:
        usable = False
    if not usable:
        raise ConfigurationError(
            f"{name} names no proxy that can be used ({mask_url(value, bare=True)}); "
            "write http://HOST:PORT, or name the server in NO_PROXY"
        )
    return Proxy(url, name)


def passwords() -> Iterator[str]:
    """The passwords of the proxies, which no message may show."""
    for scheme in _SCHEMES:
        found = _value(scheme)
        if found is None or "@" not in found[1]:
            continue
        user = found[1].rpartition("@")[0].rpartition("://")[2]
        password = user.partition(":")[2]
        if password:
            yield password
            yield unquote(password)


def _value(scheme: str) -> tuple[str, str] | None:
    """The variable that names the proxy for a scheme, and what it says."""
    lower = f"{scheme}_proxy"
    # In a CGI program, HTTP_PROXY holds what a client has sent as the header `Proxy`.
    is_served = scheme == "http" and "REQUEST_METHOD" in os.environ
    for name in (lower, lower.upper()):
        if name in os.environ and not (is_served and name.isupper()):
            # An empty one in lower case overrides the other.
            return (name, os.environ[name]) if os.environ[name].strip() else None
    return None
