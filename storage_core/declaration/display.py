"""Settings for display, also as JSON: secrets masked, references as they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from storage_core.paths import join_url
from storage_core.redaction import mask_url
from storage_core.references import (
    LITERAL,
    check_reference,
    is_literal,
    is_reference,
    without_literal,
)

if TYPE_CHECKING:
    from storage_core.declaration.setting import Setting

MASK: Final = "********"
"""What is shown in place of a secret."""


def masked_settings(settings: Iterable[Setting], values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` with every secret masked.

    A key that is none of `settings` may be a mistyped secret, so its value is masked too. Without
    `settings`, because the type is unknown, everything is masked.
    """
    known = {setting.name: setting for setting in settings}
    return {name: masked(known.get(name), value) for name, value in values.items()}


def masked(setting: Setting | None, value: Any) -> Any:
    """One value as it may be shown."""
    if value is None:
        return None
    if setting is not None and setting.form == "table" and isinstance(value, dict):
        # Imported only here: few configurations have tables, and the patterns take 3 ms to compile.
        from storage_core.declaration.tables import visible

        return visible(value)
    if setting and setting.form == "list" and isinstance(value, list):
        return value if all(isinstance(each, str) for each in value) else MASK
    if setting is None or setting.form == "table" or isinstance(value, dict | list):
        return _masked_deeply(value)
    if setting.is_reference(value) and _is_well_formed(value):
        return value
    if setting.secret:
        return MASK
    if isinstance(value, str) and is_literal(value):
        return LITERAL + mask_url(without_literal(value), bare=setting.form == "url")
    return mask_url(value, bare=setting.form == "url") if isinstance(value, str) else value


def shown(setting: Setting, value: Any) -> str:
    """One value as text on one line; empty if there is none."""
    value = masked(setting, value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list):
        return " ".join(f"#{each}" for each in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} = {_inline(inner)}" for key, inner in value.items())
    return str(value)


def place_url(scheme: str, place: str, prefix: str | None) -> str:
    """The URL of a bucket or container with the settings as written: references as they are."""
    return join_url(scheme + without_literal(place), without_literal(prefix or ""))


def _is_well_formed(reference: str) -> bool:
    """Whether it may be shown: what merely looks like a reference may be a secret."""
    try:
        check_reference(reference)
    except ValueError:
        return False
    return True


def _masked_deeply(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {"ref"} and is_reference(value["ref"]) and _is_well_formed(value["ref"]):
            return value
        return {key: _masked_deeply(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_masked_deeply(inner) for inner in value]
    return MASK


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        if set(value) == {"ref"}:
            return str(value["ref"])
        return "{" + ", ".join(f"{key} = {_inline(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_inline(inner) for inner in value) + "]"
    return str(value)
