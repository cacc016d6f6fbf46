"""What the layers beneath one's own file are trusted with.

The author of an included file decides where data go and which of the reader's secrets are sent
there: a reference in it is resolved on the machine of the person who reads it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from storage_core.config.model.problems import Problem, line_in
from storage_core.paths import shortened
from storage_core.references import is_reference

if TYPE_CHECKING:
    from storage_core.config.layers import Layer
    from storage_core.config.model.entries import Configurations


class Borrowed(NamedTuple):
    """A reference in a layer beneath: the reader's secret, used where the layer's author says."""

    origin: str
    """The file."""

    line: int | None
    name: str
    """The configuration."""

    setting: str
    """Its key; inside a table, with dots."""

    reference: str

    def __str__(self) -> str:
        place = shortened(self.origin) + (f":{self.line}" if self.line else "")
        return f"{place}: {self.name}: {self.setting} is taken from {self.reference} here"


def borrowed(found: Configurations) -> Iterator[Borrowed]:
    """Every reference in the layers beneath, those in hidden configurations included."""
    for layer in found.layers:
        if not layer.is_own:
            for name, table in layer.storage.items():
                for path, reference in _references(table, ()):
                    yield Borrowed(
                        layer.source, _line(layer, name, path), name, ".".join(path), reference
                    )


def open_to_others(found: Configurations) -> Iterator[Problem]:
    """The layers beneath that somebody besides their owner and root can write or replace."""
    for layer in found.layers:
        if not layer.is_own and not layer.failure and (how := _how_others_write(layer.source)):
            yield Problem(
                f"{how}, who could have data, and secrets of yours, sent elsewhere; "
                "have its owner take that right away, or include it no longer",
                layer.source,
            )


def _references(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, dict):
        if path and set(value) == {"ref"}:
            value = value["ref"]
        else:
            for key, inner in value.items():
                yield from _references(inner, (*path, key))
            return
    if isinstance(value, list):
        for inner in value:
            yield from _references(inner, path)
    elif path and path != ("type",) and isinstance(value, str) and is_reference(value):
        yield path, value


def _line(layer: Layer, name: str, path: tuple[str, ...]) -> int | None:
    whole = ("storage", name, *path)
    return next(
        filter(None, (line_in(layer.text, whole[:end]) for end in (len(whole), 3, 2))), None
    )


def _how_others_write(path: str) -> str:
    """Who else can write a file, in words; empty where only its owner and root can."""
    if os.name == "nt":
        return ""
    try:
        real = os.path.realpath(path)
        status = os.stat(real)
        if whose := _writers(status, status.st_uid):
            return f"can be written by {whose}"
        for folder in dict.fromkeys(map(os.path.dirname, (real, path))):
            around = os.stat(folder)
            if around.st_uid not in (0, status.st_uid, os.getuid()):
                return f"can be replaced by the owner of {shortened(folder)}"
            # In a folder such as /tmp, nobody replaces what is another's.
            if not around.st_mode & stat.S_ISVTX and (whose := _writers(around, status.st_uid)):
                return f"can be replaced by {whose}, who may write {shortened(folder)}"
    except OSError:
        pass
    return ""


def _writers(status: os.stat_result, owner: int) -> str:
    if status.st_mode & stat.S_IWOTH:
        return "everybody"
    if status.st_mode & stat.S_IWGRP and status.st_gid != 0:
        return "" if _is_private(status.st_gid, owner) else f"its group, {_group(status.st_gid)}"
    return ""


def _is_private(group: int, owner: int) -> bool:
    """Whether a group is that of one user alone, as many systems make one for each."""
    import grp
    import pwd

    try:
        user, found = pwd.getpwuid(owner), grp.getgrgid(group)
    except KeyError:
        return False
    return user.pw_gid == group and {*found.gr_mem} <= {user.pw_name} == {found.gr_name}


def _group(group: int) -> str:
    import grp

    try:
        return grp.getgrgid(group).gr_name
    except KeyError:
        return str(group)
