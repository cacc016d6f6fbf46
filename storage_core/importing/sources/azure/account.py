"""A storage account that options name, with its credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from storage_core.declaration import sign_ins
from storage_core.importing.found import Found
from storage_core.importing.sources.azure.clouds import suffix_of
from storage_core.importing.values import as_it_is
from storage_core.types.azure import AzureBlobStorage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage_core.importing.sources.azure.options import Option, Options

_SECRETS: Final = {"key": "account_key", "sas_token": "sas_token"}
"""The credentials, of which the first that is given is used, and their names in adlfs."""

_PRINCIPAL: Final = ("client_id", "client_secret", "tenant_id")
_BY_CHAIN: Final = (
    "it signs in by Azure's own chain of credentials, such as az login, whose user needs a role "
    "for data: Storage Blob Data Contributor, or Reader"
)


class _Unusable(Exception):
    """The account cannot be imported; the text says why."""


def found_account(options: Options, folder: str, *, is_default: bool) -> Found:
    """The entry for an account.

    Args:
        options: the options, with the name or the URL of an account.
        folder: the CLI's folder.
        is_default: whether the CLI uses the account if none is named.

    Raises:
        ConfigurationError: the CLI's file of clouds cannot be read.
    """
    secret, signs_in = _signs_in(options)
    reason, settings = "", dict[str, Any]()
    name = options.text("account") or _first_in(options.text("account_url"))
    try:
        settings = _settings(options, name, folder, secret, signs_in)
    except _Unusable as error:
        reason = str(error)
    places = dict.fromkeys(
        each.place for each in map(options.get, ("account", "account_url", *_SECRETS)) if each
    )
    unused = [each for each in _SECRETS if options.get(each) and each != secret]
    return Found(
        source="azure",
        entry=f"account {name}",
        place=" and ".join(places),
        name=name or "azure",
        cls=None if reason else AzureBlobStorage,
        settings=settings,
        is_default=is_default,
        asks=None if reason else "container",
        lost=()
        if reason
        else tuple(f"{each}: {secret or 'auth_mode'} counts more" for each in unused),
        notes=() if reason or signs_in else (_BY_CHAIN,),
        reason=reason,
    )


def _signs_in(options: Options) -> tuple[str, Mapping[str, Option]]:
    """The option that signs in, and the options of adlfs for it; both empty if there is none."""
    if options.text("auth_mode") != "login":
        for name, ours in _SECRETS.items():
            if option := options.get(name):
                return name, {ours: option}
        principal = {name: option for name in _PRINCIPAL if (option := options.get(name))}
        if len(principal) == len(_PRINCIPAL):
            return "client_id", principal
    return "", {}


def _settings(
    options: Options, name: str, folder: str, secret: str, signs_in: Mapping[str, Option]
) -> dict[str, Any]:
    try:
        sign_ins.account_name(name)
    except ValueError as error:
        raise _Unusable(f"the name of the account {error}") from None
    url = options.get("account_url")
    if url and not _is_plain(url.value):
        return {"connection_string": _string(url.value, name, secret, signs_in)}
    table = {each: option.as_option() for each, option in signs_in.items()}
    if url:
        table["account_host"] = urlsplit(url.value).netloc
    elif (suffix := suffix_of(options.cloud, folder)) is None:
        raise _Unusable(f"the Azure CLI has no cloud {options.cloud}; run: az cloud list")
    elif suffix:
        table["account_host"] = f"{name}.blob.{suffix}"
    return {"account_name": as_it_is(name), **({"options": table} if table else {})}


def _string(url: str, name: str, secret: str, signs_in: Mapping[str, Option]) -> str:
    """A connection string for a URL that Options cannot express: of an emulator, or with http."""
    options = [*signs_in.values()]
    if secret not in _SECRETS or any(each.variable for each in options):
        raise _Unusable(
            "account_url is no https:// address without a path; set a connection string instead, "
            "as AZURE_STORAGE_CONNECTION_STRING"
        )
    value = options[0].value
    if secret == "key":
        return f"AccountName={name};AccountKey={value};BlobEndpoint={url}"
    return f"BlobEndpoint={url};SharedAccessSignature={value.removeprefix('?')}"


def _is_plain(url: str) -> bool:
    """Whether a URL is just `https://HOST`."""
    try:
        parts = urlsplit(url)
        rest = parts.path.strip("/"), parts.query, parts.fragment, parts.username
        return parts.scheme == "https" and bool(parts.netloc) and not any(rest)
    except ValueError:
        return False


def _first_in(url: str) -> str:
    """The account in a URL: the first part of an Azure host, or of the path for an emulator."""
    try:
        parts = urlsplit(url)
        host, dot, _ = (parts.hostname or "").partition(".blob.")
    except ValueError:
        return ""
    return host if dot else parts.path.strip("/").partition("/")[0]
