"""Finds a configuration, or the default, in the layers: the nearest that has it counts.

A layer that cannot be read might define any name. Configurations beneath it are found, so that
lists show them, but never opened, since that layer might define them differently.
"""

from __future__ import annotations

from storage_core.config.model import names
from storage_core.config.model.entry import Entry, read_entry
from storage_core.errors import ConfigurationError, StorageNotFound
from storage_core.light import dataclass, replace
from storage_core.printable import trimmed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from storage_core.config.layers import Layer
    from storage_core.config.model.problems import Problem


@dataclass(frozen=True)
class Found:
    """Where a name is defined."""

    name: str
    layer: Layer
    behind: Layer | None
    """A nearer layer that cannot be read, and may define the same name."""

    def entry(self, seen: Mapping[str, tuple[str, str]] | None = None) -> Entry:
        """The configuration, which has a problem if a nearer layer may hide it.

        Args:
            seen: the IDs of those before it, each with its table and file; see `read_entry`.
        """
        layer = self.layer
        table = layer.storage[self.name]
        entry = read_entry(self.name, table, layer.text, layer.source, seen, is_own=layer.is_own)
        if self.behind is None:
            return entry
        problem = behind(self.name, self.behind)
        return replace(entry, configuration=None, problems=(problem, *entry.problems))


def visible(layers: Iterable[Layer]) -> dict[str, Found]:
    """Where each name is defined, nearest first."""
    found: dict[str, Found] = {}
    unknown: Layer | None = None
    for layer in layers:
        for name in layer.storage:
            if name not in found:
                found[name] = Found(name, layer, unknown)
        unknown = unknown or (layer if layer.hides else None)
    return found


def named(layers: Iterable[Layer], *wanted: str) -> Found | None:
    """Where one of these names is defined first; no layer beyond that is read."""
    unknown: Layer | None = None
    for layer in layers:
        for name in wanted:
            if name in layer.storage:
                return Found(name, layer, unknown)
        unknown = unknown or (layer if layer.hides else None)
    return None


def find(layers: Iterable[Layer], ref: str, source: str, *, partial: bool = True) -> Found:
    """What `ref` means: a name, an ID or (if `partial`) the start of an ID.

    Args:
        layers: the layers, nearest first.
        ref: what to look for.
        source: one's own file, for hints.
        partial: whether the start of an ID is enough.

    Raises:
        StorageNotFound: there is none, or the start of an ID fits several.
        ConfigurationError: there is none in the layers that can be read, and another cannot; or
            several have this ID.
        TypeError: `ref` is not text.
    """
    names.require_text(ref, "a name or an ID of a configuration")
    if (exact := named(layers, ref, trimmed(ref))) is not None:
        return exact
    found = visible(layers)
    unknown = next((layer for layer in layers if layer.hides), None)
    tables = {name: each.layer.storage[name] for name, each in found.items()}
    try:
        return found[names.find(tables, ref, source, partial=partial)]
    except names.SharedID as error:
        raise _shared(error, found) from None
    except StorageNotFound as error:
        if unknown is not None:
            raise ConfigurationError(
                f"{error}; but {words(unknown)}, and it may be defined there"
            ) from None
        hidden = names.is_id(ref) and _hidden(layers, ref, found)
        raise StorageNotFound(f"{error}{hidden}") if hidden else error from None


def default(layers: Iterable[Layer]) -> Found | None:
    """The default; None for Temporary Local Storage.

    Raises:
        StorageNotFound: no configuration has the name that is set.
        ConfigurationError: a layer that may set another cannot be read.
    """
    setter = default_setter(layers)
    if setter is None:
        return None
    name = setter.tables.get("default")
    if setter.is_unknown:
        raise ConfigurationError(f"the default is unknown, since {words(setter)}")
    if name == "":
        return None
    if isinstance(name, str) and (found := named(layers, name)) is not None:
        return found
    problem = missing(setter, visible(layers))
    if (unknown := next((layer for layer in layers if layer.hides), None)) is not None:
        raise ConfigurationError(f"{problem}; but {words(unknown)}, and it may be defined there")
    raise StorageNotFound(str(problem))


def default_setter(layers: Iterable[Layer]) -> Layer | None:
    """The layer that says what the default is, or the nearer one that cannot be read."""
    for layer in layers:
        if layer.tables.get("default") is not None or layer.is_unknown:
            return layer
    return None


def missing(layer: Layer, known: Iterable[str]) -> Problem:
    """The problem of a default, set by this layer, that names nothing."""
    from storage_core.config.model.problems import Problem, line_in, missing_default

    message = missing_default(str(layer.tables["default"]), known)
    return Problem(message, layer.source, line_in(layer.text, ("default",)))


def require_own(entry: Entry, source: str) -> None:
    """Raise `ConfigurationError` for a configuration in a layer beneath one's own file, `source`.

    Those are never changed: others rely on them. The message says what to do instead.
    """
    if entry.is_own:
        return
    from shlex import quote

    from storage_core.paths import command, shortened

    name = quote(entry.name)
    if name.startswith("-"):  # It would be taken for an option.
        copy = f"{command('duplicate --here', source)} -- {name} {name}"
    else:
        copy = command(f"duplicate {name} {name} --here", source)
    raise ConfigurationError(
        f"{names.quoted(entry.name)} stands in {shortened(entry.origin)}, which is never changed "
        f"from here; copy it into {shortened(source)}, where it can be: {copy}"
    )


def problem_of(layer: Layer) -> Problem:
    """Why it is unknown what a layer defines, and where the layer is named."""
    from storage_core.config.model.problems import NO_TABLE, Problem, line_in

    if layer.failure:
        return Problem(layer.failure, *layer.included_at)
    return Problem(NO_TABLE, layer.source, line_in(layer.text, ("storage",)))


def behind(name: str, layer: Layer) -> Problem:
    """The problem of a configuration that `layer`, which cannot be read, may hide."""
    from storage_core.config.model.problems import header

    problem = problem_of(layer)
    message = f"{header(name)}cannot be opened, since another may hide it: {problem.message}"
    return problem._replace(message=message, name=name)


def words(layer: Layer) -> str:
    """That `layer` cannot be read, and why, for the middle of a sentence."""
    return f"a layer cannot be read ({problem_of(layer)})"


def _shared(error: names.SharedID, found: Mapping[str, Found]) -> ConfigurationError:
    from storage_core.config.model.problems import Problem, line_in

    last = found[error.names[-1]]
    line = line_in(last.layer.text, ("storage", last.name, "id"))
    return ConfigurationError(str(Problem(str(error), last.layer.source, line, last.name)))


def _hidden(layers: Iterable[Layer], ref: str, found: Mapping[str, Found]) -> str:
    """A hint where an ID belongs to a configuration that another of its name hides."""
    from storage_core.paths import shortened

    wanted: Any = trimmed(ref).lower()
    for layer in layers:
        for name, table in layer.storage.items():
            if found[name].layer is not layer and names.id_of(name, table) == wanted:
                by = shortened(found[name].layer.source)
                return (
                    f"; it is that of {names.quoted(name)} in {shortened(layer.source)}, which "
                    f"another of this name in {by} hides"
                )
    return ""


def taken(layers: Iterable[Layer], *, here: bool = False) -> dict[str, str]:
    """The names that a new configuration cannot have, each with its file if that lies beneath.

    Args:
        layers: the layers, nearest first.
        here: whether only those in one's own file count.
    """
    found: dict[str, str] = {}
    for layer in layers:
        if layer.is_own or not here:
            for name in layer.storage:
                found.setdefault(name, "" if layer.is_own else layer.source)
    return found
