"""Prints the list of configurations, for `storage ls` and for bare `storage`; loads no driver."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from storage_core import paths
from storage_core.cli import entries, output
from storage_core.cli.table import Column, Row, laid_out
from storage_core.config.model.lookup import problem_of
from storage_core.config.model.problems import by_line
from storage_core.config.secrets.audit import holds_secrets, loose_mode

if TYPE_CHECKING:
    from storage_core.cli.session import Session
    from storage_core.config.model.entries import Configurations
    from storage_core.config.model.entry import Entry


def print_list(session: Session, *, as_json: bool = False, tags: Collection[str] = ()) -> None:
    """Print the configurations; if tags are given, only those that have all of them."""
    found = session.file.load()
    wanted = {tag.removeprefix("#").casefold() for tag in tags}
    shown = [
        entry for entry in found.entries.values() if wanted.issubset(map(str.casefold, entry.tags))
    ]
    if as_json:
        output.emit_json(
            {
                "path": found.path,
                "default": found.default,
                "storages": [entries.as_json(entry, found) for entry in shown],
            }
        )
        for layer in found.layers:
            if layer.failure:
                # Otherwise the list looks complete, and its default is missing without a reason.
                output.warn(str(problem_of(layer)))
        return
    for line in _list(found, shown):
        output.emit(line)
    for problem in found.problems:
        if problem.name is None:
            output.warn(str(problem))
    if loose_mode(found.source) is not None and holds_secrets(found):
        # Imported here: the import takes 10 ms.
        from storage_core.cli.exposure import warn_if_exposed

        warn_if_exposed(found)


def _list(found: Configurations, shown: Sequence[Entry]) -> Iterator[str]:
    if shown:
        yield from _table(found, shown)
    elif found.entries:
        yield "None of the storage configurations has that tag."
    else:
        path = output.safe(paths.shortened(found.source))
        yield f"No storage configurations in {path} yet."
        if not paths.is_text(found.source):
            yield f"Create the first one: {output.safe(paths.command('create', found.source))}"
    yield ""
    yield _default_line(found)
    if found.override:
        yield output.safe(found.override)


def _table(found: Configurations, shown: Sequence[Entry]) -> Iterator[str]:
    """The table. Location and Type make room for names and IDs, which people copy."""
    columns: tuple[Column, ...] = (
        Column(""),
        Column("Name", folds=True),
        Column("Type", folds=True, drops=2, narrowest=13),
        Column("Location", folds=True, drops=1, narrowest=24),
        Column("ID", drops=3),
    )
    rows = [_row(entry, found) for entry in shown]
    origins = [entries.origin(entry, found) for entry in shown]
    if any(origins):
        columns = (*columns[:-1], Column("From", folds=True, drops=1), columns[-1])
        rows = [
            row._replace(cells=(*row.cells[:-1], origin, row.cells[-1]))
            for row, origin in zip(rows, origins, strict=True)
        ]
    yield from laid_out(columns, rows, output.width())


def _row(entry: Entry, found: Configurations) -> Row:
    is_default = entry.name == found.default
    mark = _mark() if is_default else "!" if entry.problems else ""
    return Row(
        (
            mark,
            entry.name,
            entries.type_label(entry),
            f"{entries.location(entry)}  {entry.marks}".strip(),
            entry.id,
        ),
        style="bold" if is_default else "",
        below=[str(problem) for problem in by_line(entry.problems)],
    )


def _default_line(found: Configurations) -> str:
    if found.default is not None and found.default not in found.entries:
        return f"! default: {output.safe(found.default)} (there is none of this name)"
    if found.default is not None:
        place = found.default_origin or found.source
        origin = f" (set in {paths.shortened(place)})" if place != found.source else ""
        return f"{_mark()} default: {output.safe(found.default + origin)}"
    if found.default_problem is not None:
        return "! default: unknown, since a layer cannot be read"
    from storage_core.types.temporary import TemporaryLocalStorage

    used = TemporaryLocalStorage()
    return f"No default is set: {used.label} is used ({output.safe(used.location)})."


def _mark() -> str:
    return output.symbol("★", "*")
