"""The profiles in AWS's two files, read as botocore reads them."""

from __future__ import annotations

import os
import shlex
from configparser import RawConfigParser
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from storage_core.importing.files import ini_of, line_of, text_of, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FILES: Final = (
    ("AWS_CONFIG_FILE", "~/.aws/config"),
    ("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
)
_KINDS: Final = ("profile", "sso-session", "services")
"""The kinds of sections in the config file, besides `[default]`."""


@dataclass(frozen=True)
class Profile:
    """A profile, with its settings in both files."""

    name: str
    files: tuple[str, ...]
    """The files that have the profile."""

    config: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """Its settings in the config file; settings indented below one become a mapping."""

    credentials: Mapping[str, Any] = field(default_factory=dict, repr=False)

    is_doubled: bool = False
    """Whether the config file has both `[default]` and `[profile default]`."""

    @property
    def said(self) -> Mapping[str, Any]:
        """All settings; those in the credentials file win."""
        return {**self.config, **self.credentials}

    def text(self, setting: str) -> str:
        """A setting that is text; empty if there is none."""
        value = self.said.get(setting)
        return value if isinstance(value, str) else ""

    def below(self, setting: str) -> Mapping[str, str]:
        """The settings that are indented below a setting; empty if there are none."""
        value = self.said.get(setting)
        return value if isinstance(value, dict) else {}


@dataclass(frozen=True)
class Profiles:
    """All profiles, and the sections that they refer to."""

    by_name: Mapping[str, Profile]
    sso_sessions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    services: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)

    def __iter__(self) -> Iterator[Profile]:
        return iter(self.by_name.values())

    def get(self, name: str) -> Profile | None:
        """The profile with a name; None if there is none."""
        return self.by_name.get(name)


def default_files() -> tuple[str, str]:
    """The paths where AWS looks for the config file and the credentials file."""
    config, credentials = (
        os.path.expanduser(os.path.expandvars(os.environ.get(variable, path)))
        for variable, path in _FILES
    )
    return config, credentials


def read(config: str, credentials: str) -> Profiles:
    """Read the profiles in two files, either of which may be missing.

    Raises:
        ConfigurationError: one of them cannot be read.
    """
    found: dict[str, dict[str, dict[str, Any]]] = {kind: {} for kind in _KINDS}
    sections = _sections(config)
    for section, settings in sections.items():
        kind = next((each for each in _KINDS if section.startswith(each)), "")
        if section == "default":
            found["profile"][section] = settings
        elif kind and (name := _name_in(section)) is not None:
            found[kind][name] = settings
    in_config, in_credentials = found["profile"], _sections(credentials)
    profiles: dict[str, Profile] = {}
    for name in [*in_config, *(each for each in in_credentials if each not in in_config)]:
        files = {config: in_config, credentials: in_credentials}
        having = tuple(path for path, there in files.items() if name in there)
        is_doubled = name == "default" and {"default", "profile default"} <= sections.keys()
        profiles[name] = Profile(
            name, having, in_config.get(name, {}), in_credentials.get(name, {}), is_doubled
        )
    return Profiles(profiles, found["sso-session"], found["services"])


def _name_in(section: str) -> str | None:
    """The name in `profile NAME` or `profile "A NAME"`; None if botocore sees none."""
    try:
        parts = shlex.split(section)
    except ValueError:
        return None
    return parts[1] if len(parts) == 2 else None


def _sections(path: str) -> dict[str, dict[str, Any]]:
    """The sections of a file; none if there is no file."""
    # For botocore a folder or a device is no file.
    if not os.path.isfile(path):
        return {}
    text = text_of(path)
    parser = ini_of(path, text, RawConfigParser())
    found: dict[str, dict[str, Any]] = {}
    for section in parser.sections():
        found[section] = {}
        for option in parser.options(section):
            value: Any = parser.get(section, option)
            if value.startswith("\n"):
                value = _below(path, text, section, option, value)
            found[section][option] = value
    return found


def _below(path: str, text: str, section: str, option: str, value: str) -> dict[str, str]:
    """The settings that are indented below an option."""
    found: dict[str, str] = {}
    for line in filter(None, map(str.strip, value.splitlines())):
        name, equals, rest = line.partition("=")
        if not equals:
            raise wrong(
                path,
                f"has a line without = below {option} in [{section}]",
                "write NAME = VALUE",
                line_of(text, section, option),
            )
        found[name.strip()] = rest.strip()
    return found
