"""`storage test`: checklists for people, lines and JSON for scripts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from storage_core import paths
from storage_core.cli import output
from storage_core.cli.checklist import milliseconds, show_checklists, show_lines
from storage_core.cli.command import command, complete_ref
from storage_core.cli.errors import CommandFailed
from storage_core.cli.probing import Probing, probing
from storage_core.cli.session import Session
from storage_core.cli.targets import targets


@command(
    "test",
    examples=("storage test", "storage test prod-results laptop", "storage test --all --json"),
)
@click.argument("refs", metavar="[REF]...", nargs=-1, shell_complete=complete_ref)
@click.option("--all", "all_", is_flag=True, help="Test every storage configuration.")
@click.pass_obj
def test(session: Session, refs: tuple[str, ...], all_: bool, as_json: bool) -> None:
    """Open a storage, write a blob, read it back and delete it.

    What the storage does not support, or the credentials are not allowed to do, is a hint and no
    failure.

    Without REF, tests the default. Several are tested at once. At a terminal, --all prints one line
    for each storage, REF every step. The exit code is 1 if one fails.
    """
    found = targets(session, refs, all_=all_)
    if not found and not as_json:
        create = paths.command("create", session.file.source)
        output.note(f"There is nothing to test yet; create the first one with: {create}")
    with probing(found) as started:
        if not as_json:
            _show(started, all_=all_)
        failed = [each.target.name for each in started if not each.ok()]
    if as_json:
        output.emit_json({"ok": not failed, "results": [_as_json(each) for each in started]})
    if failed:
        raise CommandFailed(f"the test failed for {', '.join(failed)}")


def _show(started: Sequence[Probing], *, all_: bool) -> None:
    if not output.is_terminal():
        for each in started:
            _line(each)
    elif all_:
        show_lines(started)
    else:
        show_checklists(started)


def _line(each: Probing) -> None:
    """Print one line for a whole test."""
    results = list(each.results())
    name = output.safe(each.target.name)
    if each.ok():
        told = [result for result in results if result.message]
        hints = "".join(f"; {result.step.label}: {output.safe(result.message)}" for result in told)
        output.emit_now(f"ok      {name}  {milliseconds(each.seconds)}{hints}")
    elif results:
        step, message = results[-1].step.label, output.safe(results[-1].message)
        output.emit_now(f"failed  {name}  {step}: {message}")
    else:
        output.emit_now(f"failed  {name}  {output.safe(each.target.problem)}")


def _as_json(each: Probing) -> dict[str, Any]:
    return {
        "id": each.target.id,
        "name": each.target.name,
        "type": each.target.type,
        "ok": each.ok(),
        "seconds": round(each.seconds, 6),
        "error": each.error(),
        "steps": [
            {
                "step": result.step.name,
                "label": result.step.label,
                "ok": result.ok,
                "lacks": result.lacks,
                "seconds": None if result.seconds is None else round(result.seconds, 6),
                "message": result.message or None,
            }
            for result in each.results()
        ],
    }
