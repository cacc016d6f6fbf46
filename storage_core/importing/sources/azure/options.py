"""The options for storage in variables and in the CLI's file, each with its place.

As for the CLI, a variable wins over the file, even if it is empty.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from configparser import ConfigParser
from dataclasses import dataclass, field
from typing import Any, Final

from storage_core.importing.files import ini_of, text_of, values_of
from storage_core.importing.values import as_it_is
from storage_core.paths import shortened

_VARIABLES: Final = {
    "account": ("AZURE_STORAGE_ACCOUNT", "AZURE_STORAGE_ACCOUNT_NAME"),
    "account_url": ("AZURE_STORAGE_ACCOUNT_URL",),
    "auth_mode": ("AZURE_STORAGE_AUTH_MODE",),
    "connection_string": ("AZURE_STORAGE_CONNECTION_STRING",),
    "key": ("AZURE_STORAGE_KEY", "AZURE_STORAGE_ACCOUNT_KEY"),
    "sas_token": ("AZURE_STORAGE_SAS_TOKEN",),
    "client_id": ("AZURE_STORAGE_CLIENT_ID",),
    "client_secret": ("AZURE_STORAGE_CLIENT_SECRET",),
    "tenant_id": ("AZURE_STORAGE_TENANT_ID",),
}
"""The variables for each option: that of the CLI before that of adlfs."""

OF_FILE: Final = ("account", "account_url", "auth_mode", "connection_string", "key", "sas_token")
"""The options that `[storage]` of the CLI's file may have."""


@dataclass(frozen=True)
class Option:
    """The value of an option, and where it is."""

    value: str = field(repr=False)
    place: str
    """The variable, or the file."""

    variable: str = ""
    """The variable that holds it; empty if it is in the file."""

    def as_setting(self) -> str:
        """The value for a setting: a reference to the variable, or the value itself."""
        return f"env:{self.variable}" if self.variable else as_it_is(self.value)

    def as_option(self) -> Any:
        """The value for Options, where a reference is a table."""
        return {"ref": f"env:{self.variable}"} if self.variable else self.value

    def entry(self, what: str) -> str:
        """The text for `Found.entry`: the variable, or `what` in the file."""
        return self.variable or f"{what} in [storage]"


@dataclass(frozen=True)
class Options:
    """All options for storage, and the cloud that the CLI is set to; empty if to none."""

    found: Mapping[str, Option]
    cloud: str = ""

    def get(self, name: str) -> Option | None:
        """An option; None if it is not set or empty."""
        option = self.found.get(name)
        return option if option and option.value else None

    def text(self, name: str) -> str:
        """The value of an option; empty if it is not set."""
        option = self.get(name)
        return option.value if option else ""


def read(path: str, *, with_variables: bool) -> Options:
    """Read the options in the CLI's file, if it exists, and in variables.

    Args:
        path: the path of the file.
        with_variables: whether variables are read too.

    Raises:
        ConfigurationError: the file cannot be read.
    """
    in_file, cloud = _of_file(path)
    found = {name: Option(value, shortened(path)) for name, value in in_file.items()}
    if with_variables:
        for name, variables in _VARIABLES.items():
            variable = next((each for each in variables if each in os.environ), None)
            if variable:
                found[name] = Option(os.environ[variable], "the environment", variable)
        cloud = os.environ.get("AZURE_CLOUD_NAME", cloud)
    return Options(found, cloud)


def _of_file(path: str) -> tuple[dict[str, str], str]:
    if not os.path.exists(path):
        return {}, ""
    text = text_of(path)
    parser = ini_of(path, text, ConfigParser())
    storage: dict[str, str] = {}
    if parser.has_section("storage"):
        said = values_of(path, text, parser, "storage")
        storage = {name: value for name, value in said.items() if name in OF_FILE}
    cloud = values_of(path, text, parser, "cloud") if parser.has_section("cloud") else {}
    return storage, cloud.get("name", "")
