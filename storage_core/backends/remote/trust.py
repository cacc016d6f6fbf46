"""Which certificates are trusted, for all drivers alike: the system's, and those of one more file.

The file is that of the setting, else that of the first variable in `VARIABLES` that is set.
"""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from storage_core.errors import ConfigurationError
from storage_core.paths import refuse_pipe, shortened

if TYPE_CHECKING:
    import ssl

SETTING: Final = "CA Bundle"
VARIABLES: Final = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")


class Trust(NamedTuple):
    """The certificates that are trusted besides the system's."""

    path: str | None
    """Their file, or a folder of them in OpenSSL's form; None for the system's only."""

    source: str
    """The setting or the variable that names it; empty if there is none."""

    def __str__(self) -> str:
        """What messages call it."""
        return f"{self.source} ({shortened(self.path)})" if self.path else ""

    def context(self, *, http: bool = True) -> ssl.SSLContext:
        """The TLS context; made anew when the file has changed. This reads files.

        Args:
            http: whether it is for HTTP.

        Raises:
            ConfigurationError: the file cannot be used.
        """
        # Imported late: http does not need it, and it takes 8 of a new process's 50 ms.
        import ssl

        if self.path is None:
            return _context(None, "", 0, 0, http)
        try:
            found = os.stat(self.path)
            if not os.path.isdir(self.path):
                refuse_pipe(self.path)
                with open(self.path, "rb"):
                    pass
            return _context(self.path, self.source, found.st_mtime_ns, found.st_size, http)
        except ssl.SSLError:
            raise ConfigurationError(
                f"{self} holds no certificates in PEM form; name a file with -----BEGIN "
                "CERTIFICATE----- in it"
            ) from None
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "not a valid path"
            raise ConfigurationError(
                f"{self} cannot be read: {why}; correct {self.source}, or see to the file"
            ) from error


def trusted(ca_bundle: str | None) -> Trust:
    """What a configuration trusts.

    Args:
        ca_bundle: the path in its setting, if there is one.
    """
    if ca_bundle:
        return Trust(ca_bundle, SETTING)
    for name in VARIABLES:
        if path := os.environ.get(name):
            return Trust(os.path.expanduser(path), name)
    return Trust(None, "")


@lru_cache(maxsize=16)
def _context(
    path: str | None, _source: str, _modified: int, _size: int, http: bool
) -> ssl.SSLContext:
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # As Python 3.13 does: a certificate can be trusted without the one that signed it.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    if sys.version_info >= (3, 13):
        context.verify_flags |= ssl.VERIFY_X509_STRICT
    if http:
        context.set_alpn_protocols(["http/1.1"])
    _load_system(context)
    if path is not None and os.path.isdir(path):
        context.load_verify_locations(capath=path)
    elif path is not None and not _is_of_system(path):
        context.load_verify_locations(cafile=path)
    return context


def _load_system(context: ssl.SSLContext) -> None:
    """Trust what the system does; not by OpenSSL's own way, in which a variable replaces it."""
    import ssl

    if sys.platform == "win32":
        context.load_default_certs()
        return
    places = ssl.get_default_verify_paths()
    folder = os.environ.get(places.openssl_capath_env) or places.openssl_capath
    if _has_hashed_names(folder):
        # OpenSSL looks up single certificates in a folder; loading a whole file takes 50 ms.
        context.load_verify_locations(capath=folder)
    elif os.path.isfile(places.openssl_cafile):
        context.load_verify_locations(cafile=places.openssl_cafile)
    else:
        from certifi import where

        context.load_verify_locations(cafile=where())


def _is_of_system(path: str) -> bool:
    """Whether a file is the system's own, which the variables of many containers name."""
    import ssl

    try:
        return os.path.samefile(path, ssl.get_default_verify_paths().openssl_cafile)
    except OSError:
        return False


def _has_hashed_names(folder: str) -> bool:
    """Whether a folder has the form that OpenSSL expects: names such as `5ed36f99.0`."""
    try:
        with os.scandir(folder) as found:
            return any(len(each.name) == 10 and each.name.endswith(".0") for each in found)
    except OSError:
        return False
