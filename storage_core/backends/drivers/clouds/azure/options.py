"""The options of adlfs that say where the account is, and how to sign in.

They are not left to adlfs, which also takes connection strings, keys and accounts from environment
variables, and prefers some of these to the options that it is given.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, Final

from storage_core.backends.remote.faults import Explained, Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_VARIABLES: Final = {
    "account_name": "AZURE_STORAGE_ACCOUNT_NAME",
    "account_key": "AZURE_STORAGE_ACCOUNT_KEY",
    "connection_string": "AZURE_STORAGE_CONNECTION_STRING",
    "sas_token": "AZURE_STORAGE_SAS_TOKEN",
    "client_id": "AZURE_STORAGE_CLIENT_ID",
    "client_secret": "AZURE_STORAGE_CLIENT_SECRET",
    "tenant_id": "AZURE_STORAGE_TENANT_ID",
}
"""The environment variables of adlfs, by option; used if a configuration names no account."""

_SAYS_WHERE: Final = frozenset({*_VARIABLES, "account_host", "anon", "credential"})


def completed(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options, completed from environment variables if they do not name an account."""
    given = {name: value for name, value in options.items() if value not in (None, "")}
    if not _SAYS_WHERE & given.keys():
        found = {name: os.environ.get(variable) for name, variable in _VARIABLES.items()}
        anonymous = os.environ.get("AZURE_STORAGE_ANON", "").lower() not in ("", "0", "f", "false")
        given |= {name: value for name, value in found.items() if value}
        given |= {"anon": True} if anonymous else {}
    elif not given.keys() & {"account_name", "connection_string"}:
        # They have a key or the like, but do not say which account it is for.
        name = os.environ.get(_VARIABLES["account_name"])
        given |= {"account_name": name} if name else {}
    if text := given.get("connection_string"):
        # The portal shows signatures with the ? of a URL in front.
        given["connection_string"] = re.sub("(?i)(sharedaccesssignature=)[?]", r"\1", text)
    return given


def account_url(given: Mapping[str, Any]) -> str:
    """The URL of the account, for options without a connection string.

    Args:
        given: completed options.

    Raises:
        Explained: nothing names an account.
    """
    if "account_name" not in given:
        raise Explained(
            Fault.MISCONFIGURED,
            "nothing says which account it is",
            "add a connection_string, or an account_name, to Options",
        )
    host = given.get("account_host") or f"{given['account_name']}.blob.core.windows.net"
    return f"https://{host}"


def signed_by(given: Mapping[str, Any]) -> str:
    """The option that may hold a signature that expires; empty if there is none."""
    return str(given.get("connection_string") or given.get("sas_token") or "")


def secrets_in(given: Mapping[str, Any]) -> Iterator[str]:
    """The secrets in the options, and those inside a connection string."""
    for name in ("account_key", "sas_token", "client_secret"):
        if isinstance(value := given.get(name), str):
            yield value
    for part in str(given.get("connection_string", "")).split(";"):
        name, _, value = part.partition("=")
        if value and name.strip().lower() in ("accountkey", "sharedaccesssignature"):
            yield value
