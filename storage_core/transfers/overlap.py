"""Whether two stores lead to one place, so that a transfer would read what it writes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from storage_core.errors import UnsupportedOperation
from storage_core.references import looked_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from storage_core.blobpath import Prefix
    from storage_core.store import Store

_SERVERS = ("endpoint_url", "account_name", "account_host")


class _Place(NamedTuple):
    server: tuple[str, ...]
    folder: str
    """With a `/` at its end."""


def require_apart(source: Store, target: Store, among: Iterable[Prefix]) -> None:
    """Raise `UnsupportedOperation` if blobs would be written to where they are read from.

    Two configurations of one place are recognised as far as their settings tell: a server that is
    known by two addresses counts as two.
    """
    here, there = _place(source), _place(target)
    if here.server != there.server:
        return
    for read in among:
        for written in among:
            first, second = here.folder + read, there.folder + written
            if first.startswith(second) or second.startswith(first):
                what = (
                    "lead to one place"
                    if here == there
                    else f"overlap: {source.location} and {target.location}"
                )
                raise UnsupportedOperation(
                    f"{_called(source)} and {_called(target)} {what}, so that there is nothing to "
                    "transfer, or no end of it; choose another target"
                )


def _place(store: Store) -> _Place:
    location = store.backend.location
    if os.path.isabs(location):
        return _Place((), os.path.realpath(location).rstrip("/") + "/")
    return _Place(tuple(_server(store.configuration.given())), location.rstrip("/") + "/")


def _server(settings: Mapping[str, Any]) -> Iterable[str]:
    """What settings say of the server: an address of one's own, or an account."""
    options = settings.get("options")
    for table in (settings, options, options.get("client_kwargs") if options else None):
        for name in _SERVERS:
            value = table.get(name) if isinstance(table, dict) else None
            if isinstance(value, str):
                yield looked_up(value).rstrip("/").lower()
    if isinstance(text := settings.get("connection_string"), str):
        parts = (part.partition("=") for part in looked_up(text).split(";"))
        yield from sorted(
            value.rstrip("/").lower()
            for name, _, value in parts
            if name.strip().lower() in ("accountname", "blobendpoint")
        )


def _called(store: Store) -> str:
    return store.configuration.name or store.location
