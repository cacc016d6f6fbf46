"""The folders visited last in each storage, kept beside the app's state. It blocks: use threads.

Whatever is in the file, the app starts: anything unknown or broken is ignored.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Final

from tui.session import state

KEPT: Final = 10
"""Folders that are kept for one storage."""

_STORAGES: Final = 200
_SIZE: Final = 4 * 1024 * 1024


def places(id: str) -> list[str]:
    """The folders visited in the storage with this ID, the last one first."""
    return _read().get(id, [])


def visited(id: str, folder: str) -> None:
    """Remember that this folder was visited."""
    source = _file()
    if source is None or not folder:
        return
    from json import dumps

    found = _read()
    kept = [folder, *(each for each in found.pop(id, []) if each != folder)][:KEPT]
    newest = [(id, kept), *found.items()][:_STORAGES]
    with suppress(OSError, ValueError):
        source.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = source.with_suffix(".new")
        new.write_text(dumps(dict(newest)), encoding="utf-8")
        new.replace(source)


def _file() -> Path | None:
    beside = state.path()
    return beside and beside.with_name("places.json")


def _read() -> dict[str, list[str]]:
    return {
        id: [each for each in folders if isinstance(each, str)][:KEPT]
        for id, folders in state.table_in(_file(), _SIZE).items()
        if isinstance(folders, list)
    }
