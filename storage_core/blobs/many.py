"""Handles many blobs at once: calls in parallel, results in order, with a bounded look-ahead.

A failure is a result like any other, so that the rest is finished. Blocking calls run in daemon
threads, for local files too: 1,000 durable writes of 1 KiB took 0.27 s instead of 0.69; as many
reads took 0.04 s instead of 0.01 when the system had all of them in memory.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from contextlib import aclosing, closing, suppress
from functools import partial
from threading import Semaphore
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypeVar

from storage_core.backends.remote.limit import Cancellation
from storage_core.backends.remote.threads import start_under
from storage_core.errors import BulkError, StorageError
from storage_core.printable import printable
from storage_core.redaction import without_frames

if TYPE_CHECKING:
    from collections.abc import (
        AsyncGenerator,
        AsyncIterable,
        AsyncIterator,
        Awaitable,
        Callable,
        Generator,
        Iterable,
        Sequence,
    )

    from storage_core.backends.remote.threads import Job

T = TypeVar("T")

_SECONDS_TO_STOP: Final = 1.0
"""How long to wait for running calls when the caller stops."""

_ALL: Final = sys.maxsize


def written(write: Callable[[Any], str], blobs: Iterable[Any], jobs: int) -> list[str]:
    """Write blobs, and return the keys that `write` returns, in their order.

    Raises:
        BulkError: some could not be written.
    """
    with closing(outcomes(write, map(_fixed, blobs), jobs, ahead=_ALL)) as found:
        return _all_of(list(found), "written")


async def awritten(
    write: Callable[[Any], Awaitable[str]], blobs: Iterable[Any] | AsyncIterable[Any], jobs: int
) -> list[str]:
    """`written` with asynchronous calls."""
    async with aclosing(_aoutcomes(write, blobs, jobs, ahead=_ALL)) as found:
        return _all_of([outcome async for outcome in found], "written")


def read(
    get: Callable[[str], bytes], keys: Sequence[str], jobs: int
) -> Generator[bytes | None, None, None]:
    """Yield what `get` returns for each key, in their order, and None where it fails.

    Raises:
        BulkError: some could not be read; raised after the last one.
    """
    results: list[str | Exception] = []
    with closing(outcomes(get, keys, jobs, ahead=jobs)) as found:
        for key, outcome in zip(keys, found, strict=True):
            yield _noted(results, key, outcome)
    _all_of(results, "read")


async def aread(
    get: Callable[[str], Awaitable[bytes]], keys: Sequence[str], jobs: int
) -> AsyncGenerator[bytes | None, None]:
    """`read` with asynchronous calls."""
    results: list[str | Exception] = []
    async with aclosing(_aoutcomes(get, keys, jobs, ahead=jobs)) as found:
        async for outcome in found:
            yield _noted(results, keys[len(results)], outcome)
    _all_of(results, "read")


def require(jobs: object, items: object) -> None:
    """Raise `TypeError` or `ValueError` if the caller's arguments are not valid."""
    if isinstance(jobs, bool) or not isinstance(jobs, int):
        raise TypeError(f"jobs must be a whole number, not {type(jobs).__name__}")
    if jobs < 1:
        raise ValueError(f"jobs must be at least 1, not {jobs}")
    if isinstance(items, str | bytes | bytearray | memoryview):
        raise TypeError(f"many are wanted, such as a list, not one {type(items).__name__}")


def wanted(keys: Iterable[str], jobs: object) -> list[str]:
    """The keys to be read, after checking `jobs`; one that is not valid fails when it is read."""
    require(jobs, keys)
    return [*keys]


def _fixed(blob: Any) -> Any:
    """A copy of a blob that can change: the caller's generator may use its memory again."""
    return bytes(blob) if isinstance(blob, bytearray | memoryview) else blob


def _noted(results: list[str | Exception], key: str, outcome: bytes | Exception) -> bytes | None:
    if isinstance(outcome, Exception):
        results.append(outcome)
        return None
    results.append(key)
    return outcome


def _all_of(results: list[str | Exception], done: str) -> list[str]:
    """The results, if none of them is an error."""
    good = [result for result in results if isinstance(result, str)]
    if len(good) == len(results):
        return good
    first = next(result for result in results if isinstance(result, Exception))
    said = str(first) if isinstance(first, StorageError) else printable(repr(first))
    failure = BulkError(
        f"{len(results) - len(good)} of {len(results)} blobs were not {done}; the first: {said}"
    )
    failure.results = results
    raise failure from first


def outcomes(
    call: Callable[[Any], T], items: Iterable[Any], jobs: int, *, ahead: int
) -> Generator[T | Exception, None, None]:
    """Yield what `call` returns or raises for each of `items`, in their order.

    Args:
        call: called in other threads.
        items: its arguments; taken in the caller's thread, each when there is room for it.
        jobs: how many calls run at a time.
        ahead: how many calls may have been started whose results are not yielded yet.
    """
    free = Semaphore(jobs)
    cancellation = Cancellation()
    process = os.getpid()
    begun: deque[Job[T | Exception]] = deque()
    try:
        for item in items:
            free.acquire()
            one = partial(_outcome, call, item)
            begun.append(start_under(cancellation, one, lambda _job: free.release()))
            # Otherwise these names would keep a blob in memory until the next one comes.
            del item, one
            while begun and (len(begun) >= ahead or begun[0].is_done):
                yield _next_of(begun)
                _require_own(process)
        while begun:
            yield _next_of(begun)
            _require_own(process)
    finally:
        if process == os.getpid():
            cancellation.set()
            end = monotonic() + _SECONDS_TO_STOP
            for job in begun:
                with suppress(BaseException):
                    job.result(max(end - monotonic(), 0))


def _outcome(call: Callable[[Any], T], item: Any) -> T | Exception:
    """What a call returns or raises."""
    try:
        return call(item)
    except Exception as error:
        return without_frames(error)


def _next_of(begun: deque[Job[T]]) -> T:
    """Wait for the first job and return its result; it stays in `begun` until then."""
    result = begun[0].result()
    begun.popleft()
    return result


def _require_own(process: int) -> None:
    if process != os.getpid():
        raise StorageError(
            "this was begun by another process, whose threads did not come along when it forked; "
            "ask for the rest anew"
        )


async def _aoutcomes(
    call: Callable[[Any], Awaitable[T]],
    items: Iterable[Any] | AsyncIterable[Any],
    jobs: int,
    *,
    ahead: int,
) -> AsyncGenerator[T | Exception, None]:
    """`outcomes` with asynchronous calls."""
    import asyncio

    free = asyncio.Semaphore(jobs)
    begun: deque[asyncio.Task[T | Exception]] = deque()

    async def made(item: Any) -> T | Exception:
        try:
            return await call(item)
        except Exception as error:
            return without_frames(error)
        finally:
            free.release()

    try:
        async for item in _each(items):
            await free.acquire()
            begun.append(asyncio.create_task(made(_fixed(item))))
            while begun and (len(begun) >= ahead or begun[0].done()):
                outcome = await begun[0]
                begun.popleft()
                yield outcome
        while begun:
            outcome = await begun[0]
            begun.popleft()
            yield outcome
    finally:
        for task in begun:
            task.cancel()
        await asyncio.gather(*begun, return_exceptions=True)


async def _each(items: Iterable[Any] | AsyncIterable[Any]) -> AsyncIterator[Any]:
    if hasattr(items, "__aiter__"):
        async for item in items:
            yield item
    else:
        for item in items:
            yield item
