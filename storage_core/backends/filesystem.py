"""From a URL to the backend for it, for File Storage and for types of other packages.

The object stores and SFTP have drivers of their own; everything else that fsspec knows shares one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from storage_core.backends.loading import loading
from storage_core.errors import ConfigurationError
from storage_core.paths import with_lower_schemes
from storage_core.redaction import NO_PASSWORD, mask_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from storage_core.backends.base import Backend

_S3: Final = frozenset({"s3", "s3a"})
_AZURE: Final = ("dfs.core.windows.net", "blob.core.windows.net")


def open_filesystem(
    base_path: str,
    *,
    options: Mapping[str, Any] | None = None,
    ca_bundle: str | None = None,
    timeout: float,
    secrets: tuple[str, ...] = (),
) -> Backend:
    """The backend for a URL that fsspec knows, chained ones (`simplecache::s3://…`) included.

    Args:
        base_path: the URL of the folder that holds the blobs.
        options: arguments of the file system's class.
        ca_bundle: a PEM file of certificates to trust besides the system's.
        timeout: seconds that one call may take, retries included.
        secrets: texts that no message may show.

    Raises:
        ConfigurationError: it is not a URL, fsspec does not know it, or a package is missing for
            it.
    """
    base_path = with_lower_schemes(base_path)
    given = dict(options or {})
    protocol = base_path.partition("://")[0]
    common: dict[str, Any] = {
        "timeout": timeout,
        "secrets": (*secrets, *_passwords(base_path)),
        "setting": "Base Path",
        "credentials": "Base Path and the credentials in Options",
        "address": "Base Path and Options" if given else "Base Path",
    }
    opened: Callable[..., Backend]
    with loading():
        if protocol in _S3:
            from storage_core.backends.drivers.s3fs import open_s3 as opened
        elif protocol in ("gs", "gcs"):
            from storage_core.backends.drivers.gcsfs import open_gcs as opened
        elif protocol in ("az", "abfs", "abfss"):
            from storage_core.backends.drivers.adlfs import open_azure as opened
        elif protocol in ("sftp", "ssh"):
            from storage_core.backends.drivers.sftp import open_sftp

            return open_sftp(base_path, options=given, **common)
        else:
            from storage_core.backends.drivers.fsspec import open_fsspec

            given = _signed_in(base_path, given, ca_bundle, timeout)
            return open_fsspec(base_path, options=given, ca_bundle=ca_bundle, **common)
    place, prefix = _bucket_in(protocol, base_path)
    options = {**_account_in(base_path), **given}
    return opened(place, prefix, options=options, ca_bundle=ca_bundle, **common)


def _signed_in(
    url: str, options: dict[str, Any], ca_bundle: str | None, timeout: float
) -> dict[str, Any]:
    """The options, with our way of signing in for S3 behind another file system."""
    places = {part.partition("://")[0].lower() for part in url.split("::")[1:]} & _S3
    named = {"target_options"} if options.get("target_protocol") in _S3 else set[str]()
    if not places and not named:
        return options
    from storage_core.backends.drivers.s3fs import signed_in
    from storage_core.backends.remote.network import Network

    network = Network(ca_bundle)
    changed = {
        name: signed_in(options.get(name) or {}, network, timeout) for name in {*places, *named}
    }
    return {**options, **changed}


def _bucket_in(protocol: str, url: str) -> tuple[str, str]:
    """The bucket and the prefix that a URL names."""
    with loading():
        from fsspec.core import strip_protocol

    path = strip_protocol(f"{protocol}://{url.partition('://')[2]}")
    place, _, prefix = path.strip("/").partition("/")
    if not place:
        raise ConfigurationError(f"{mask_url(url)} names no bucket; write {protocol}://BUCKET")
    return place, prefix


def _account_in(url: str) -> dict[str, str]:
    """The Azure account, if the URL has Azure's own form: `abfs://container@account.dfs.…`."""
    account, _, azure = (urlsplit(url).hostname or "").partition(".")
    return {"account_name": account} if azure in _AZURE else {}


def _passwords(url: str) -> Iterator[str]:
    for part in url.split("::"):
        try:
            password = urlsplit(part).password
        except ValueError:
            # Its text holds the user and the password.
            raise ConfigurationError(
                f"{mask_url(url)} is no URL; write [ ] # / ? @ in a password as "
                "%5B %5D %23 %2F %3F %40"
            ) from None
        if password and part.partition("://")[0].lower() not in NO_PASSWORD:
            yield password
            yield unquote(password)
