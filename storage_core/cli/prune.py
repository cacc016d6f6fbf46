"""`storage prune`: deletes old blobs, after asking."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import click

from storage_core.cli import output, progress, prompts, stores
from storage_core.cli.blobs import Line, listed
from storage_core.cli.command import command, ref_argument
from storage_core.cli.durations import duration
from storage_core.cli.errors import CommandFailed, WrongUsage
from storage_core.cli.protection import confirm_option, require_confirmation
from storage_core.cli.session import Session
from storage_core.config.model.names import quoted
from storage_core.errors import StorageError
from storage_core.keys import KINDS, Kind
from storage_core.quantities import human_size

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from storage_core.blobs.blob import Blob
    from storage_core.care.prune import Pruned
    from storage_core.store import Store

_FAILURES: Final = 20
"""The most failures that are reported one by one."""


@dataclass
class _Found:
    """The number and bytes of blobs that are old enough, and the number without a date."""

    blobs: int = 0
    bytes: int = 0
    undated: int = 0

    def __str__(self) -> str:
        return f"{_blobs(self.blobs)}, {human_size(self.bytes)}"

    def add(self, blob: Blob) -> None:
        """Count one more blob."""
        self.blobs += 1
        self.bytes += blob.size or 0


@command(
    "prune",
    examples=(
        "storage prune prod-results --older-than 30d --dry-run",
        "storage prune prod-results --older-than 12w --kind results --yes",
    ),
)
@ref_argument()
@click.option(
    "--older-than",
    metavar="SPAN",
    required=True,
    help="How long ago it was written at least: 90m (minutes), 12h, 30d, 2w, 1y (365 days).",
)
@click.option("--kind", type=click.Choice(KINDS), help="Only this kind of data.")
@click.option("--dry-run", is_flag=True, help="List what would be deleted, and delete nothing.")
@click.option("--yes", is_flag=True, help="Do not ask. Not enough for a protected one.")
@confirm_option
@click.pass_obj
def prune(
    session: Session,
    ref: str,
    older_than: str,
    kind: Kind | None,
    dry_run: bool,
    yes: bool,
    confirm: str | None,
    as_json: bool,
) -> None:
    """Delete old blobs of a storage.

    A blob's age is this machine's time less the time that the storage has for the blob. A blob
    without a time, or with one in the future, is never deleted, and neither is what other programs
    have put below the location. If the storage is protected, its name has to be typed, or given
    with --confirm.
    """
    before = _before(older_than)
    with stores.opened_to_change(session, ref) as store:
        if dry_run:
            _dry_run(store, before, kind, as_json=as_json)
            return
        if not _is_agreed(store, before, kind, yes=yes, confirm=confirm):
            if as_json:
                output.emit_json(_as_json(store, before, Counter(), 0, ()))
            return
        _prune(store, before, kind, as_json=as_json)


def _before(older_than: str) -> datetime:
    from storage_core.care.prune import time_before

    try:
        return time_before(duration("--older-than", older_than, "30d"))
    except ValueError:
        raise WrongUsage("--older-than is too long: it goes back before the year 1") from None


def _dry_run(store: Store, before: datetime, kind: Kind | None, *, as_json: bool) -> None:
    lines: list[Line] = []
    found = _Found()
    for blob, is_due in _judged(store, before, kind):
        if is_due:
            found.add(blob)
            if as_json:
                lines.append(Line(*blob))
            else:
                output.emit(listed(Line(*blob)))
        elif is_due is None:
            found.undated += 1
    if as_json:
        output.emit_json(
            {
                "storage": store.configuration.name,
                "location": store.location,
                "before": before.isoformat(),
                "blobs": [
                    {
                        "key": line.name,
                        "size": line.size,
                        "modified": line.modified.isoformat() if line.modified else None,
                    }
                    for line in lines
                ],
                "bytes": found.bytes,
                "undated": found.undated,
            }
        )
        return
    if found.blobs:
        output.note(f"Would delete {found}, written before {_moment(before)}.")
    else:
        _say_none(store, before)
    _say_undated(found.undated)


def _is_agreed(
    store: Store, before: datetime, kind: Kind | None, *, yes: bool, confirm: str | None
) -> bool:
    """Whether to go on and delete: by options, or because there are old blobs and a person agrees.

    Raises:
        CommandFailed: the answer is no.
        WrongUsage: --confirm has another name, or there is no terminal to ask on.
    """
    name, is_protected = stores.called(store), store.configuration.protected
    if confirm is not None:
        require_confirmation(name, is_protected=is_protected, confirm=confirm, doing="")
        return True
    if yes and not is_protected:
        return True
    # Require it before all blobs are listed, which may take long.
    prompts.require_terminal(
        f"{quoted(name)} is protected, so give its name with --confirm NAME"
        if is_protected
        else "add --yes to delete without a question, or --dry-run to see what it would be"
    )
    found = _Found()
    with progress.count("listing") as tell:
        for index, (blob, is_due) in enumerate(_judged(store, before, kind)):
            tell(index + 1)
            if is_due:
                found.add(blob)
            elif is_due is None:
                found.undated += 1
    if not found.blobs:
        _say_none(store, before)
        _say_undated(found.undated)
        return False
    doing = f"{found}, of {name} ({store.location}), written before {_moment(before)}"
    if require_confirmation(
        name, is_protected=is_protected, confirm=None, doing=f"deleting {doing}"
    ):
        return True
    if not prompts.confirm(f"Delete {output.safe(doing)}?", default=False):
        raise CommandFailed("nothing was deleted")
    return True


def _prune(store: Store, before: datetime, kind: Kind | None, *, as_json: bool) -> None:
    from storage_core.care.prune import pruned

    counts: Counter[str] = Counter()
    failed: list[Pruned] = []
    size = 0
    problem: StorageError | None = None
    try:
        with progress.count("deleting") as tell:
            for each in pruned(store, before, kind):
                counts[each.what] += 1
                if each.what == "deleted":
                    size += each.blob.size or 0
                    tell(counts["deleted"])
                elif each.error is not None and len(failed) < _FAILURES:
                    failed.append(each)
    except StorageError as error:
        problem = error
    except BaseException:
        output.note(f"Interrupted; at least {_blobs(counts['deleted'])} had been deleted.")
        raise
    if as_json:
        output.emit_json(_as_json(store, before, counts, size, failed, problem))
    else:
        _say(store, before, counts, size, failed, is_whole=problem is None)
    if problem is not None:
        raise problem
    if counts["failed"]:
        raise CommandFailed(f"{_blobs(counts['failed'])} could not be deleted")


def _say(
    store: Store,
    before: datetime,
    counts: Counter[str],
    size: int,
    failed: Iterable[Pruned],
    *,
    is_whole: bool,
) -> None:
    """Print what was done; `is_whole`: the whole storage has been listed."""
    if counts["deleted"]:
        output.emit(f"Deleted {_blobs(counts['deleted'])}, {human_size(size)}.")
    elif is_whole and not counts["failed"]:
        _say_none(store, before)
    if counts["renewed"]:
        output.note(f"{_blobs(counts['renewed'])} stayed: written again meanwhile.")
    _say_undated(counts["undated"])
    for each in failed:
        output.note(f"failed  {each.blob.key}  {each.error}")
    if counts["failed"] > _FAILURES:
        output.note(f"and {counts['failed'] - _FAILURES:,} more")


def _judged(
    store: Store, before: datetime, kind: Kind | None
) -> Iterable[tuple[Blob, bool | None]]:
    from storage_core.care.prune import judged

    return judged(store, before, kind)


def _say_none(store: Store, before: datetime) -> None:
    output.note(f"Nothing in {stores.called(store)} was written before {_moment(before)}.")


def _say_undated(count: int) -> None:
    if count:
        said = "was written; it stays" if count == 1 else "were written; these stay"
        output.note(f"Nobody knows when {_blobs(count)} {said}.")


def _moment(moment: datetime) -> str:
    return f"{moment.replace(tzinfo=None).isoformat(' ', 'minutes')} UTC"


def _blobs(count: int) -> str:
    return f"{count:,} blob{'' if count == 1 else 's'}"


def _as_json(
    store: Store,
    before: datetime,
    counts: Counter[str],
    size: int,
    failed: Iterable[Pruned],
    problem: StorageError | None = None,
) -> dict[str, Any]:
    return {
        "storage": store.configuration.name,
        "location": store.location,
        "before": before.isoformat(),
        "deleted": counts["deleted"],
        "bytes": size,
        "renewed": counts["renewed"],
        "undated": counts["undated"],
        "failed": [{"key": each.blob.key, "error": str(each.error)} for each in failed],
        "failures": counts["failed"],
        "error": None if problem is None else str(problem),
    }
