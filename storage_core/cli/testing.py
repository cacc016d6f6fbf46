"""`storage test`: a checklist for people, lines and JSON for scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from storage_core.cli import output
from storage_core.cli.command import Session, command, complete_ref
from storage_core.cli.errors import CommandFailed, WrongUsage
from storage_core.cli.probing import Probing, Target, probing
from storage_core.types.temporary import TemporaryLocalStorage

if TYPE_CHECKING:
    from storage_core.config.entries import Entry
    from storage_core.probe import Step, StepResult


@command(
    "test",
    examples=("storage test", "storage test prod-results laptop", "storage test --all --json"),
)
@click.argument("refs", metavar="[REF]...", nargs=-1, shell_complete=complete_ref)
@click.option("--all", "all_", is_flag=True, help="Test every storage configuration.")
@click.pass_obj
def test(session: Session, refs: tuple[str, ...], all_: bool, as_json: bool) -> None:
    """Open a storage, write a blob, read it back and delete it.

    Without REF, tests the default. Several are tested at once. The exit code is 1 if one fails.
    """
    if refs and all_:
        raise WrongUsage("give REF or --all, not both")
    targets = _targets(session, refs, all_)
    if not targets and not as_json:
        output.note("There is nothing to test yet; create the first one with: storage create")
    results = []
    with probing(targets, folder=session.file.folder) as started:
        for each in started:
            if not as_json:
                (_checklist if output.is_terminal() else _line)(each)
            results.append(each)
        failed = [each.target.name for each in results if not each.ok()]
    if as_json:
        output.emit_json({"ok": not failed, "results": [_as_json(each) for each in results]})
    if failed:
        raise CommandFailed(f"the test failed for {', '.join(failed)}")


def _targets(session: Session, refs: tuple[str, ...], all_: bool) -> list[Target]:
    if all_:
        return [_target(entry) for entry in session.file.load().entries.values()]
    if refs:
        found = session.file.load()
        by_name = {(entry := found.find(ref)).name: entry for ref in refs}
        return [_target(entry) for entry in by_name.values()]
    configuration = session.file.get() or TemporaryLocalStorage()
    name = configuration.name or configuration.label
    return [Target(name, configuration.id, configuration.type, configuration)]


def _target(entry: Entry) -> Target:
    problem = str(entry.problems[0]) if entry.problems else ""
    return Target(entry.name, entry.id, entry.type, entry.configuration, problem)


def _checklist(each: Probing) -> None:
    """One line per step, as it happens."""
    location = each.target.configuration.location if each.target.configuration else ""
    output.emit(f"{output.styled(output.safe(each.target.name), 'bold')}  {output.safe(location)}")
    if each.target.problem:
        output.emit(f"  {_cross()} {output.safe(each.target.problem)}")
    pending = list(each.steps())
    _announce(pending)
    for result in each.results():
        _clear_line()
        output.emit_now(_checked(result))
        pending.pop(0)
        _announce(pending if result.ok else [])
    if each.ok():
        output.emit(f"  works, {_milliseconds(each.seconds)}")


def _announce(pending: list[Step]) -> None:
    if pending:
        output.emit_now(f"  {output.symbol('…', '.')} {pending[0].label}", end="")


def _clear_line() -> None:
    output.emit("\r\x1b[K", end="")


def _checked(result: StepResult) -> str:
    mark = output.styled(output.symbol("✓", "+"), "green") if result.ok else _cross()
    time = output.styled(_milliseconds(result.seconds), "dim") if result.seconds is not None else ""
    lines = [f"  {mark} {result.step.label:<20} {time}".rstrip()]
    if result.message:
        lines.append(f"    {output.safe(result.message)}")
    return "\n".join(lines)


def _line(each: Probing) -> None:
    """One line in all."""
    results = list(each.results())
    name = output.safe(each.target.name)
    if each.ok():
        hints = "".join(f"; {output.safe(result.message)}" for result in results if result.message)
        output.emit_now(f"ok      {name}  {_milliseconds(each.seconds)}{hints}")
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
                "seconds": None if result.seconds is None else round(result.seconds, 6),
                "message": result.message or None,
            }
            for result in each.results()
        ],
    }


def _cross() -> str:
    return output.styled(output.symbol("✗", "x"), "red")


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 10 else f"{seconds:.1f} s"
