"""`storage ls` and `storage show`: what is configured. Neither loads a driver."""

from __future__ import annotations

import click

from storage_core.cli import entries, output
from storage_core.cli.command import command, complete_tag, ref_argument
from storage_core.cli.listed import print_list
from storage_core.cli.session import Session
from storage_core.cli.table import cells, padded, wrapped
from storage_core.config.model.problems import by_line


@command("ls", examples=("storage ls", "storage ls --tag prod", "storage ls --json"))
@click.option(
    "--tag",
    "tags",
    multiple=True,
    metavar="WORD",
    shell_complete=complete_tag,
    help="Only those that have this tag. Repeatable: then those that have all of them.",
)
@click.pass_obj
def ls(session: Session, as_json: bool, tags: tuple[str, ...]) -> None:
    """List the storage configurations.

    A configuration with a mistake is listed with its line in the file, and one from an included
    file with that file.
    """
    print_list(session, as_json=as_json, tags=tags)


@command("show", examples=("storage show prod-results", "storage show prod-results --json"))
@ref_argument()
@click.pass_obj
def show(session: Session, ref: str, as_json: bool) -> None:
    """Show one storage configuration in full, secrets masked."""
    found = session.file.load()
    entry = found.find(ref)
    if as_json:
        output.emit_json(entries.as_json(entry, found))
        return
    rows = list(entries.details(entry, found))
    width = max(cells(output.safe(label)) for label, _ in rows)
    for label, value in rows:
        output.emit(
            f"{output.styled(padded(output.safe(label), width), 'dim')}  {output.safe(value)}"
        )
    for problem in by_line(entry.problems):
        for line in wrapped(str(problem), output.width()):
            output.emit(output.styled(line, "red"))
