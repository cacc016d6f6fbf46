"""Cautions about addresses in settings: traffic that others can read, a bucket that is named twice.

References are skipped: what they stand for is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from storage_core.hosts import LOOPBACK, address_without
from storage_core.references import is_reference

ONLY_BYTES: Final = "what is stored and read travels"
"""What others could read where requests are signed, so that the secret itself is not sent."""

_WEBDAV: Final = ("webdav", "dav")
_STORES: Final = ("s3", "s3a", "gs", "gcs")
_AZURE: Final = ("az", "abfs", "abfss")


def of_clear_text(address: object, what: str, instead: str = "write https:// there") -> str | None:
    """The caution that others on the way can read what is sent to an address, or None.

    Args:
        address: a URL; anything but http counts as safe, and so does this machine.
        what: what is sent there, with its verb: "the token travels".
        instead: how to do better.
    """
    if not _is_clear(address):
        return None
    return f"{what} in plain text, for anybody on the way to read; {instead} if the server has it"


def of_file_url(url: object, options: object) -> str | None:
    """The caution that File Storage sends a password in plain text: over http, WebDAV or FTP."""
    if not isinstance(url, str) or is_reference(url):
        return None
    given: Mapping[str, Any] = options if isinstance(options, Mapping) else {}
    try:
        parts = urlsplit(url.rpartition("::")[2])
        host = parts.hostname or ""
    except ValueError:
        return None
    signs_in = password_in(url.rpartition("::")[2])
    what = "the password travels"
    match parts.scheme.lower():
        case "ftp":
            host = str(given.get("host") or host)
            signs_in = signs_in or "password" in given
            if signs_in and given.get("tls") is not True:
                return of_clear_text(f"http://{host}", what, "set tls = true in Options")
        case "http":
            if signs_in or _signs_in_by(given):
                return of_clear_text(f"http://{host}", what)
        case scheme if scheme in _WEBDAV:
            if signs_in or "auth" in given:
                base = given.get("base_url")
                instead = f"write {scheme}s:// there" if base is None else "write https:// there"
                return of_clear_text(base or f"http://{host}", what, instead)
        case "s3" | "s3a":
            return of_clear_text(_endpoint_in(given), ONLY_BYTES)
        case "gs" | "gcs":
            return of_clear_text(_endpoint_in(given), "the access token travels")
    return None


def of_endpoint(
    values: Mapping[str, Any], said_of: Callable[[object], str | None]
) -> Iterator[tuple[str, str]]:
    """The cautions of `said_of` about an object store's endpoint: (setting's name, message)."""
    for name, address in (
        ("endpoint_url", values.get("endpoint_url")),
        ("options", _endpoint_in(values.get("options"))),
    ):
        if said := said_of(address):
            yield name, said


def of_connection_string(text: object, container: object) -> str | None:
    """The caution about the address in an Azure connection string, or None."""
    if not isinstance(text, str) or is_reference(text):
        return None
    parts = {
        name.strip().lower(): value.strip()
        for name, _, value in (part.partition("=") for part in text.split(";"))
    }
    address = parts.get("blobendpoint")
    # With other services than Azure itself, the account's name is the first folder of the path.
    named = container != parts.get("accountname")
    if named and (said := of_doubled(container, address)):
        return f"of BlobEndpoint: {said}"
    signs = "the signature that signs in travels"
    what = signs if "sharedaccesssignature" in parts else ONLY_BYTES
    return of_clear_text(address, what)


def of_options(url: object, options: object) -> str | None:
    """The caution about an object store's address in Options, where a URL names the bucket."""
    scheme, _, rest = str(url).partition("://")
    given: Mapping[str, Any] = options if isinstance(options, Mapping) else {}
    if scheme.lower() in _AZURE:
        container = rest.partition("/")[0].partition("@")[0]
        return of_connection_string(given.get("connection_string"), container)
    return (
        of_doubled(rest.partition("/")[0], _endpoint_in(given))
        if scheme.lower() in _STORES
        else None
    )


def password_in(address: object) -> bool:
    """Whether a URL has a user's password in it."""
    try:
        return isinstance(address, str) and urlsplit(address).password is not None
    except ValueError:
        return False


def of_doubled(place: object, address: object) -> str | None:
    """The caution that an address names a bucket or container that has a setting of its own."""
    if not isinstance(place, str) or not isinstance(address, str) or is_reference(address):
        return None
    without = address_without(place, address)
    if without is None:
        return None
    return (
        f"it names {place} as well, so what is written may land in a folder {place} inside; "
        f"write {without} there"
    )


def _endpoint_in(options: object) -> object:
    """The endpoint that a table such as Options gives to an object store; else None."""
    given: Mapping[str, Any] = options if isinstance(options, Mapping) else {}
    client = given.get("client_kwargs")
    inner = client.get("endpoint_url") if isinstance(client, Mapping) else None
    return given.get("endpoint_url") or inner


def _is_clear(address: object) -> bool:
    if not isinstance(address, str):
        return False
    try:
        parts = urlsplit(address)
        return parts.scheme.lower() == "http" and not LOOPBACK.fullmatch(parts.hostname or "")
    except ValueError:
        return False


def _signs_in_by(options: Mapping[str, Any]) -> bool:
    client = options.get("client_kwargs")
    given = client if isinstance(client, Mapping) else {}
    return "auth" in given or "headers" in given or "headers" in options
