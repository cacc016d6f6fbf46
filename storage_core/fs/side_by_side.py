"""Handles many files at once: calls in parallel threads, whose results come in order."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

from storage_core.blobs.many import outcomes

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

JOBS: Final = 32
"""Files that are moved at a time."""


def each(call: Callable[[Any], Any], items: Iterable[Any], *, fails: bool = True) -> Iterator[Any]:
    """Yield what `call` returns for each of `items`, in their order.

    Args:
        call: called in other threads.
        items: its arguments.
        fails: whether the first error is raised, and nothing more started; else errors are yielded.
    """
    with closing(outcomes(call, items, JOBS, ahead=4 * JOBS)) as found:
        for outcome in found:
            if fails and isinstance(outcome, Exception):
                raise outcome
            yield outcome


def all_of(call: Callable[[Any], object], items: Iterable[Any]) -> None:
    """Call `call` with each of `items`; the first error is raised, and nothing more started."""
    for _ in each(call, items):
        pass


def moves(
    move: Callable[..., object], files: Collection[tuple[str, str]], callback: Any, **kwargs: Any
) -> None:
    """Move files.

    Args:
        move: called with a source and a target.
        files: pairs of source and target.
        callback: fsspec's; it is told how many files there are and are done, and follows each.
        kwargs: passed on to `move`.
    """
    callback.set_size(len(files))

    def one(pair: tuple[str, str]) -> None:
        with callback.branched(*pair) as child:
            move(*pair, callback=child, **kwargs)

    for _ in each(one, files):
        callback.relative_update(1)
