"""Which proxies and certificates are used, and which variables name them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final

from storage_core.backends.remote.proxies import proxy_of
from storage_core.backends.remote.trust import VARIABLES, trusted
from storage_core.doctor.report import NOTE, PROBLEM, Finding, problem
from storage_core.errors import ConfigurationError

_SECTION: Final = "network"
_UNUSED: Final = ("ALL_PROXY", "all_proxy", "FTP_PROXY", "ftp_proxy", "CURL_CA_BUNDLE")


def findings() -> Iterator[Finding]:
    """Yield what is found."""
    yield from _proxies()
    yield from _certificates()
    for name in _UNUSED:
        if os.environ.get(name):
            yield Finding(_SECTION, name, "is set, and counts for nothing here", level=NOTE)


def _proxies() -> Iterator[Finding]:
    found = False
    for scheme in ("https", "http"):
        try:
            proxy = proxy_of(scheme)
        except ConfigurationError:
            # Its value is not shown: it may have a password in it.
            name = next(
                n for n in (f"{scheme}_proxy", f"{scheme}_PROXY".upper()) if n in os.environ
            )
            yield Finding(
                _SECTION,
                name,
                "names no proxy that can be used",
                "write http://HOST:PORT, or unset it",
                PROBLEM,
            )
            found = True
            continue
        if proxy is not None:
            found = True
            signs = ", with a user" if proxy.signs_in else ""
            yield Finding(_SECTION, f"{scheme} proxy", f"{proxy}{signs}")
    if not found:
        yield Finding(_SECTION, "proxies", "none")
    elif excepted := os.environ.get("no_proxy") or os.environ.get("NO_PROXY"):
        yield Finding(_SECTION, "without a proxy", excepted[:200])


def _certificates() -> Iterator[Finding]:
    trust = trusted(None)
    if trust.path is None:
        yield Finding(_SECTION, "certificates", _of_system())
        return
    try:
        trust.context()
    except ConfigurationError as error:
        yield problem(_SECTION, trust.source, str(error))
    else:
        yield Finding(_SECTION, "certificates", f"the system's, and {trust.path} ({trust.source})")
    for name in VARIABLES:
        if name != trust.source and os.environ.get(name):
            yield Finding(_SECTION, name, f"is set, but {trust.source} comes first", level=NOTE)


def _of_system() -> str:
    import ssl

    paths = ssl.get_default_verify_paths()
    where = paths.cafile or paths.capath
    return f"the system's ({where})" if where else "those of the package certifi"
