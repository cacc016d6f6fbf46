"""`storage export`: configurations as files of other tools, or for Storage on a worker."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, BinaryIO

import click

from storage_core.cli import output
from storage_core.cli.command import command, complete_ref
from storage_core.cli.errors import WrongUsage
from storage_core.cli.overwriting import require_other_file
from storage_core.cli.session import Session
from storage_core.exporting.forms import NAMES

if TYPE_CHECKING:
    from storage_core.exporting.chosen import Written


@command(
    "export",
    examples=(
        "storage export prod-results --as rclone",
        "storage export prod-results staging --as msc -o ~/.config/msc/config.yaml",
        "storage export prod-results --as env --reveal -o worker.env",
    ),
)
@click.argument("refs", metavar="REF...", nargs=-1, required=True, shell_complete=complete_ref)
@click.option(
    "--as",
    "form",
    type=click.Choice(NAMES),
    required=True,
    help="The form: a file of rclone's, fsspec's or multi-storage-client's (msc), a script of "
    "Python's, JSON, a file of Storage's (toml), or that as one line for an env file.",
)
@click.option(
    "--reveal",
    is_flag=True,
    help="Write secrets as they are, looked up where they are references.",
)
@click.option(
    "-o",
    "--output",
    "target",
    metavar="FILE",
    type=click.Path(path_type=str, readable=False),
    help="Write to this file, whole or not at all; with --reveal only its owner can read it.",
)
@click.pass_obj
def export(
    session: Session,
    refs: tuple[str, ...],
    form: str,
    reveal: bool,
    target: str | None,
    as_json: bool,
) -> None:
    """Export storage configurations to another tool.

    A secret that is in the configuration itself is left out unless --reveal is given. Comments say
    what was left out and what the tool cannot express. With --json, the text and these comments are
    printed as JSON.
    """
    if target == "":
        raise WrongUsage("--output is empty; name a file, or leave it out")
    is_file = target is not None and target != "-"
    if is_file and target is not None:
        require_other_file(session, target)
    found = session.file.load()
    # A configuration may be named twice, by its name and by its ID.
    names = [*dict.fromkeys(found.find(ref).name for ref in refs)]
    from storage_core.exporting import export as exported

    written = exported(
        [found.find(name).opened() for name in names], form, default=found.default, reveal=reveal
    )
    if reveal and sys.stderr is not None and sys.stderr.isatty():
        output.warn("what is exported holds secrets as they are; whoever reads it has them")
    if is_file and target is not None:
        _save(target, written, private=reveal)
    if as_json:
        text = {"file": target} if is_file else {"text": written.text}
        output.emit_json({"form": form, **text, "notes": [*written.notes]})
        return
    if is_file or not output.is_terminal():
        # On a terminal the notes are seen in the text.
        for each in written.notes:
            output.note(each)
    if not is_file:
        output.emit_bytes(written.text.encode())


def _save(target: str, written: Written, *, private: bool) -> None:
    from storage_core.blobs.files import fetch_to_file

    def fetch(file: BinaryIO) -> None:
        file.write(written.text.encode())

    fetch_to_file(target, fetch, None, target, private=private)
