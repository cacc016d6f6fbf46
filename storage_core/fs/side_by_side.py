"""Many files at once: calls side by side, in threads, whose outcomes come in order."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

from storage_core.blobs.many import outcomes

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

JOBS: Final = 32
"""Files that are moved at a time."""


def each(call: Callable[[Any], Any], items: Iterable[Any], *, fails: bool = True) -> Iterator[Any]:
    """Yield what `call` gives for each of `items`, in their order.

    Args:
        call: is made in other threads.
        items: what it is made with.
        fails: whether its first error is raised, and nothing more begun; else it is yielded.
    """
    with closing(outcomes(call, items, JOBS, ahead=4 * JOBS)) as found:
        for outcome in found:
            if fails and isinstance(outcome, Exception):
                raise outcome
            yield outcome


def all_of(call: Callable[[Any], object], items: Iterable[Any]) -> None:
    """Make `call` with each of `items`; the first error is raised, and nothing more begun."""
    for _ in each(call, items):
        pass


def moves(
    move: Callable[..., object], files: Collection[tuple[str, str]], callback: Any, **kwargs: Any
) -> None:
    """Move files.

    Args:
        move: is called with a source and a target.
        files: these.
        callback: fsspec's, which is told how many there are and are done, and follows each.
        kwargs: are handed on to `move`.
    """
    callback.set_size(len(files))

    def one(pair: tuple[str, str]) -> None:
        with callback.branched(*pair) as child:
            move(*pair, callback=child, **kwargs)

    for _ in each(one, files):
        callback.relative_update(1)
