"""gcloud's configurations: INI files, of which one is active."""

from __future__ import annotations

import os
from collections.abc import Mapping
from configparser import ConfigParser
from dataclasses import dataclass, field
from typing import Any, Final

from storage_core.errors import ConfigurationError
from storage_core.importing.files import ini_of, text_of, values_of
from storage_core.importing.found import Found
from storage_core.importing.sources.gcloud import credentials
from storage_core.importing.values import as_it_is
from storage_core.paths import shortened
from storage_core.types.gcs import GoogleCloudStorage

_PREFIX: Final = "config_"
_ACTIVE: Final = "CLOUDSDK_ACTIVE_CONFIG_NAME"
_READ: Final = {
    "core": ("project", "account", "custom_ca_certs_file", "universe_domain"),
    "auth": ("credential_file_override", "impersonate_service_account", "disable_credentials"),
    "api_endpoint_overrides": ("storage",),
}
"""The properties that are read, by section."""

_API: Final = "/storage/v1"
"""The path that gcloud has after the endpoint."""


@dataclass(frozen=True)
class Configuration:
    """One of gcloud's configurations."""

    name: str
    path: str
    is_active: bool
    said: Mapping[str, str] = field(default_factory=dict)
    """Its properties by `SECTION/NAME`; those that are empty are left out."""

    problem: str = ""
    """Why it cannot be read; empty if it can."""

    @property
    def project(self) -> str:
        """Its project; empty if it has none."""
        return self.said.get("core/project", "")

    @property
    def is_empty(self) -> bool:
        """Whether it has none of the properties read here, like a new `config_default`."""
        return not (self.said or self.problem)


def read(folder: str, *, with_variables: bool) -> list[Configuration]:
    """Read the configurations in a folder of gcloud.

    Args:
        folder: the folder, which may be missing.
        with_variables: whether variables are read too; they win over the active configuration.
    """
    inner = os.path.join(folder, "configurations")
    names = sorted(os.listdir(inner)) if os.path.isdir(inner) else []
    active = os.environ.get(_ACTIVE) if with_variables else None
    active = active or _active_in(folder)
    found = []
    for file in names:
        name = file.removeprefix(_PREFIX)
        path = os.path.join(inner, file)
        if name == file:
            continue
        given = _variables() if with_variables and name == active else {}
        try:
            said, problem = {**_of_file(path), **given}, ""
        except ConfigurationError as error:
            said, problem = {}, str(error)
        kept = {key: value for key, value in said.items() if value}
        found.append(Configuration(name, path, name == active, kept, problem))
    return found


def found(configuration: Configuration, folder: str) -> Found:
    """The entry for a configuration.

    Args:
        configuration: one that is not empty.
        folder: gcloud's folder.
    """
    said, reason = configuration.said, configuration.problem
    settings: dict[str, Any] = {}
    notes: list[str] = []
    try:
        settings, notes = _signing_in(said, folder)
    except credentials.Unusable as error:
        reason = reason or str(error)
    if said.get("core/universe_domain", "googleapis.com") != "googleapis.com":
        reason = reason or "core/universe_domain is one that Storage does not know"
    if configuration.project:
        settings["project"] = as_it_is(configuration.project)
    if url := said.get("api_endpoint_overrides/storage"):
        settings["endpoint_url"] = as_it_is(url.rstrip("/").removesuffix(_API))
    if bundle := said.get("core/custom_ca_certs_file"):
        settings["ca_bundle"] = as_it_is(os.path.expanduser(bundle))
    target = said.get("auth/impersonate_service_account")
    return Found(
        source="gcloud",
        entry=f"configuration {configuration.name}",
        place=shortened(configuration.path),
        name=configuration.name,
        cls=None if reason else GoogleCloudStorage,
        settings={} if reason else settings,
        is_default=configuration.is_active,
        asks=None if reason else "bucket",
        lost=(_IMPERSONATES.format(target),) if target and not reason else (),
        notes=() if reason else tuple(notes),
        reason=reason,
    )


_IMPERSONATES: Final = (
    "impersonate_service_account: to act as {0}, run gcloud auth application-default "
    "login --impersonate-service-account={0}, and import that"
)


def _signing_in(said: Mapping[str, str], folder: str) -> tuple[dict[str, Any], list[str]]:
    """The settings for signing in, and notes on them."""
    if said.get("auth/disable_credentials", "").lower() in ("true", "1", "yes", "on"):
        return {"options": {"token": "anon"}}, ["nobody signs in: auth/disable_credentials is set"]
    account = said.get("core/account", "")
    notes: list[str] = []
    if named := said.get("auth/credential_file_override"):
        path = os.path.expanduser(named)
    else:
        # gcloud's own credentials are in its database; for other programs it keeps those of each
        # account in a file as well.
        path = os.path.join(folder, "legacy_credentials", account, "adc.json")
        if not account or not os.path.exists(path):
            path = os.path.join(folder, credentials.DEFAULT)
            whose = f", not as {account}" if account else ""
            notes = [f"it signs in by application default credentials{whose}"]
            if not os.path.exists(path):
                return {}, [*notes, "run: gcloud auth application-default login"]
    info = credentials.read(path)
    return (
        {"service_account_info": credentials.reference(path)},
        [*notes, *credentials.remarks(info)],
    )


def _of_file(path: str) -> dict[str, str]:
    text = text_of(path)
    parser = ini_of(path, text, ConfigParser())
    found: dict[str, str] = {}
    for section, names in _READ.items():
        if parser.has_section(section):
            values = values_of(path, text, parser, section)
            found |= {f"{section}/{name}": values[name] for name in names if name in values}
    return found


def _variables() -> dict[str, str]:
    """The properties that variables set."""
    found = {
        f"{section}/{name}": os.environ.get(f"CLOUDSDK_{section}_{name}".upper(), "")
        for section, names in _READ.items()
        for name in names
    }
    return {name: value for name, value in found.items() if value}


def _active_in(folder: str) -> str:
    """The name of the active configuration, from the file `active_config`."""
    try:
        return text_of(os.path.join(folder, "active_config")).strip() or "default"
    except ConfigurationError:
        return "default"
