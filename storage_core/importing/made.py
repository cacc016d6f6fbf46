"""What an entry of another tool is made into, or why it cannot be."""

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
    """An entry cannot be a configuration of ours; the text says why, without a secret."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """The settings that an entry of another tool comes to."""

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
    """What was found; with a reason where `make` fails, of a file that it names too."""
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
    """The settings that say something: what is None, empty or false is left out, tables inside too.

    Defaults are so in every type and driver that is imported into.
    """
    result: dict[str, Any] = {}
    for name, value in settings.items():
        if isinstance(value, Mapping):
            value = given(value)
        if value not in (None, "", False, {}, []):
            result[name] = value
    return result


def split_path(path: str) -> tuple[str, str]:
    """The bucket and the prefix of `bucket/prefix`; each may be empty."""
    bucket, _, prefix = path.strip("/").partition("/")
    return bucket, prefix.strip("/")


def left_out(names: Iterable[str], what: str = "option") -> tuple[str, ...]:
    """A line for each thing of a tool that there is no word for here."""
    return tuple(f"the {what} {name}" for name in names)


def server_url(scheme: str, host: str, *, user: str = "", port: str = "", path: str = "") -> str:
    """The URL of a folder on a server; a password goes into Options.

    Raises:
        InexpressibleError: there is no server in it.
    """
    if not host:
        raise InexpressibleError("it names no host")
    shown = f"[{host}]" if ":" in host and not host.startswith("[") else host
    account = f"{quote(user, safe='')}@" if user else ""
    return f"{scheme}://{account}{shown}{f':{port}' if port else ''}{path}"
