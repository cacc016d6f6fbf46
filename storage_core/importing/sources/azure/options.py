"""What variables and the CLI's file say of storage, each with where it stands.

A variable counts more than the file, an empty one too, as with the CLI.
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
"""Those of the CLI, before those of adlfs for the same."""

OF_FILE: Final = ("account", "account_url", "auth_mode", "connection_string", "key", "sas_token")
"""What `[storage]` of the CLI's file may say."""


@dataclass(frozen=True)
class Option:
    """One thing that is said."""

    value: str = field(repr=False)
    place: str
    """The variable, or the file."""

    variable: str = ""
    """Empty: it stands in the file."""

    def as_setting(self) -> str:
        """The variable, or the value as it is."""
        return f"env:{self.variable}" if self.variable else as_it_is(self.value)

    def as_option(self) -> Any:
        """The same for a table of options, where a reference is a table of its own."""
        return {"ref": f"env:{self.variable}"} if self.variable else self.value

    def entry(self, what: str) -> str:
        """What it is called in the words of the tool."""
        return self.variable or f"{what} in [storage]"


@dataclass(frozen=True)
class Options:
    """All that is said of storage, and the cloud that the CLI is set to."""

    found: Mapping[str, Option]
    cloud: str = ""

    def get(self, name: str) -> Option | None:
        """What is said, if anything is."""
        option = self.found.get(name)
        return option if option and option.value else None

    def text(self, name: str) -> str:
        """The same as text."""
        option = self.get(name)
        return option.value if option else ""


def read(path: str, *, with_variables: bool) -> Options:
    """What the CLI's file says, if there is one, and the variables.

    Args:
        path: of the file.
        with_variables: whether those count.

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
