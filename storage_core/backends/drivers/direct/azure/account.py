"""Where an account is and how requests are signed, by a connection string or by options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import parse_qsl, quote, urlsplit

from storage_core.backends.drivers.clouds.azure.options import account_url
from storage_core.backends.remote.faults import BadSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

_DOMAIN: Final = "core.windows.net"
_FEATURES: Final = ("-ipv6", "-dualstack")
"""What may follow the account's name in the first part of its host."""

_SECONDARY: Final = "-secondary"

_EMULATOR: Final = "http://127.0.0.1:10000/devstoreaccount1"
_EMULATOR_KEY: Final = (
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)
"""The public key of the account that every emulator has, and no other server."""

_OF_SIGNATURE: Final = frozenset(
    {
        *("sig", "sp", "st", "se", "sr", "si", "sip", "spr", "sv", "srt", "ss", "ses", "srh"),
        *("rscc", "rscd", "rsce", "rscl", "rsct", "spk", "srk", "epk", "erk", "srq", "sdd"),
        *("skoid", "sktid", "skt", "ske", "sks", "skv", "skdutid", "sduoid", "saoid", "suoid"),
        "scid",
    }
)
"""The parameters in an address's query that belong to a signature."""

_SAFE: Final = "/%:@!$&'()+*,;=~[]"
"""Characters of a path that stay as they are."""


class Account(NamedTuple):
    """A storage account: where it is, and what signs requests to it."""

    url: str
    """Scheme, host, and a path if there is one; no `/` at its end."""

    query: str = ""
    """A signature (SAS) that is added to every address; empty without one."""

    key: tuple[str, str] | None = None
    """The name of the account and its key."""

    def __repr__(self) -> str:
        """Without secrets, so that it can be logged."""
        return f"Account({self.url!r})"


def account_of(given: Mapping[str, Any]) -> Account:
    """What options say.

    Args:
        given: the options, completed.

    Raises:
        BadSettings: the connection string is not valid, or names no address.
        Explained: nothing names the account.
    """
    try:
        return _account(given, str(given.get("location_mode", "primary")))
    except ValueError as error:
        # The address is not a valid URL.
        raise BadSettings(f"ValueError: {error}") from None


def _account(given: Mapping[str, Any], mode: str) -> Account:
    if text := given.get("connection_string"):
        return _of_string(str(text), mode)
    url = account_url(given)
    sign_in = given.get("credential", given.get("account_key"))
    if isinstance(sign_in, str):
        return _at(url, mode, sign_in=sign_in, named=given.get("account_name"))
    if sign_in is not None:
        raise BadSettings(f"TypeError: Unsupported credential: {type(sign_in)}")
    sas = str(given.get("sas_token") or "").removeprefix("?")
    return _at(f"{url}?{sas}" if sas else url, mode)


def _of_string(text: str, mode: str) -> Account:
    parts = [part.partition("=") for part in text.rstrip(";").split(";")]
    if not all(equals for _, equals, _ in parts):
        raise BadSettings("ValueError: Connection string is either blank or malformed.")
    given = {name.upper(): value for name, _, value in parts}
    if given.get("USEDEVELOPMENTSTORAGE") == "true":
        return _at(_EMULATOR, mode, sign_in=_EMULATOR_KEY)
    name, domain = given.get("ACCOUNTNAME"), given.get("ENDPOINTSUFFIX", _DOMAIN)
    endpoint, secondary = given.get("BLOBENDPOINT"), given.get("BLOBSECONDARYENDPOINT")
    if "BLOBENDPOINT" not in given and "BLOBSECONDARYENDPOINT" in given:
        raise BadSettings("ValueError: Connection string specifies only secondary endpoint.")
    if not endpoint:
        if name is None:
            raise BadSettings("ValueError: Connection string missing required connection details.")
        # The protocol only counts together with the domain.
        both = {"DEFAULTENDPOINTSPROTOCOL", "ENDPOINTSUFFIX"} <= given.keys() and endpoint is None
        scheme = given["DEFAULTENDPOINTSPROTOCOL"] if both else "https"
        endpoint = f"{scheme}://{name}.blob.{domain}"
        secondary = f"{name}{_SECONDARY}.blob.{domain}"
    if name is not None and "ACCOUNTKEY" in given:
        return _at(endpoint, mode, secondary=secondary, key=(name, given["ACCOUNTKEY"]))
    sas = given.get("SHAREDACCESSSIGNATURE")
    return _at(endpoint, mode, secondary=secondary, sign_in=sas)


def _at(
    url: str,
    mode: str,
    *,
    secondary: str | None = None,
    key: tuple[str, str] | None = None,
    sign_in: str | None = None,
    named: str | None = None,
) -> Account:
    """The account at an address.

    Args:
        url: with a signature or without.
        mode: `primary`, or `secondary` for its copy in another region.
        secondary: the address of that copy, if it is given.
        key: the name of the account and its key.
        sign_in: a key without a name, or a signature.
        named: the name of the account in the options.
    """
    parts = urlsplit((url if url.lower().startswith("http") else f"https://{url}").rstrip("/"))
    if not parts.netloc:
        raise BadSettings(f"ValueError: Invalid URL: {url.partition('?')[0]}")
    first, dot, _ = parts.netloc.partition(".blob.core.")
    host = parts.netloc if dot else f"{parts.netloc}{parts.path}".rstrip("/")
    name = _name_in(first) if dot else named
    if not dot and parts.netloc.startswith(("localhost", "127.0.0.1")):
        name = parts.path.strip("/") or named
    query = _signature_in(parts.query)
    if sign_in and _is_signature(sign_in):
        query = sign_in.lstrip("?").rstrip("&")
    elif sign_in:
        if not name:
            raise BadSettings(
                "ValueError: Unable to determine account name for shared key credential."
            )
        key = name, sign_in
    if mode == "secondary":
        if dot and not secondary:
            secondary = _secondary_of(parts.netloc, first)
        if not secondary:
            raise BadSettings("ValueError: No secondary host configured.")
        host = secondary.rpartition("//")[2].rstrip("/")
    elif mode != "primary":
        raise BadSettings(f"ValueError: No host URL for location mode: {mode}")
    netloc, slash, path = host.partition("/")
    where = f"{parts.scheme}://{netloc}{slash}{quote(path, safe=_SAFE)}"
    return Account(where, quote(query, safe=f"{_SAFE}?"), key)


def _name_in(first: str) -> str:
    """The name of an account, from the first part of its host."""
    if _SECONDARY in first:
        return first.partition(_SECONDARY)[0]
    return next((first.removesuffix(end) for end in _FEATURES if first.endswith(end)), first)


def _secondary_of(netloc: str, first: str) -> str:
    """The host of the copy in another region."""
    if _SECONDARY in first:
        return netloc
    name = _name_in(first)
    return f"{name}{_SECONDARY}{first[len(name) :]}{netloc[len(first) :]}"


def _signature_in(query: str) -> str:
    """The part of a query that is a signature, encoded once."""
    found: dict[str, str] = {}
    for name, value in parse_qsl(query):
        if name in _OF_SIGNATURE:
            found.setdefault(name, value)
    return "&".join([f"{name}={quote(value, safe='')}" for name, value in found.items()])


def _is_signature(text: str) -> bool:
    """Whether a credential is a signature, rather than a key."""
    found = [name for name, _ in parse_qsl(text.lstrip("?"))]
    return bool(found) and all(name in _OF_SIGNATURE for name in found)
