"""Layers: one's own configuration file and those beneath it, nearest first.

    include = ["/srv/team/storage.toml", "shared.toml"]

The order is depth first: one's own file, then the first file that it includes with everything that
this one includes in turn, then the second, and so on. The further files that `STORAGE_CONFIG` names
come last. A file that is reached twice counts at the nearer place. Only one's own is ever written.

Each is read when it is first reached, so that a worker whose configuration is in the nearest reads
none of the others.
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
"""How many levels of includes there may be below one's own file."""

KEY: Final = "include"

_EXAMPLE: Final = 'include = ["/srv/team/storage.toml"]'

Stamp = tuple[tuple[str, object], ...]
"""For each file, its path and what tells its versions apart."""


class ParseCache:
    """Keeps the tables of files, so that a file whose text is unchanged is not parsed again."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, dict[str, Any]]] = {}

    def __repr__(self) -> str:
        """Without the texts, which may hold secrets."""
        return f"<ParseCache of {len(self._known)} files>"

    def parsed(self, source: str, text: str) -> dict[str, Any]:
        """The tables in the text of a file; raises `ConfigurationError`."""
        before = self._known.get(source)
        if before is None or before[0] != text:
            before = self._known[source] = text, parse(text, source)
        return before[1]


@dataclass(frozen=True)
class Layer:
    """One configuration file, or the mention of one that cannot be read."""

    source: str
    """Its absolute path, or `STORAGE_CONFIG_TEXT`; the path as written if it cannot be resolved."""

    text: str = field(repr=False)
    """Its text, secrets included; empty where it cannot be read."""

    tables: Mapping[str, Any] = field(repr=False)
    """Everything in it, tables of other programs included; nothing where it cannot be read."""

    includer: Layer | None = None
    """The layer that includes it; None for one's own, and where `STORAGE_CONFIG` names it."""

    index: int | None = None
    """Its index in the includer's list; None if the list as a whole is wrong, or there is none."""

    is_own: bool = False
    """Whether it is the file that is edited."""

    failure: str = ""
    """Why it cannot be read, or must not be included here; empty where all is well."""

    is_cycle: bool = False
    """Whether the failure is that it includes itself: its contents are known from above then."""

    stamp: object = None
    """What tells the versions of the file apart, as it was before the file was read."""

    @property
    def storage(self) -> Mapping[str, Any]:
        """The tables below `[storage]`; empty if `storage` is not a table."""
        storage = self.tables.get("storage")
        return storage if isinstance(storage, dict) else {}

    @property
    def is_unknown(self) -> bool:
        """Whether its contents are unknown."""
        return self.failure != "" and not self.is_cycle

    @property
    def hides(self) -> bool:
        """Whether the names in it are unknown, so that nothing beneath it can be opened."""
        return self.is_unknown or not isinstance(self.tables.get("storage", {}), dict)

    @property
    def included_at(self) -> tuple[str, int | None]:
        """Where this layer is named: the file and the line in it, or `STORAGE_CONFIG` and None."""
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
    cache: ParseCache | None = None,
) -> Layers:
    """The layers of a configuration file.

    Args:
        own: the file, or `STORAGE_CONFIG_TEXT`.
        beneath: absolute paths of more files that lie beneath it.
        text: what the file says; None: it is read now.
        cache: of files parsed before.

    Raises:
        ConfigurationError: one's own file is broken. What is wrong with another is in its layer.
    """
    stamp = _stamp(own)
    if text is None:
        text = read_text(own)
    tables = _parsed(own, text, cache)
    first = Layer(source=own, text=text, tables=tables, is_own=True, stamp=stamp)
    return Layers(_Reading(cache).all(first, beneath))


def stamp_of(sources: Sequence[str]) -> Stamp:
    """Return a value that changes whenever a file or its permissions do."""
    return tuple((source, _stamp(source)) for source in sources)


class _Reading:
    """Reads layers and knows which it has read."""

    def __init__(self, cache: ParseCache | None) -> None:
        self._cache = cache
        self._read: set[str] = set()

    def all(self, own: Layer, beneath: Sequence[str]) -> Iterator[Layer]:
        yield own
        real = "" if paths.is_text(own.source) else _real(own.source)
        self._read.add(real)
        yield from self._below(own, (real,))
        for path in beneath:
            yield from self._with_includes(path, None, None, ())

    def _below(self, layer: Layer, above: tuple[str, ...]) -> Iterator[Layer]:
        """The layers that `layer` includes; `above` has the paths from one's own file to it."""
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
                from storage_core.redaction import mask_url

                shown = mask_url(each)
                failure = f"{shown} is a URL; only files can be included"
                yield _failed(shown, layer, index, failure)
            else:
                yield from self._with_includes(each, layer, index, above)

    def _with_includes(
        self, written: str, includer: Layer | None, index: int | None, above: tuple[str, ...]
    ) -> Iterator[Layer]:
        """The layer at the path `written`, and those that it includes."""
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
            tables = _parsed(source, text, self._cache)
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


def _parsed(source: str, text: str, cache: ParseCache | None) -> dict[str, Any]:
    return cache.parsed(source, text) if cache else parse(text, source)


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
    """The path behind all symbolic links, to recognise a file by."""
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):
        return path


def _stamp(source: str) -> object:
    if not os.path.isabs(source):
        return None  # Not a file: the text in a variable, or a path that cannot be resolved.
    try:
        status = os.stat(source)
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino, status.st_mode
