"""`storage import`: makes configurations of those of other tools."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from storage_core.cli.command import command
from storage_core.cli.session import Session


def _complete_source(
    _context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    from storage_core.importing.sources import NAMES

    return [CompletionItem(name) for name in NAMES if name.startswith(incomplete)]


@command(
    "import",
    examples=(
        "storage import",
        "storage import aws --bucket corp=acme-results",
        "storage import rclone ~/old/rclone.conf --dry-run",
        "storage import --yes --json",
        "storage import - --bucket acme-results",
    ),
    needs_file=False,
)
@click.argument("source", required=False, shell_complete=_complete_source)
@click.argument("path", required=False, shell_complete=lambda *_: [CompletionItem("", type="file")])
@click.option(
    "--bucket",
    "buckets",
    metavar="[NAME=]BUCKET",
    multiple=True,
    help="The bucket or container of what names none: of all, or of NAME. acme/team is the bucket "
    "acme and the prefix team. Can be given several times.",
)
@click.option(
    "--all",
    "all_",
    is_flag=True,
    help="Take everything that can be imported, without choosing; fail if an answer is missing.",
)
@click.option(
    "--yes",
    is_flag=True,
    help="Ask nothing: take what needs no answer, under the names that are proposed, and say what "
    "is left out.",
)
@click.option("--dry-run", is_flag=True, help="Show what there is; ask nothing, write nothing.")
@click.pass_obj
def import_(
    session: Session,
    source: str | None,
    path: str | None,
    buckets: tuple[str, ...],
    all_: bool,
    yes: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Import storage configurations from other tools.

    SOURCE is one of prefect, aws, rclone, azure, gcloud, fsspec, dvc, msc, mc and airflow; without
    it, all of them are searched. PATH is the tool's file or folder if it is not in the usual place.
    `storage import -` reads a pasted block: AWS credentials, export lines, a connection string of
    Azure's or the JSON of a service account.

    The tools' files are only read, no server is asked, and nothing of yours is overwritten: what
    you already have is skipped, and another name is proposed for one that is taken. Everything is
    written in one step.
    """
    # Imported here: planning loads the full validation, and the help loads every command module.
    from storage_core.cli.importing_flow import Options, import_from

    options = Options(buckets, all_, yes, dry_run, as_json)
    import_from(session.file, source, path, options)
