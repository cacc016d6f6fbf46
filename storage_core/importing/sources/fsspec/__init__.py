"""fsspec: the arguments that its files and variables give to all file systems of a protocol.

Protocols of object stores become the storage types for them, with the other arguments in Options;
every other protocol becomes File Storage, whose URL fsspec does not know.

    configured.py   files and variables, read as fsspec reads them
    stores.py       our settings for the arguments of each object store
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from storage_core.importing.files import wrong
from storage_core.importing.found import Found
from storage_core.importing.sources.fsspec.configured import Configured, read
from storage_core.importing.sources.fsspec.stores import FAMILIES, LEFT_OUT, Unusable, plain
from storage_core.types.file import FileStorage

if TYPE_CHECKING:
    from collections.abc import Iterator

LABEL: Final = "fsspec"

_NO_PLACE: Final = frozenset(
    {
        *("async_wrapper", "blockcache", "cached", "config", "dask", "data", "dir", "file"),
        *("filecache", "generic", "git", "libarchive", "local", "memory", "reference"),
        *("simplecache", "storage", "tar", "zip"),
        "_storage",  # Not a protocol: a key of our own export.
    }
)
"""Protocols that lead only to this machine or to another file system. `config` is not a protocol:
fsspec reads FSSPEC_CONFIG_DIR as an argument of one with this name."""


def places() -> list[str]:
    """fsspec's folder."""
    return [_folder()]


def found(path: str | None = None) -> list[Found]:
    """The entries for the protocols that fsspec has arguments for.

    Args:
        path: a folder instead of fsspec's own, or a file of such a folder.

    Raises:
        ConfigurationError: a file cannot be read; then fsspec itself cannot be loaded either.
    """
    if path is None:
        return [*_found(read(_folder(), with_variables=True))]
    path = os.path.expanduser(path)
    if not os.path.exists(path):
        raise wrong(path, "does not exist", "correct the path")
    if not os.path.isdir(path) and not path.endswith((".ini", ".json")):
        raise wrong(path, "is neither .json nor .ini", "name a file that fsspec reads")
    return [*_found(read(path, with_variables=False))]


def _found(configured: Configured) -> Iterator[Found]:
    in_families = {each for family in FAMILIES for each in family.protocols}
    for family in FAMILIES:
        said = configured.of(family.protocols)
        if said:
            yield _entry(configured, family.protocols, family.cls, "bucket", family.settings)
    for protocol in sorted(configured.protocols - in_families - _NO_PLACE):
        yield _entry(configured, (protocol,), FileStorage, "base_path", _of_file)
    for protocol, reason in sorted(configured.broken.items()):
        yield Found(
            source="fsspec", entry=protocol, place=reason[0], name=protocol, reason=reason[1]
        )


def _entry(
    configured: Configured, protocols: tuple[str, ...], cls: Any, asks: str, settings: Any
) -> Found:
    there = [each for each in protocols if each in configured.protocols]
    lost: list[str] = []
    reason, made = "", dict[str, Any]()
    try:
        made = settings(configured.of(protocols), lost)
    except Unusable as error:
        reason = str(error)
    if asks == "bucket":
        asks = next(each.name for each in cls.settings() if each.required)
    return Found(
        source="fsspec",
        entry=" and ".join(there),
        place=" and ".join(configured.places(protocols)),
        name=there[-1],
        cls=None if reason else cls,
        settings={} if reason else made,
        asks=None if reason else asks,
        begins=_beginnings(there[-1]) if cls is FileStorage and not reason else (),
        lost=() if reason else tuple(lost),
        notes=_URL if cls is FileStorage and not reason else (),
        reason=reason,
    )


_SAME: Final = (("http", "https"), ("sftp", "ssh"), ("webdav", "webdavs"))
"""Protocols with the same file system: arguments of one are for URLs of the other too."""


def _beginnings(protocol: str) -> tuple[str, ...]:
    """The beginnings of the URLs that the arguments of a protocol are for."""
    others = [each for same in _SAME if protocol in same for each in same if each != protocol]
    return tuple(f"{each}://" for each in (protocol, *others))


_URL: Final = ("its Base Path is the whole URL, such as sftp://HOST/FOLDER",)


def _of_file(said: dict[str, Any], lost: list[str]) -> dict[str, Any]:
    options = {}
    for name, value in said.items():
        if name in LEFT_OUT:
            lost.append(f"{name}: it means nothing here")
        else:
            options[name] = plain(name, value)
    return {"options": options} if options else {}


def _folder() -> str:
    return os.path.expanduser(
        os.environ.get("FSSPEC_CONFIG_DIR") or os.path.join("~", ".config", "fsspec")
    )
