"""Lists a remote place page by page, and in parallel if there are many pages.

If the driver can begin a listing anywhere, a second page is a sign of many. Then parts of the
listing are split off and fetched at the same time, as long as their pages are full. A part counts
once its first page has come and holds nothing from before its beginning; until then the part that
it was split from goes on as if it did not exist. So a place that cannot begin anywhere, or lists in
another order, is listed one page after the other, and nothing comes twice.
"""

from __future__ import annotations

from contextlib import suppress
from queue import SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypeVar

from storage_core.backends.remote.driver import After
from storage_core.backends.remote.limit import Cancellation, current
from storage_core.backends.remote.spans import Divider, Span, position
from storage_core.backends.remote.threads import start_under
from storage_core.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from storage_core.backends.base import Entry
    from storage_core.backends.remote.driver import Page
    from storage_core.backends.remote.threads import Job

T = TypeVar("T")

AT_ONCE: Final = 8
"""Pages that are fetched at the same time, and so the most that are in memory."""

_SECONDS_TO_STOP: Final = 1.0
"""How long to wait for pages that are being fetched but no longer wanted."""


def side_by_side(
    fetch: Callable[[Any], Page], first: Page, divider: Divider
) -> Generator[Sequence[Entry], None, None]:
    """Yield the pages that follow a first one that says that there are more, in any order.

    Args:
        fetch: gets a page by its token; called in other threads.
        first: the first page.
        divider: guesses where to divide.

    Raises:
        Disorder: the place does not list in the order of its paths, which showed only now.
    """
    arrived: SimpleQueue[tuple[Span, Job[Page]] | None] = SimpleQueue()
    cancellation = Cancellation()
    asked: dict[Span, Job[Page]] = {}
    parts = _Parts(divider)

    def ask(span: Span) -> None:
        token = After(span.after) if span.token is None else span.token
        asked[span] = start_under(
            cancellation, lambda: fetch(token), lambda job: arrived.put((span, job))
        )

    try:
        span = parts.begin(first)
        ask(span)
        if upper := parts.divided(span):
            ask(upper)
        while asked:
            span, job = _next_of(arrived)
            del asked[span]
            try:
                page = job.result()
            except StorageError:
                if span.lower is None:
                    raise
                parts.give_up(span)
                continue
            entries = parts.taken(span, page)
            if not span.is_over:
                ask(span)
            if len(asked) < AT_ONCE and (upper := parts.divided(span)):
                ask(upper)
            del page, job
            if entries:
                yield entries
    finally:
        cancellation.set()
        end = monotonic() + _SECONDS_TO_STOP
        for job in asked.values():
            with suppress(BaseException):
                job.result(max(end - monotonic(), 0))


class Disorder(Exception):
    """Pages came in no order, so that a listing in parallel may not be complete."""


class _Bell:
    """Wakes whoever waits for a page."""

    def __init__(self, arrived: SimpleQueue[Any]) -> None:
        self._arrived = arrived

    def cancel(self) -> None:
        self._arrived.put(None)


def _next_of(arrived: SimpleQueue[T | None]) -> T:
    """Wait for what arrives next, or until the caller has gone."""
    caller, bell = current.get(), _Bell(arrived)
    if caller is not None:
        caller.hold(bell)
    try:
        come = arrived.get()
    finally:
        if caller is not None:
            caller.release(bell)
    assert come is not None
    return come


class _Parts:
    """The parts of one listing, and which entries belong to which."""

    def __init__(self, divider: Divider) -> None:
        self._divider = divider
        self._may_divide = True
        self._is_divided = False

    def begin(self, first: Page) -> Span:
        """The span of all that follows the first page."""
        places = sorted(map(position, first.entries))
        if not (places and _is_ascending(first.entries)):
            self._may_divide = False
            return Span("", None, first.token)
        self._divider.learn(places)
        span = Span(places[-1], None, first.token)
        span.first = places[0]
        return span

    def divided(self, span: Span) -> Span | None:
        """A part that may be split off from a span; None if that would gain nothing."""
        if span.is_over or span.upper or span.lower or not self._may_divide:
            return None
        middle = self._divider.middle(span)
        if middle is None:
            return None
        span.upper = Span(middle, span.until, None, span)
        span.upper.guess = span.guess
        return span.upper

    def give_up(self, upper: Span) -> None:
        """Return a part to the span that it was to be split from, and divide no more."""
        assert upper.lower is not None
        upper.lower.upper = None
        upper.is_over = True
        self._may_divide = False

    def taken(self, span: Span, page: Page) -> Sequence[Entry]:
        """The entries of a page that belong to a span; the span advances past them."""
        places = list(map(position, page.entries))
        low, high = (min(places), max(places)) if places else (None, None)
        after = span.after
        is_ordered = low is None or (low >= after and _is_ascending(page.entries))
        if span.lower is not None:
            if not is_ordered:
                self.give_up(span)
                return ()
            if not self._is_cut_off(span, is_empty=low is None):
                return ()
        elif not is_ordered:
            if self._is_divided:
                raise Disorder
            self._may_divide = False
        span.token = page.token
        span.is_over = page.token is None
        if low is None or high is None:
            return ()
        span.first, span.after = low, high
        until = span.until
        if low != after and (until is None or high <= until):
            return page.entries
        span.is_over = span.is_over or (until is not None and high > until)
        return [
            entry
            for entry, place in zip(page.entries, places, strict=True)
            if place != after and (until is None or place <= until)
        ]

    def _is_cut_off(self, upper: Span, *, is_empty: bool) -> bool:
        """Whether a part whose first page has come counts from now on."""
        lower = upper.lower
        assert lower is not None
        lower.upper = upper.lower = None
        if is_empty:
            # Not a proof: some places list nothing after a path that does not exist.
            lower.guess = upper.after
        elif not lower.is_over and lower.after <= upper.after:
            lower.until = lower.guess = upper.after
            self._is_divided = True
            return True
        upper.is_over = True
        return False


def _is_ascending(entries: Sequence[Entry]) -> bool:
    """Whether the blobs and the folders, which may come one after the other, are in order."""
    blobs = [entry.path for entry in entries if not entry.is_folder]
    folders = [position(entry) for entry in entries if entry.is_folder]
    return blobs == sorted(blobs) and folders == sorted(folders)
