"""`storage usage`: how much is in a storage, by folder and by age."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

import click

from storage_core.cli import output, progress
from storage_core.cli.command import command, complete_ref
from storage_core.cli.errors import CommandFailed
from storage_core.cli.session import Session
from storage_core.cli.stores import quiet_drivers
from storage_core.cli.table import Column, Row, laid_out
from storage_core.cli.targets import Target, targets
from storage_core.errors import StorageError
from storage_core.keys import KINDS
from storage_core.quantities import human_size

if TYPE_CHECKING:
    from storage_core.care.usage import Amount, Usage

_SHOWN: Final = 20
"""The most folders, besides the two kinds, with a line of their own; the rest share one."""

_BAR: Final = 24
_EIGHTHS: Final = " ▏▎▍▌▋▊▉"
_AGES: Final = {
    "day": "within a day",
    "week": "within a week",
    "month": "within 30 days",
    "quarter": "within 90 days",
    "year": "within a year",
    "older": "before that",
    "unknown": "nobody knows",
}


@command(
    "usage",
    examples=(
        "storage usage",
        "storage usage prod-results laptop",
        "storage usage --all --json",
    ),
)
@click.argument("refs", metavar="[REF]...", nargs=-1, shell_complete=complete_ref)
@click.option("--all", "all_", is_flag=True, help="Count in every storage configuration.")
@click.pass_obj
def usage(session: Session, refs: tuple[str, ...], all_: bool, as_json: bool) -> None:
    """Show how many blobs and bytes a storage holds, by folder and by age.

    Everything below the location counts, even what other programs have put there. Without REF, the
    default storage is shown. If one of several cannot be listed, the others are shown and the exit
    code is 1.
    """
    quiet_drivers()
    found = targets(session, refs, all_=all_)
    failed: list[str] = []
    results: list[dict[str, Any]] = []
    for index, target in enumerate(found):
        counted: Usage | None = None
        try:
            counted, problem = _counted(target), None
        except StorageError as error:
            if len(found) == 1 and not as_json:
                raise
            problem = error
            failed.append(target.name)
        if as_json:
            results.append(_as_json(target, counted, problem))
            continue
        if index:
            output.emit()
        if counted is None:
            output.emit_now(f"failed  {output.safe(target.name)}  {output.safe(str(problem))}")
        else:
            for line in _lines(target, counted):
                output.emit_now(line)
    if as_json:
        output.emit_json({"ok": not failed, "results": results})
    elif not found:
        output.note("There is no storage configuration yet.")
    if failed:
        raise CommandFailed(f"cannot tell the usage of {', '.join(failed)}")


def _counted(target: Target) -> Usage:
    from storage_core.care.usage import counting
    from storage_core.errors import ConfigurationError
    from storage_core.opening import open_store

    if target.configuration is None:
        raise ConfigurationError(target.problem)
    with progress.count("listing") as tell, open_store(target.configuration) as store:
        for counted in counting(store):
            tell(counted.total.blobs)
    return counted


def _lines(target: Target, usage: Usage) -> Iterator[str]:
    location = target.configuration.location if target.configuration else ""
    name = output.styled(output.safe(target.name), "bold")
    yield f"{name}  {output.safe(location)}  {_amount(usage.total)}"
    yield ""
    yield from _table(usage)
    if usage.total.unsized:
        yield f"The sizes of {_blobs(usage.total.unsized)} are not known and not counted."


def _table(usage: Usage) -> Iterator[str]:
    columns = (
        Column("Folder", folds=True, narrowest=14),
        Column("Blobs", is_right=True),
        Column("Size", is_right=True),
        Column("", drops=1, style="green"),
    )
    rows = [
        *_rows(_folders(usage)),
        Row(("", "", "", "")),
        Row(("Written", "Blobs", "Size", ""), style="dim"),
        *_rows(_ages(usage)),
    ]
    yield from laid_out(columns, rows, output.width(), indent=2)


def _folders(usage: Usage) -> Iterator[tuple[str, Amount]]:
    """The two kinds, then the largest other folders, then the rest together."""
    for kind in KINDS:
        yield kind, usage.folders[kind]
    named = [(folder, amount) for folder, amount in usage.folders.items() if folder not in KINDS]
    named.sort(key=lambda each: (-each[1].bytes, -each[1].blobs, each[0]))
    for folder, amount in named[:_SHOWN]:
        yield f"{folder}/" if folder else "(no folder)", amount
    rest = usage.others
    for _, amount in named[_SHOWN:]:
        rest = rest.and_also(amount)
    if rest.blobs:
        yield "other folders", rest


def _ages(usage: Usage) -> Iterator[tuple[str, Amount]]:
    for age, amount in usage.ages.items():
        if amount.blobs or age != "unknown":
            yield _AGES[age], amount


def _rows(named: Iterable[tuple[str, Amount]]) -> Iterator[Row]:
    """A row for each, with a bar that is relative to the largest of them."""
    named = list(named)
    by_size = any(amount.bytes for _, amount in named)
    parts = [amount.bytes if by_size else amount.blobs for _, amount in named]
    most = max(parts)
    for (name, amount), part in zip(named, parts, strict=True):
        yield Row((name, f"{amount.blobs:,}", _size(amount), _bar(part, most)))


def _bar(part: int, most: int) -> str:
    """A bar for `part` of `most`, to an eighth of a cell; visible unless `part` is 0."""
    if not part:
        return ""
    eighths = max(part * _BAR * 8 // most, 1)
    bar = "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
    return output.symbol(bar, "#" * max(eighths // 8, 1))


def _amount(amount: Amount) -> str:
    return f"{_blobs(amount.blobs)}, {_size(amount)}"


def _blobs(count: int) -> str:
    return f"{count:,} blob{'' if count == 1 else 's'}"


def _size(amount: Amount) -> str:
    return human_size(None if amount.unsized == amount.blobs and amount.blobs else amount.bytes)


def _as_json(target: Target, usage: Usage | None, problem: StorageError | None) -> dict[str, Any]:
    location = target.configuration.location if target.configuration else None
    counted: dict[str, Any] = {}
    if usage is not None:
        counted = {
            **usage.total._asdict(),
            "folders": {folder: each._asdict() for folder, each in usage.folders.items()},
            "others": usage.others._asdict(),
            "ages": {age: each._asdict() for age, each in usage.ages.items()},
        }
    return {
        "id": target.id,
        "name": target.name,
        "type": target.type,
        "location": location,
        "error": None if problem is None else str(problem),
        **counted,
    }
