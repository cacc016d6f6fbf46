"""`storage transfer`: copies blobs from one storage that are not in another yet."""

from __future__ import annotations

from contextlib import ExitStack, closing, nullcontext
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import click

from storage_core.cli import output, stores
from storage_core.cli.command import command, complete_ref
from storage_core.cli.errors import CommandFailed, WrongUsage
from storage_core.cli.progress import bar
from storage_core.errors import StorageError
from storage_core.keys import KINDS, Kind
from storage_core.quantities import human_size
from storage_core.transfers.events import TransferTotals

if TYPE_CHECKING:
    from collections.abc import Iterable
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager

    from storage_core.cli.session import Session
    from storage_core.store import Store
    from storage_core.transfers.events import TransferEvent

_NAMED: Final = 20
"""The most failures that are printed; the rest are counted."""

_KEPT: Final = 1000
"""The most failures that --json names."""


@command(
    "transfer",
    examples=(
        "storage transfer laptop prod-results",
        "storage transfer laptop prod-results --dry-run",
        "storage transfer staging prod-results --path raw/2026",
        "storage transfer staging prod-results --dask tcp://scheduler:8786",
    ),
)
@click.argument("source", metavar="FROM", shell_complete=complete_ref)
@click.argument("target", metavar="TO", shell_complete=complete_ref)
@click.option("--kind", type=click.Choice(KINDS), help="Only this kind of data.")
@click.option(
    "--path",
    metavar="PATH",
    help="What lies below this folder, or this one blob, instead of the two kinds of data; / for "
    "all that lies below the location.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be copied.")
@click.option(
    "--jobs",
    type=click.IntRange(1, 1024),
    default=32,
    metavar="NUMBER",
    help="How many blobs are copied at a time; on a cluster, by each of its workers.  "
    "[default: 32]",
)
@click.option("--dask", metavar="ADDRESS", help="Have the workers of this Dask cluster copy.")
@click.option("--ray", metavar="ADDRESS", help="Have the workers of this Ray cluster copy.")
@click.pass_obj
def transfer(
    session: Session,
    source: str,
    target: str,
    kind: Kind | None,
    path: str | None,
    dry_run: bool,
    jobs: int,
    dask: str | None,
    ray: str | None,
    as_json: bool,
) -> None:
    """Copy the blobs of FROM that are not in TO yet, under the same keys.

    FROM and TO are names of storage configurations, or their IDs. Each blob is read back and
    compared by its digest, and so is one that is already there. Nothing is ever replaced or
    deleted: a key under which TO has other bytes is a failure. After an interruption, run the same
    command again to go on.
    """
    if path is not None and kind is not None:
        raise WrongUsage("--path takes the place of --kind; leave one of them out")
    if path == "":
        raise WrongUsage("--path is empty; name a folder, or write / for all there is")
    if dask is not None and ray is not None:
        raise WrongUsage("--dask and --ray name two clusters; leave one of them out")
    from storage_core.transfers.transfer import transfer

    with ExitStack() as opened:
        reading = opened.enter_context(stores.opened(session, source))
        writing = opened.enter_context(stores.opened_to_change(session, target))
        events = transfer(
            reading,
            writing,
            executor=None if dry_run else opened.enter_context(_cluster(dask, ray)),
            kind=kind,
            path=path,
            dry_run=dry_run,
            jobs=jobs,
        )
        told = _Told(is_dry=dry_run, lists=not as_json)
        problem: StorageError | None = None
        try:
            told.follow(opened.enter_context(closing(events)))
        except StorageError as error:
            problem = error
        except KeyboardInterrupt:
            output.end_line()
            output.note("Stopped; what was copied stays, and the same command goes on from there.")
            raise
    if as_json:
        output.emit_json(
            {"source": stores.called(reading), "target": stores.called(writing)}
            | told.as_json()
            | {"error": None if problem is None else str(problem)}
        )
    elif told.all or problem is None:
        told.summarize(reading)
    if problem is not None:
        raise problem
    if told.totals.failed:
        raise CommandFailed(f"{_blobs(told.totals.failed)} of {told.all:,} not transferred")


class _Told:
    """Follows a transfer, and prints what happened."""

    def __init__(self, *, is_dry: bool, lists: bool) -> None:
        """Start without any events.

        Args:
            is_dry: whether this is a dry run.
            lists: whether a dry run prints each blob as it comes.
        """
        self.totals = TransferTotals()
        self._is_dry = is_dry
        self._lists = lists
        self._planned: list[TransferEvent] = []
        self._failed: list[TransferEvent] = []

    @property
    def all(self) -> int:
        """The number of blobs that were handled; of a dry run, that were listed."""
        known = self.totals
        done = known.planned if self._is_dry else known.copied
        return done + known.skipped + known.failed

    def follow(self, events: Iterable[TransferEvent | TransferTotals]) -> None:
        """Record all events, and show a bar meanwhile."""
        total = done = 0
        with bar("Copying", None) as tell:
            for event in events:
                if isinstance(event, TransferTotals):
                    self.totals = event
                elif event.outcome == "planned":
                    total += event.size or 0
                    if self._is_dry:
                        self._foresee(event)
                else:
                    done += event.size or 0
                    if event.outcome == "failed" and len(self._failed) < _KEPT:
                        self._failed.append(event)
                tell(done, total)

    def summarize(self, source: Store) -> None:
        """Print the totals, and the first failures."""
        known = self.totals
        for event in self._failed[:_NAMED]:
            output.note(f"failed  {event.path}: {event.error}")
        if known.failed > _NAMED:
            output.note(f"… and {known.failed - _NAMED:,} more")
        if not self.all:
            output.note(f"No blobs in {stores.called(source)} ({source.location}).")
            return
        size = human_size(known.bytes)
        if self._is_dry:
            first = f"{_blobs(known.planned)} ({size}) would be copied"
        else:
            first = f"{_blobs(known.copied)} ({size}) copied"
        output.emit(
            f"{first}, {known.skipped:,} there already, {known.failed:,} failed, "
            f"in {known.seconds:.1f} s"
        )

    def as_json(self) -> dict[str, Any]:
        """The totals, failures and planned blobs for JSON."""
        known = self.totals
        failures = [{"path": each.path, "error": str(each.error)} for each in self._failed]
        planned = [{"path": each.path, "size": each.size} for each in self._planned]
        return {
            "dry_run": self._is_dry,
            **asdict(known),
            "seconds": round(known.seconds, 3),
            "failures": failures,
            **({"blobs": planned} if self._is_dry else {}),
        }

    def _foresee(self, event: TransferEvent) -> None:
        if self._lists:
            output.emit(
                f"{'-' if event.size is None else event.size:>12}  {output.safe(event.path)}"
            )
        else:
            self._planned.append(event)


def _blobs(count: int) -> str:
    return f"{count:,} blob{'' if count == 1 else 's'}"


def _cluster(dask: str | None, ray: str | None) -> AbstractContextManager[Executor | None]:
    """The executor that copies on a cluster; None if no cluster is named."""
    from storage_core.transfers import clusters

    if dask is not None:
        return clusters.dask(dask)
    return nullcontext() if ray is None else clusters.ray(ray)
