"""What an entry of another tool becomes, or why it cannot be imported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from storage_core.errors import ConfigurationError
from storage_core.importing.found import Found

if TYPE_CHECKING:
    from storage_core.declaration.configuration import StorageConfiguration


class InexpressibleError(Exception):
    """An entry cannot become a configuration; the text says why, without secrets."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """The type and settings that an entry of another tool becomes."""

    cls: type[StorageConfiguration]
    settings: Mapping[str, Any] = field(repr=False)
    asks: str | None = None
    lost: tuple[str, ...] = ()


def found_entry(
    make: Callable[[], Made],
    *,
    source: str,
    entry: str,
    place: str,
    name: str,
    is_default: bool = False,
) -> Found:
    """Make an entry of what `make` returns; if it fails, its error becomes the entry's reason."""
    try:
        made = make()
    except (ConfigurationError, InexpressibleError) as error:
        return Found(
            source=source,
            entry=entry,
            place=place,
            name=name,
            is_default=is_default,
            reason=str(error),
        )
    return Found(
        source=source,
        entry=entry,
        place=place,
        name=name,
        is_default=is_default,
        cls=made.cls,
        settings=made.settings,
        asks=made.asks,
        lost=made.lost,
    )


def given(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings without those that are None, empty or false, in inner tables too.

    Those values are the defaults in every type and driver that entries are imported as.
    """
    result: dict[str, Any] = {}
    for name, value in settings.items():
        if isinstance(value, Mapping):
            value = given(value)
        if value not in (None, "", False, {}, []):
            result[name] = value
    return result


def split_path(path: str) -> tuple[str, str]:
    """Split `bucket/prefix` into bucket and prefix; either may be empty."""
    bucket, _, prefix = path.strip("/").partition("/")
    return bucket, prefix.strip("/")


def left_out(names: Iterable[str], what: str = "option") -> tuple[str, ...]:
    """A line for `Found.lost` for each option of a tool that cannot be expressed here."""
    return tuple(f"the {what} {name}" for name in names)


def server_url(scheme: str, host: str, *, user: str = "", port: str = "", path: str = "") -> str:
    """The URL of a folder on a server; it has no password, which belongs in Options.

    Raises:
        InexpressibleError: `host` is empty.
    """
    if not host:
        raise InexpressibleError("it names no host")
    shown = f"[{host}]" if ":" in host and not host.startswith("[") else host
    account = f"{quote(user, safe='')}@" if user else ""
    return f"{scheme}://{account}{shown}{f':{port}' if port else ''}{path}"
