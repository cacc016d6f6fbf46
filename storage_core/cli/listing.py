"""`storage ls` and `storage show`: what is configured. Neither loads a driver."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from storage_core import paths
from storage_core.cli import entries, output
from storage_core.cli.command import Session, command, ref_argument
from storage_core.cli.exposure import warn_if_exposed
from storage_core.cli.table import Column, Row, cells, laid_out, padded, wrapped
from storage_core.config.model.problems import by_line
from storage_core.types.temporary import TemporaryLocalStorage

if TYPE_CHECKING:
    from storage_core.config.model.entries import Configurations, Entry


@command("ls", examples=("storage ls", "storage ls --tag prod", "storage ls --json"))
@click.option(
    "--tag",
    "tags",
    multiple=True,
    metavar="WORD",
    help="Only those that have this tag. Repeatable: then those that have all of them.",
)
@click.pass_obj
def ls(session: Session, as_json: bool, tags: tuple[str, ...]) -> None:
    """List the storage configurations.

    A configuration with a mistake is listed with the line it stands on.
    """
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
                "storages": [entries.as_json(entry, default=found.default) for entry in shown],
            }
        )
        return
    for line in _list(found, shown):
        output.emit(line)
    for problem in found.problems:
        if problem.name is None:
            output.warn(str(problem))
    warn_if_exposed(found)


@command("show", examples=("storage show prod-results", "storage show prod-results --json"))
@ref_argument()
@click.pass_obj
def show(session: Session, ref: str, as_json: bool) -> None:
    """Show one storage configuration in full, secrets masked."""
    found = session.file.load()
    entry = found.find(ref)
    if as_json:
        output.emit_json(entries.as_json(entry, default=found.default))
        return
    rows = list(entries.details(entry, is_default=entry.name == found.default))
    width = max(cells(output.safe(label)) for label, _ in rows)
    for label, value in rows:
        output.emit(
            f"{output.styled(padded(output.safe(label), width), 'dim')}  {output.safe(value)}"
        )
    for problem in by_line(entry.problems):
        for line in wrapped(str(problem), output.width()):
            output.emit(output.styled(line, "red"))


def _list(found: Configurations, shown: Sequence[Entry]) -> Iterator[str]:
    if shown:
        yield from _table(found, shown)
    elif found.entries:
        yield "None of the storage configurations has that tag."
    else:
        path = output.safe(paths.shortened(found.path))
        yield f"No storage configurations in {path} yet."
        yield f"Create the first one: {output.safe(paths.command('create', found.path))}"
    yield ""
    yield _default_line(found)
    if found.override:
        yield output.safe(found.override)


def _table(found: Configurations, shown: Sequence[Entry]) -> Iterator[str]:
    """The table. Location and Type make room for names and IDs, which people copy."""
    columns = (
        Column(""),
        Column("Name", folds=True),
        Column("Type", folds=True, drops=2, narrowest=13),
        Column("Location", folds=True, drops=1, narrowest=24),
        Column("ID", drops=3),
    )
    rows = [_row(entry, found) for entry in shown]
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
        return f"{_mark()} default: {output.safe(found.default)}"
    used = TemporaryLocalStorage()
    return f"No default is set: {used.label} is used ({output.safe(used.location)})."


def _mark() -> str:
    return output.symbol("★", "*")
