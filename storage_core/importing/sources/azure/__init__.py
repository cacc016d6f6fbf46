"""Azure: the storage account that the Azure CLI uses, and the variables of its SDK.

An account that the CLI signs in to by `az login` is imported without credentials: Azure's chain of
credentials includes that sign-in.

    options.py   the options in variables and in `[storage]` of the CLI's file
    account.py   an account with its credentials
    clouds.py    the hosts of accounts in the cloud that the CLI is set to
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Final

from storage_core.declaration import sign_ins
from storage_core.errors import ConfigurationError
from storage_core.importing.files import text_of, wrong
from storage_core.importing.found import Found
from storage_core.importing.sources.azure.account import found_account
from storage_core.importing.sources.azure.options import Option, Options, read
from storage_core.types.azure import AzureBlobStorage

if TYPE_CHECKING:
    from collections.abc import Iterator

LABEL: Final = "Azure"

_FILE: Final = "config"
_PROFILE: Final = "azureProfile.json"


def places() -> list[str]:
    """The folder of the Azure CLI."""
    return [_folder()]


def found(path: str | None = None) -> list[Found]:
    """The entries for the storage account in the CLI's file and its variables.

    Args:
        path: the CLI's folder, or its file `config`.

    Raises:
        ConfigurationError: a file cannot be read.
    """
    folder = _folder()
    file = os.path.join(folder, _FILE)
    if path is not None:
        file = _file_at(os.path.expanduser(path))
        folder = os.path.dirname(file)
    options = read(file, with_variables=path is None)
    return [*_found(options, folder)]


def _found(options: Options, folder: str) -> Iterator[Found]:
    string, account = options.get("connection_string"), options.get("account")
    by_login = options.text("auth_mode") == "login"
    if string:
        yield _of_string(string, is_default=not by_login)
    # For the CLI a connection string wins over everything else.
    named = sign_ins.azure_parts(string.value).get("accountname") if string else None
    if (account and account.value != named) or options.get("account_url"):
        yield found_account(options, folder, is_default=by_login or not string)
    elif not string and _is_signed_in(folder):
        yield Found(
            source="azure",
            entry="the sign-in of az login",
            place=os.path.join(folder, _PROFILE),
            name="azure",
            reason="it names no storage account; run: az config set storage.account=NAME",
        )


def _of_string(string: Option, *, is_default: bool) -> Found:
    reason = ""
    try:
        sign_ins.connection_string(string.value)
    except ValueError as error:
        reason = f"it {error}"
    return Found(
        source="azure",
        entry=string.entry("connection string"),
        place=string.place,
        name=sign_ins.azure_parts(string.value).get("accountname") or "azure",
        cls=None if reason else AzureBlobStorage,
        settings={} if reason else {"connection_string": string.as_setting()},
        is_default=is_default,
        asks=None if reason else "container",
        reason=reason,
    )


def _is_signed_in(folder: str) -> bool:
    """Whether somebody has signed in to the CLI, by its file, which has a byte order mark."""
    try:
        said = json.loads(text_of(os.path.join(folder, _PROFILE), takes_mark=True))
    except (ConfigurationError, ValueError, RecursionError):
        return False
    return isinstance(said, dict) and bool(said.get("subscriptions"))


def _folder() -> str:
    return os.path.expanduser(os.environ.get("AZURE_CONFIG_DIR") or os.path.join("~", ".azure"))


def _file_at(path: str) -> str:
    if os.path.isdir(path):
        file = os.path.join(path, _FILE)
        if not os.path.exists(file):
            raise wrong(path, f"has no {_FILE}", "name a folder such as ~/.azure")
        return file
    if not os.path.exists(path):
        raise wrong(path, "does not exist", "correct the path")
    return path
