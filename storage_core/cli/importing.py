"""`storage import`: configurations of other tools, chosen, named and written in one step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from storage_core.cli import output, prompts
from storage_core.cli.command import command
from storage_core.cli.errors import CommandFailed, WrongUsage
from storage_core.cli.importing_questions import Wanted, ask, without_questions
from storage_core.cli.importing_report import as_json_value, report, show
from storage_core.cli.session import Session
from storage_core.config.model.names import quoted
from storage_core.errors import ConfigurationError
from storage_core.importing.answers import with_answers
from storage_core.importing.looking import Looked, look
from storage_core.importing.planning import planned
from storage_core.importing.sources import NAMES, source_named
from storage_core.nearest import nearest

if TYPE_CHECKING:
    from storage_core.config.file import ConfigFile
    from storage_core.declaration.configuration import StorageConfiguration
    from storage_core.importing.found import Found
    from storage_core.importing.planning import Planned


@command(
    "import",
    examples=(
        "storage import",
        "storage import aws --bucket corp=acme-results",
        "storage import rclone ~/old/rclone.conf --dry-run",
        "storage import --yes --json",
    ),
    needs_file=False,
)
@click.argument("source", required=False)
@click.argument("path", required=False)
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
    """Make configurations of what other tools have.

    SOURCE is one of prefect, aws, rclone, azure, gcloud, fsspec, dvc, msc, mc and airflow; without
    it, all are looked for. PATH is the tool's file or folder, where that is in no usual place.

    The tools' files are only read, no server is asked, and nothing of yours is overwritten: what is
    there already is skipped, and a name that is taken gets a proposal. All is written in one step.
    """
    if not (yes or all_ or dry_run):
        prompts.require_terminal(
            "add --yes to take what needs no answer, or --dry-run to see what there is"
        )
    file = session.file
    if not dry_run:
        file.require_writable()
    looked = _looked(source, path)
    configurations = file.load()
    if configurations.newer and not dry_run:
        raise ConfigurationError(str(configurations.problems[0]))
    unanswered = planned(looked.found, configurations)
    found = _answered(unanswered, buckets)
    plans = planned(found, configurations)
    if not as_json:
        show(plans, looked.failures)
    if dry_run:
        wanted = Wanted()
    elif yes or not (prompts.is_terminal() and _any(plans)):
        wanted = without_questions(plans, configurations, skip=yes)
    else:
        wanted = ask(plans, configurations, choose=not all_)
    saved = _written(file, wanted)
    if as_json:
        output.emit_json(as_json_value(file, plans, looked.failures, saved))
    else:
        report(file, wanted, saved)
    if wanted.is_asked and saved and not as_json:
        _offer_test(saved)
    if looked.failures and not dry_run:
        raise CommandFailed(
            f"could not be read: {', '.join(each.source for each in looked.failures)}"
        )


def _looked(source: str | None, path: str | None) -> Looked:
    if source is None:
        return look()
    if source not in NAMES:
        meant = nearest(source, NAMES)
        hint = f"did you mean {meant}?" if meant else f"known are {', '.join(NAMES)}"
        raise WrongUsage(f"no tool {quoted(source)}; {hint}")
    found = source_named(source).found(path)
    if not found:
        where = [path] if path else source_named(source).places()
        raise CommandFailed(
            f"there is nothing of {source_named(source).LABEL} to import; looked in "
            f"{', '.join(where)}"
        )
    return Looked(tuple(found))


def _answered(plans: Sequence[Planned], buckets: Sequence[str]) -> tuple[Found, ...]:
    found = [each.found for each in plans]
    # What is there already goes by the name that its tool has for it.
    names = [each.name if each.state in ("new", "asks") else each.found.name for each in plans]
    try:
        return with_answers(found, names, buckets)
    except ValueError as error:
        raise WrongUsage(f"--bucket: {error}") from None


def _any(plans: Sequence[Planned]) -> bool:
    return any(each.state in ("new", "asks") for each in plans)


def _written(file: ConfigFile, wanted: Wanted) -> list[StorageConfiguration]:
    """Write all of it, or nothing."""
    saved: list[StorageConfiguration] = []
    if not wanted.found:
        return saved
    with file.transaction() as edit:
        # Planned anew: another program may have changed the file while questions were answered.
        plans = planned(wanted.found, edit.load(), wanted.names)
        for index, each in enumerate(plans):
            if each.state == "new" and each.found.cls is not None:
                saved.append(
                    edit.add_settings(
                        each.found.cls,
                        each.settings,
                        name=each.name,
                        id=each.id,
                        default=index == wanted.default,
                    )
                )
    return saved


def _offer_test(saved: Sequence[StorageConfiguration]) -> None:
    from storage_core.cli.checklist import show_checklists
    from storage_core.cli.probing import probing
    from storage_core.cli.targets import Target

    what = f"Test {saved[0].name} now?" if len(saved) == 1 else f"Test all {len(saved)} now?"
    if not prompts.confirm(what, default=True):
        return
    targets = [Target(each.name or "", each.id, each.type, each) for each in saved]
    with probing(targets) as started:
        show_checklists(started)
        failed = [each.target.name for each in started if not each.ok()]
    if failed:
        raise CommandFailed(f"imported, but the test failed for {', '.join(failed)}")
