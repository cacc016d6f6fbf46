"""The output of `storage import`: the entries, what becomes of them, what was written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from storage_core.cli import output
from storage_core.cli.entries import saved_as_json
from storage_core.cli.exposure import warn_if_exposed
from storage_core.cli.table import Column, Row, laid_out
from storage_core.declaration.display import masked_settings
from storage_core.paths import shortened

if TYPE_CHECKING:
    from storage_core.cli.importing_questions import Wanted
    from storage_core.config.file import ConfigFile
    from storage_core.declaration.configuration import StorageConfiguration
    from storage_core.importing.looking import Failure
    from storage_core.importing.planning import Planned

_INDENT: Final = 5
"""The indent of lines below a row: they begin below its second column."""


def show(plans: Sequence[Planned], failures: Sequence[Failure]) -> None:
    """Print the table of entries, and the tools whose files cannot be read."""
    columns = (
        Column("No."),
        Column("Found", folds=True),
        Column("Becomes", folds=True),
        Column("Type", folds=True, drops=3, narrowest=13),
        Column("Location", folds=True, drops=2, narrowest=24),
        Column("From", folds=True, drops=1, narrowest=24),
    )
    numbers = _numbers(plans)
    rows = [_row(each, number) for each, number in zip(plans, numbers, strict=True)]
    for line in laid_out(columns, rows, output.width(), _INDENT) if rows else ():
        output.emit(line)
    for failure in failures:
        output.error(f"{failure.source}: {failure.message}")
    output.emit(_summary(plans))


def report(file: ConfigFile, wanted: Wanted, saved: Sequence[StorageConfiguration]) -> None:
    """Print what was written, and what was left out."""
    for line in wanted.left_out:
        output.note(f"left out: {line}")
    for each in saved:
        name = output.safe(each.name or "")
        output.emit(f"Imported {name}: {each.label}, {output.safe(each.location)}")
    if not saved:
        return
    default = file.load().default
    if default in [each.name for each in saved] and wanted.default is not None:
        output.emit(f"{output.safe(default or '')} is the default now.")
    warn_if_exposed(file.load())


def as_json_value(
    file: ConfigFile,
    plans: Sequence[Planned],
    failures: Sequence[Failure],
    saved: Sequence[StorageConfiguration],
) -> dict[str, Any]:
    """All of it for JSON, with secrets masked."""
    after = file.load()
    return {
        "path": file.path,
        "default": after.default,
        "found": [_found(each) for each in plans],
        "imported": [saved_as_json(after, each.name or "") for each in saved],
        "errors": [{"source": each.source, "error": each.message} for each in failures],
    }


def _found(plan: Planned) -> dict[str, Any]:
    cls = plan.found.cls
    return {
        "source": plan.found.source,
        "entry": plan.found.entry,
        "place": plan.found.place,
        "state": plan.state,
        "name": plan.name if plan.state != "cannot" else None,
        "found_name": plan.found.name,
        "type": cls.type if cls else None,
        "asks": plan.found.asks if plan.state == "asks" else None,
        "settings": masked_settings(cls.settings() if cls else (), plan.settings),
        "lost": [*plan.found.lost],
        "notes": [*plan.notes],
        "reason": plan.reason or None,
    }


def _numbers(plans: Sequence[Planned]) -> list[str]:
    """The number by which each entry is chosen; empty if it cannot be chosen."""
    count = iter(range(1, len(plans) + 1))
    return [str(next(count)) if each.state in ("new", "asks") else "" for each in plans]


def _row(plan: Planned, number: str) -> Row:
    found, cls = plan.found, plan.found.cls
    entry = f"{found.source} {found.entry}"
    place = shortened(found.place)
    if plan.state == "cannot" or cls is None:
        return Row(
            (number, entry, "–", "", "", place),
            style="dim",
            below=[f"cannot be imported: {plan.reason}"],
            below_style="yellow",
        )
    if plan.state in ("there", "same"):
        said = "there already" if plan.state == "there" else "the same"
        below = [f"is {said}: {plan.name}", *plan.notes]
        return Row((number, entry, plan.name, cls.label, "", place), "dim", below, "dim")
    location = cls(**plan.settings).location if plan.state == "new" else ""
    return Row(
        (number, entry, plan.name, cls.label, location, place),
        below=[*_below(plan)],
        below_style="yellow",
    )


def _below(plan: Planned) -> Iterator[str]:
    if plan.state == "asks":
        yield f"asks for its {plan.found.asked.lower()}"
    if plan.renamed:
        yield plan.renamed
    yield from plan.notes
    yield from (f"left out: {each}" for each in plan.found.lost)


def _summary(plans: Sequence[Planned]) -> str:
    if not plans:
        return "Nothing of another tool was found."
    counts = (
        (sum(each.state in ("new", "asks") for each in plans), "can be imported"),
        (sum(each.state in ("there", "same") for each in plans), "there already"),
        (sum(each.state == "cannot" for each in plans), "cannot be"),
    )
    return ", ".join(f"{count} {said}" for count, said in counts if count) + "."
