"""Layers: one's own configuration file and those beneath it, nearest first.

    include = ["/srv/team/storage.toml", "shared.toml"]

An included file lies beneath the one that includes it, and above the next in the list: first comes
one's own, then the first that it includes with all that this one includes in turn, then the second.
Files that `STORAGE_CONFIG` names behind the first follow. A file that is reached again counts at
its nearest place. None of them is ever written.

They are read one by one as they are asked for: a worker whose configuration stands in the nearest
needs none of the others.
"""

from __future__ import annotations

import os
from stat import S_ISDIR, S_ISREG

from storage_core import paths
from storage_core.config.toml.read import MAX_SIZE, decode, parse, read_text
from storage_core.errors import ConfigurationError
from storage_core.light import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any, Final

DEEPEST: Final = 5
"""How many steps an included file may be away from one's own."""

KEY: Final = "include"

_EXAMPLE: Final = 'include = ["/srv/team/storage.toml"]'

Stamp = tuple[tuple[str, object], ...]
"""For each file, its path and what tells its versions apart."""


class Memory:
    """What files have said, so that those that say the same are not parsed again."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, dict[str, Any]]] = {}

    def __repr__(self) -> str:
        """Without the texts, which may hold secrets."""
        return f"<Memory of {len(self._known)} files>"

    def parsed(self, source: str, text: str) -> dict[str, Any]:
        """The tables in the text of a file; raises `ConfigurationError`."""
        before = self._known.get(source)
        if before is None or before[0] != text:
            before = self._known[source] = text, parse(text, source)
        return before[1]


@dataclass(frozen=True)
class Layer:
    """One file, or what should be one."""

    source: str
    """Its absolute path, or `STORAGE_CONFIG_TEXT`; what was written where that leads nowhere."""

    text: str = field(repr=False)
    """Its text, secrets included; empty where it cannot be read."""

    tables: Mapping[str, Any] = field(repr=False)
    """Everything in it, tables of other programs included; nothing where it cannot be read."""

    includer: Layer | None = None
    """The layer that includes it; None for one's own, and where `STORAGE_CONFIG` names it."""

    index: int | None = None
    """Which one of the files that the includer includes it is; None: the list as a whole."""

    is_own: bool = False
    """Whether it is the file that is edited."""

    failure: str = ""
    """Why it cannot be read, or must not be included here; empty where all is well."""

    is_cycle: bool = False
    """Whether the failure is that it includes itself. Nothing in it is missed then."""

    stamp: object = None
    """What tells the versions of the file apart, as it was before the file was read."""

    @property
    def storage(self) -> Mapping[str, Any]:
        """The tables below `[storage]`; empty if `storage` is not a table."""
        storage = self.tables.get("storage")
        return storage if isinstance(storage, dict) else {}

    @property
    def is_unknown(self) -> bool:
        """Whether nobody can tell what it says."""
        return self.failure != "" and not self.is_cycle

    @property
    def hides(self) -> bool:
        """Whether nobody can tell which names it has, so that none beneath it can be opened."""
        return self.is_unknown or not isinstance(self.tables.get("storage", {}), dict)

    @property
    def included_at(self) -> tuple[str, int | None]:
        """Where it says that this layer lies here: a file, or `STORAGE_CONFIG`, and the line."""
        if self.includer is None:
            return (self.source, None) if self.is_own else (paths.FILE_VARIABLE, None)
        from storage_core.config.toml.scan import line_of, line_of_item

        text = self.includer.text
        line = None if self.index is None else line_of_item(text, (KEY,), self.index)
        return self.includer.source, line or line_of(text, (KEY,))


class Layers:
    """Layers in their order, each read when it is first reached, and once."""

    def __init__(self, layers: Iterator[Layer]) -> None:
        self._known: list[Layer] = []
        self._rest = layers

    def __iter__(self) -> Iterator[Layer]:
        at = 0
        while True:
            if at == len(self._known):
                following = next(self._rest, None)
                if following is None:
                    return
                self._known.append(following)
            yield self._known[at]
            at += 1


def layers_of(
    own: str,
    beneath: Sequence[str] = (),
    *,
    text: str | None = None,
    memory: Memory | None = None,
) -> Layers:
    """The layers of a configuration file.

    Args:
        own: the file, or `STORAGE_CONFIG_TEXT`.
        beneath: absolute paths of more files that lie beneath it.
        text: what the file says; None: it is read now.
        memory: what files have said before.

    Raises:
        ConfigurationError: one's own file is broken. What is wrong with another is in the layer.
    """
    stamp = _stamp(own)
    if text is None:
        text = read_text(own)
    tables = _parsed(own, text, memory)
    first = Layer(source=own, text=text, tables=tables, is_own=True, stamp=stamp)
    return Layers(_Reading(memory).all(first, beneath))


def stamp_of(sources: Sequence[str]) -> Stamp:
    """Differs between any two versions of these files, and when rights to them change."""
    return tuple((source, _stamp(source)) for source in sources)


class _Reading:
    """Reads layers and knows which it has read."""

    def __init__(self, memory: Memory | None) -> None:
        self._memory = memory
        self._read: set[str] = set()

    def all(self, own: Layer, beneath: Sequence[str]) -> Iterator[Layer]:
        yield own
        real = "" if paths.is_text(own.source) else _real(own.source)
        self._read.add(real)
        yield from self._below(own, (real,))
        for path in beneath:
            yield from self._with_its_own(path, None, None, ())

    def _below(self, layer: Layer, above: tuple[str, ...]) -> Iterator[Layer]:
        """What a layer includes; `above` leads from one's own to it."""
        if KEY not in layer.tables:
            return
        written = layer.tables[KEY]
        if paths.is_text(layer.source):
            failure = "no other file is read beside the variable; leave it out, or use a file"
            yield _failed(layer.source, layer, None, failure)
            return
        if not isinstance(written, list):
            yield _failed(layer.source, layer, None, f"must be a list of paths: {_EXAMPLE}")
            return
        for index, each in enumerate(written):
            if not isinstance(each, str) or not each:
                failure = f"holds something else than paths in quotes; write {_EXAMPLE}"
                yield _failed(layer.source, layer, index, failure)
            elif "://" in each:
                yield _failed(each, layer, index, f"{each} is a URL; only files can be included")
            else:
                yield from self._with_its_own(each, layer, index, above)

    def _with_its_own(
        self, written: str, includer: Layer | None, index: int | None, above: tuple[str, ...]
    ) -> Iterator[Layer]:
        """The layer at a path, and those that it includes."""
        try:
            folder = os.path.dirname(includer.source) if includer else None
            source = paths.absolute(written, folder)
        except ConfigurationError as error:
            yield _failed(written, includer, index, str(error))
            return
        shown = paths.shortened(source)
        real = _real(source)
        if real in above:
            failure = f"{shown} includes itself, by this line; take the line out"
            yield _failed(source, includer, index, failure, is_cycle=True)
            return
        if real in self._read:
            return
        if len(above) > DEEPEST:
            failure = f"{shown} is included more than {DEEPEST} deep; include it from further up"
            yield _failed(source, includer, index, failure)
            return
        stamp = _stamp(source)
        try:
            text = decode(_bytes_of(source, shown), source)
            tables = _parsed(source, text, self._memory)
        except ConfigurationError as error:
            yield _failed(source, includer, index, str(error), stamp=stamp)
            return
        self._read.add(real)
        layer = Layer(
            source=source, text=text, tables=tables, includer=includer, index=index, stamp=stamp
        )
        yield layer
        yield from self._below(layer, (*above, real))


def _failed(
    source: str,
    includer: Layer | None,
    index: int | None,
    failure: str,
    *,
    is_cycle: bool = False,
    stamp: object = None,
) -> Layer:
    return Layer(
        source=source,
        text="",
        tables={},
        includer=includer,
        index=index,
        failure=f"{KEY}: {failure}" if includer else failure,
        is_cycle=is_cycle,
        stamp=stamp or _stamp(source),
    )


def _parsed(source: str, text: str, memory: Memory | None) -> dict[str, Any]:
    return memory.parsed(source, text) if memory else parse(text, source)


def _bytes_of(source: str, shown: str) -> bytes:
    """What an included file holds; raises `ConfigurationError`."""
    try:
        mode = paths.settled(os.stat, source).st_mode
        if not S_ISREG(mode):
            # Reading a named pipe would wait until somebody writes into it.
            what = "a folder" if S_ISDIR(mode) else "a device or pipe"
            raise ConfigurationError(f"{shown} is {what}, not a file; name the file itself")
        with paths.opened(source) as file:
            return file.read(MAX_SIZE + 1)
    except FileNotFoundError:
        raise ConfigurationError(
            f"there is no file {shown}; bring it back, or name it no longer"
        ) from None
    except (OSError, ValueError) as error:
        from storage_core.disk_advice import advice

        reason = getattr(error, "strerror", None) or "not a valid path"
        do = advice(error) or "allow reading it"
        raise ConfigurationError(
            f"cannot read {shown} ({reason}); {do}, or name it no longer"
        ) from error


def _real(path: str) -> str:
    """The path behind all symbolic links, to know a file again."""
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):
        return path


def _stamp(source: str) -> object:
    if not os.path.isabs(source):
        return None  # No file: the text in a variable, or what leads nowhere.
    try:
        status = os.stat(source)
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino, status.st_mode
