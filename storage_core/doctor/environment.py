"""Environment variables: those of Storage, and those of the clouds that count here or do not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from storage_core.doctor.report import NOTE, OK, PROBLEM, Finding
from storage_core.variables import OWN

if TYPE_CHECKING:
    from storage_core.config.model.entries import Configurations

_SECTION: Final = "environment"

_WHERE: Final = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_STS")
_WHO: Final = (
    *("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_REGION"),
    *("AWS_DEFAULT_REGION", "GOOGLE_APPLICATION_CREDENTIALS", "AZURE_CLIENT_ID"),
)
_OWN_KEYS: Final = {
    "AWS_": ("aws_access_key_id", "endpoint_url"),
    "GOOGLE_": ("service_account_info", "endpoint_url"),
    "AZURE_": ("connection_string",),
}
"""For each cloud, its settings: a configuration that gives one ignores the cloud's variables."""

_NEVER: Final = ("AZURE_STORAGE_CONNECTION_STRING", "STORAGE_EMULATOR_HOST")


def findings(found: Configurations | None) -> Iterator[Finding]:
    """Yield what is found; the value of a variable is shown only for engines and timeouts."""
    for each in OWN:
        if os.environ.get(each.name):
            yield _own(each.name)
    for cloud, settings in _OWN_KEYS.items():
        shown = ", ".join(_without(settings, found))
        for name in (*_WHERE, *_WHO):
            if name.startswith(cloud) and os.environ.get(name):
                counts = f"and counts for {shown}" if shown else "and nothing leaves that open"
                level = NOTE if shown and name in _WHERE else OK
                yield Finding(_SECTION, name, f"is set, {counts}", level=level)
    for name in sorted(os.environ):
        if os.environ[name] and (name in _NEVER or name.startswith("FSSPEC_")):
            is_ours = name.startswith("FSSPEC_STORAGE_")
            text = (
                "is set, for storage:// URLs" if is_ours else "is set, and counts for nothing here"
            )
            yield Finding(_SECTION, name, text, level=OK if is_ours else NOTE)


def _own(name: str) -> Finding:
    value = os.environ[name]
    if name == "STORAGE_ENGINE":
        from storage_core.declaration.engines import ENGINES

        if value in ENGINES:
            return Finding(_SECTION, name, f"is {value}", level=NOTE)
        return Finding(
            _SECTION, name, "names no engine", f"write {', '.join(ENGINES)}, or unset it", PROBLEM
        )
    if name == "STORAGE_TIMEOUT":
        from storage_core.declaration.checks import seconds

        try:
            return Finding(_SECTION, name, f"is {seconds(float(value)):g} seconds", level=NOTE)
        except ValueError:
            pass
        return Finding(_SECTION, name, "is no number of seconds", "correct or unset it", PROBLEM)
    return Finding(_SECTION, name, "is set")


def _without(settings: tuple[str, ...], found: Configurations | None) -> list[str]:
    """The names of the configurations whose type has these settings, but that give none."""
    return [
        entry.name
        for entry in (found.entries.values() if found else ())
        if entry.cls
        and entry.cls.setting_named(settings[0])
        and not any(entry.settings.get(each) for each in settings)
    ]
