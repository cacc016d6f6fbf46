"""How much lies below a location, by folder and by age."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias, get_args

from storage_core.backends.base import in_utc
from storage_core.keys import KINDS

if TYPE_CHECKING:
    from storage_core.backends.base import Entry
    from storage_core.store import Store

Age: TypeAlias = Literal["day", "week", "month", "quarter", "year", "older", "unknown"]

AGES: Final[tuple[Age, ...]] = get_args(Age)

_DAYS: Final[tuple[tuple[Age, int], ...]] = (
    *(("day", 1), ("week", 7), ("month", 30)),
    *(("quarter", 90), ("year", 365)),
)
_FOLDERS: Final = 1000
_PAGE: Final = 1000


class Amount(NamedTuple):
    """A number of blobs, and their bytes."""

    blobs: int = 0
    bytes: int = 0
    unsized: int = 0
    """How many of them have no known size; their bytes are not counted."""

    def and_also(self, other: Amount) -> Amount:
        """The sum of both."""
        return Amount(
            self.blobs + other.blobs, self.bytes + other.bytes, self.unsized + other.unsized
        )


@dataclass(frozen=True)
class Usage:
    """What is below the location of a store, whoever has put it there."""

    total: Amount
    folders: Mapping[str, Amount]
    """By the first folder of their path: first the two kinds, even if they have no blobs, then up
    to 1,000 others in the order in which they came; "" for blobs in no folder."""

    others: Amount
    """What is in further folders than these."""

    ages: Mapping[Age, Amount]
    """By age: within the last 1, 7, 30, 90, 365 days (each without the ones before), older than
    that, or unknown. What is dated later than now counts as new."""


def usage(store: Store) -> Usage:
    """Count what is below the location of a store, in bounded memory.

    Raises:
        StorageError: it cannot be listed.
    """
    *_, whole = counting(store)
    return whole


def counting(store: Store, *, now: datetime | None = None) -> Iterator[Usage]:
    """Yield the counts so far, after every 1,000 blobs and at the end.

    Args:
        store: what to list.
        now: the moment that ages are counted from; by default now, by this machine's clock.

    Raises:
        StorageError: it cannot be listed.
    """
    tally = _Tally(now or datetime.now(UTC))
    entries = store.backend.list()
    while page := list(islice(entries, _PAGE)):
        for entry in page:
            tally.add(entry)
        yield tally.usage()
    yield tally.usage()


class _Tally:
    """Counts entries of a listing."""

    def __init__(self, now: datetime) -> None:
        self._total = Amount()
        self._folders: dict[str, Amount] = dict.fromkeys(KINDS, Amount())
        self._others = Amount()
        self._ages = dict.fromkeys(AGES, Amount())
        self._since = [(age, now - timedelta(days=days)) for age, days in _DAYS]

    def add(self, entry: Entry) -> None:
        """Count one more."""
        folder, slash, _ = entry.path.partition("/")
        folder = folder if slash else ""
        self._total = _more(self._total, entry.size)
        if folder in self._folders or len(self._folders) < _FOLDERS:
            self._folders[folder] = _more(self._folders.get(folder, Amount()), entry.size)
        else:
            self._others = _more(self._others, entry.size)
        age = self._age(in_utc(entry.modified))
        self._ages[age] = _more(self._ages[age], entry.size)

    def usage(self) -> Usage:
        """What has been counted."""
        return Usage(self._total, {**self._folders}, self._others, {**self._ages})

    def _age(self, modified: datetime | None) -> Age:
        if modified is None:
            return "unknown"
        for age, since in self._since:
            if modified >= since:
                return age
        return "older"


def _more(amount: Amount, size: int | None) -> Amount:
    blobs, all_bytes, unsized = amount
    return Amount(blobs + 1, all_bytes + (size or 0), unsized + (size is None))
