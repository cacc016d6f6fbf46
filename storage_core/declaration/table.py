"""Reads the settings of a configuration from a TOML table.

Standard library only: this runs in every process that opens a store. It accepts exactly what
`validation.py` would have saved, with the same checks, but converts nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from storage_core.declaration.setting import as_meant, as_written
from storage_core.nearest import nearest, one_slip
from storage_core.paths import LOCAL_SCHEMES, absolute
from storage_core.references import (
    LITERAL,
    check_reference,
    is_literal,
    reference_in,
    without_literal,
)

if TYPE_CHECKING:
    from storage_core.declaration.configuration import StorageConfiguration
    from storage_core.declaration.setting import Setting

RESERVED: Final = ("id", "type")
"""Keys of a storage table that are not settings."""

AS_JSON_TEXT: Final = "must be the JSON as text in quotes, such as '''{ … }'''"


class Fault(NamedTuple):
    """What is wrong with one setting."""

    name: str
    """Its key; for a combination of settings, the one that a person should look at first."""

    message: str
    """What to do, without the key's name and without the value."""


def read_settings(
    cls: type[StorageConfiguration], table: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Fault]]:
    """The settings in `table`, normalised, and what is wrong with them."""
    faults = [
        Fault(key, unknown_setting(cls, key))
        for key in table
        if key not in RESERVED and cls.setting_named(key) is None
    ]
    values: dict[str, Any] = {}
    for setting in cls.settings():
        if setting.name not in table:
            continue
        try:
            values[setting.name] = checked(setting, table[setting.name])
        except ValueError as error:
            faults.append(Fault(setting.name, str(error)))
    named = {fault.name for fault in faults}
    faults += [fault for fault in missing(cls, {**table, **values}) if fault.name not in named]
    return values, faults


def with_absolute_paths(
    cls: type[StorageConfiguration], values: Mapping[str, Any], folder: str | None = None
) -> dict[str, Any]:
    """`values` with relative paths made absolute; `~` is kept.

    Args:
        cls: the storage type.
        values: settings by name.
        folder: what paths are relative to: the file's folder for paths in the file, None (the
            current directory) for paths from a person or a program, whose values are taken as they
            are meant.
    """
    result = dict(values)
    for setting in cls.settings():
        if setting.name not in result:
            continue
        value = as_written(setting, result[setting.name])
        if folder is None:
            value = result[setting.name] = as_meant(setting, value)
        if setting.form not in ("path", "file") or not isinstance(value, str) or not value.strip():
            continue
        if setting.is_reference(value):
            continue
        text = without_literal(value)
        scheme = next((each for each in LOCAL_SCHEMES if text.startswith(each)), "")
        path = text.removeprefix(scheme)
        if "://" not in path and "::" not in path and not path.startswith("~"):
            # A path from the root needs no `literal:`; cautions want to know that it was there.
            kept = LITERAL if is_literal(value) and reference_in(path) else ""
            result[setting.name] = kept + scheme + absolute(path, folder)
    return result


def checked(setting: Setting, value: Any) -> Any:
    """`value` normalised, or `ValueError` saying what it must be."""
    if setting.form == "number":
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError("must be a number")
    elif not isinstance(value, setting.python_type):
        raise ValueError(
            AS_JSON_TEXT
            if setting.form == "json"
            else f"must be {_TYPE_NAMES[setting.python_type]}"
        )
    if setting.choices and value not in setting.choices:
        raise ValueError(f"must be one of {', '.join(setting.choices)}")
    if setting.is_reference(value):
        return check_reference(value)
    if setting.schemes and is_literal(value):
        plain = without_literal(value)
        if not plain:
            raise ValueError("must not be empty")
        return value if setting.reference else LITERAL + setting.normalised(plain)
    return setting.normalised(value)


def missing(cls: type[StorageConfiguration], values: Mapping[str, Any]) -> Iterator[Fault]:
    """Required settings that are missing, and combinations that are wrong."""
    for setting in cls.settings():
        if setting.required and setting.name not in values:
            yield Fault(setting.name, f"is missing; add {setting.name} ({setting.label})")
        elif setting.unless and setting.name not in values and setting.unless not in values:
            yield Fault(setting.name, f"is missing; add {setting.name} or {setting.unless}")
        elif setting.unless and setting.name in values and setting.unless in values:
            yield Fault(setting.unless, f"goes instead of {setting.label}; keep one of the two")
    for name, message in cls.check_together(dict(values)):
        yield Fault(name, message)


class Nearest(NamedTuple):
    """The known key that an unknown one may have been meant for."""

    name: str
    """The known key that is most like it."""

    alike: bool
    """Whether the two are enough alike to ask "did you mean …?"."""

    meant: bool
    """Whether the value may be taken over without asking.

    A secret under a wrong key must stay hidden. So a secret setting takes the value of any key that
    is alike; another setting only if the keys differ by one slip and do not sound like a secret.
    """


def nearest_setting(cls: type[StorageConfiguration], key: str) -> Nearest:
    """The setting, or `id` or `type`, that is most like an unknown key."""
    wanted, known = key.lower().replace("-", "_"), _known_keys(cls)
    found = nearest(wanted, known)
    alike = found is not None
    name = found or nearest(wanted, known, at_least=0) or known[0]
    setting = cls.setting_named(name)
    if setting is None or wanted == name:
        return Nearest(name, alike, setting is not None)
    in_clear = one_slip(wanted, name) and not any(word in wanted + name for word in _CREDENTIALS)
    return Nearest(name, alike, alike and (setting.secret or in_clear))


def unknown_setting(cls: type[StorageConfiguration], key: str) -> str:
    """The message about an unknown key, with the known one that is most like it."""
    found = nearest_setting(cls, key)
    hint = f"did you mean {found.name}?"
    if not found.alike:
        hint = f"the nearest is {found.name}, known are {', '.join(_known_keys(cls))}"
    return f"is not a setting of {cls.label}; {hint}"


def sounds_secret(key: str) -> bool:
    """Whether an unknown key is named like a credential."""
    from re import IGNORECASE, search

    return search("secret|token|passw|credential|key$", key, IGNORECASE) is not None


def _known_keys(cls: type[StorageConfiguration]) -> list[str]:
    return [*RESERVED, *(setting.name for setting in cls.settings())]


_CREDENTIALS: Final = ("key", "secret", "token", "passw", "credential")
_TYPE_NAMES: Final = {
    str: "text in quotes",
    bool: "true or false",
    list: 'a list of words in quotes, such as ["prod", "eu"]',
    dict: "a table",
}
