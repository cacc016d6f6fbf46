"""Reads the settings of a configuration from a TOML table.

Standard library only: this runs in every process that opens a store. It accepts exactly what
`validation.py` would have saved, with the same checks, but converts nothing.
"""

from __future__ import annotations

import os

from storage_core.declaration.setting import RESERVED, as_meant, as_written
from storage_core.paths import absolute, local_scheme
from storage_core.references import (
    LITERAL,
    check_reference,
    is_literal,
    reference_in,
    without_literal,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any, Final

    from storage_core.declaration.configuration import StorageConfiguration
    from storage_core.declaration.faults import Fault
    from storage_core.declaration.setting import Setting

AS_JSON_TEXT: Final = "must be the JSON as text in quotes, such as '''{ … }'''"


def read_settings(
    cls: type[StorageConfiguration], table: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Fault]]:
    """The settings in `table`, normalised, and what is wrong with them."""
    found: list[tuple[str, str]] = []
    for key in table:
        if key not in RESERVED and cls.setting_named(key) is None:
            from storage_core.declaration.faults import unknown_setting

            found.append((key, unknown_setting(cls, key)))
    values: dict[str, Any] = {}
    for setting in cls.settings():
        if setting.name not in table:
            continue
        try:
            values[setting.name] = checked(setting, table[setting.name])
        except ValueError as error:
            found.append((setting.name, str(error)))
    named = {name for name, _ in found}
    found += [each for each in missing(cls, {**table, **values}) if each[0] not in named]
    if not found:
        return values, []
    from storage_core.declaration.faults import Fault

    return values, [Fault(*each) for each in found]


def with_absolute_paths(
    cls: type[StorageConfiguration], values: Mapping[str, Any], folder: str | None = None
) -> dict[str, Any]:
    """`values` with relative paths made absolute; `~` is kept.

    Args:
        cls: the storage type.
        values: settings by name.
        folder: what paths are relative to: the file's folder for paths in the file; None (the
            current directory) for values from a person or a program, which are cleaned up too.
    """
    result = dict(values)
    for setting in cls.settings():
        if setting.name not in result:
            continue
        value = as_written(setting, result[setting.name])
        if folder is None:
            value = result[setting.name] = as_meant(setting, value)
        if local := _local_path(setting, value):
            scheme, path = local
            # A path from the root needs no `literal:`; cautions want to know that it was there.
            kept = LITERAL if is_literal(value) and reference_in(path) else ""
            result[setting.name] = kept + scheme + absolute(path, folder)
    return result


def relative_paths(cls: type[StorageConfiguration], values: Mapping[str, Any]) -> Iterator[str]:
    """The settings that hold a relative path."""
    for setting in cls.settings():
        local = _local_path(setting, as_written(setting, values.get(setting.name)))
        if local and not os.path.isabs(local[1]):
            yield setting.name


def _local_path(setting: Setting, value: Any) -> tuple[str, str] | None:
    """The scheme, maybe empty, and the path; None where it is not a path, or begins with `~`."""
    if setting.form not in ("path", "file") or not isinstance(value, str) or not value.strip():
        return None
    if setting.is_reference(value):
        return None
    text = without_literal(value)
    scheme = local_scheme(text)
    path = text.removeprefix(scheme)
    return None if "://" in path or "::" in path or path.startswith("~") else (scheme, path)


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


def missing(
    cls: type[StorageConfiguration], values: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """Required settings that are missing, and combinations that are wrong: name and message."""
    for setting in cls.settings():
        if setting.required and setting.name not in values:
            yield setting.name, f"is missing; add {setting.name} ({setting.label})"
        elif setting.unless and setting.name not in values and setting.unless not in values:
            yield setting.name, f"is missing; add {setting.name} or {setting.unless}"
        elif setting.unless and setting.name in values and setting.unless in values:
            yield setting.unless, f"goes instead of {setting.label}; keep one of the two"
    yield from cls.check_together(dict(values))


_TYPE_NAMES: Final = {
    str: "text in quotes",
    bool: "true or false",
    list: 'a list of words in quotes, such as ["prod", "eu"]',
    dict: "a table",
}
