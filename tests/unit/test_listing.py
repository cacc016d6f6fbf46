"""Long listings in parts: each entry once, whatever the names are, on places of every kind.

The places here are made of a list of names, so that there can be many of them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from random import Random
from threading import Lock
from typing import Any

import pytest

from storage_core.backends.base import Entry
from storage_core.backends.remote import listing
from storage_core.backends.remote.driver import After, Page
from storage_core.backends.remote.spans import Divider, position
from storage_core.errors import StorageUnavailable

LIMIT = 50


class Place:
    """Lists as S3 does; counts the pages it was asked for."""

    def __init__(self, names: Sequence[str], *, delimiter: bool = False) -> None:
        folders = {name.partition("/")[0] for name in names if "/" in name} if delimiter else ()
        self.entries = [
            *(Entry(name) for name in names if not (delimiter and "/" in name)),
            *(Entry(name, is_folder=True) for name in folders),
        ]
        self.entries.sort(key=position)
        self.places = list(map(position, self.entries))
        self.delimiter = delimiter
        self.asked = 0
        self.now = self.most = 0
        self._lock = Lock()

    def fetch(self, token: Any) -> Page:
        with self._lock:
            self.asked += 1
        return self.page(token)

    def page(self, token: Any) -> Page:
        start = bisect_right(self.places, token.path) if isinstance(token, After) else token or 0
        # A folder's name may lie before, and what is in it behind.
        if isinstance(token, After) and start and self.places[start - 1].endswith("/"):
            start -= token.path.startswith(self.places[start - 1])
        end = start + LIMIT
        return Page(self.entries[start:end], end if end < len(self.entries) else None)

    def listed(self) -> list[str]:
        first = self.fetch(None)
        divider = Divider("", delimiter=self.delimiter)
        rest: Iterator[Sequence[Entry]] = iter(())
        if first.token is not None:
            rest = listing.side_by_side(self.fetch, first, divider)
        return [position(entry) for page in (first.entries, *rest) for entry in page]


def names_of(kind: str, count: int = 4000) -> list[str]:
    random = Random(kind)
    digests = [sha256(b"%d" % number).hexdigest() for number in range(count)]
    made: dict[str, Callable[[int], str]] = {
        "hashes": lambda n: digests[n],
        "times": lambda n: f"2026112{n % 2}T{n % 24:02}{n % 60:02}{n:06}Z-{digests[n][:8]}",
        "numbers": lambda n: f"run-{n:012}",
        "one folder": lambda n: f"team-a/experiments/2026/11/29/{digests[n]}.json",
        "folders": lambda n: f"{digests[n % 97][:9]}/{digests[n % 7]}/part-{n:05}",
        "other scripts": lambda n: "".join(chr(random.randint(0x20, 0xD7FF)) for _ in range(9)),
        "beyond": lambda n: f"{chr(0xFFFF)}{chr(0x10000 + n)}",
        "one letter": lambda n: "a" * (n // 10 + 1) + str(n % 10),
        "two heaps": lambda n: f"{'AA' if n % 2 else 'zz/zz'}{digests[n][:20]}",
    }
    return sorted({made[kind](number) for number in range(count)})


KINDS = [
    *("hashes", "times", "numbers", "one folder", "folders"),
    *("other scripts", "beyond", "one letter", "two heaps"),
]


@pytest.mark.parametrize("kind", KINDS)
def test_each_comes_once_and_few_pages_are_asked_for_in_vain(kind: str) -> None:
    place = Place(names_of(kind))
    listed = place.listed()
    assert len(listed) == len(set(listed))
    assert sorted(listed) == place.places
    assert place.asked <= 2 * (len(place.entries) / LIMIT + listing.AT_ONCE)


@pytest.mark.parametrize("kind", ["folders", "two heaps", "hashes"])
def test_a_folder_comes_once_where_they_are_entries_of_their_own(kind: str) -> None:
    names = names_of(kind) + [f"{n:03}/{inner}" for n in range(500) for inner in "ab"]
    place = Place(names + [f"{n:03}" for n in range(500)] + [f"{n:03}0" for n in range(500)])
    place = Place(sorted({*names, *place.places}), delimiter=True)
    listed = place.listed()
    assert len(listed) == len(set(listed))
    assert sorted(listed) == place.places


class Deaf(Place):
    """Begins at the beginning, wherever it is told to begin."""

    def page(self, token: Any) -> Page:
        return super().page(None if isinstance(token, After) else token)


class Blank(Place):
    """Finds nothing behind a name that it does not know."""

    def page(self, token: Any) -> Page:
        known = not isinstance(token, After) or token.path in self.places
        return super().page(token) if known else Page([])


class Refusing(Place):
    """Takes no beginning."""

    def page(self, token: Any) -> Page:
        if isinstance(token, After):
            raise StorageUnavailable("not that")
        return super().page(token)


class Inclusive(Place):
    """Begins with the name itself, as Google's service does."""

    def page(self, token: Any) -> Page:
        if isinstance(token, After):
            token = After(token.path[:-1] + chr(ord(token.path[-1]) - 1) + chr(0x10FFFF))
        return super().page(token)


class Disorderly(Place):
    """Lists in no order, and begins nowhere."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(names)
        Random(1).shuffle(self.entries)

    def page(self, token: Any) -> Page:
        return super().page(None if isinstance(token, After) else token)


class Walking(Place):
    """Lists folder by folder, and begins where it is told to."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(names)
        self.entries.sort(key=lambda entry: entry.path.split("/"))

    def page(self, token: Any) -> Page:
        after, start = (token, 0) if token is None or isinstance(token, After) else token
        if isinstance(after, After):
            found = [entry for entry in self.entries if entry.path > after.path]
        else:
            found = self.entries
        end = start + LIMIT
        return Page(found[start:end], (after, end) if end < len(found) else None)


def test_an_order_that_shows_late_is_an_error_and_never_a_listing_with_holes() -> None:
    names = names_of("hashes") + [f"ff/{n}" for n in range(200)] + [f"ff.{n}" for n in range(200)]
    with pytest.raises(listing.Disorder):
        Walking(names).listed()
    mixed = [f"{n:03}/{inner}" for n in range(500) for inner in "ab"]
    place = Walking([*names, *mixed, *(f"{n:03}.txt" for n in range(500))])
    assert sorted(place.listed()) == place.places


@pytest.mark.parametrize("kind", [Deaf, Blank, Refusing, Inclusive, Disorderly])
def test_a_place_that_cannot_begin_anywhere_is_listed_page_by_page(kind: type[Place]) -> None:
    place = kind(names_of("hashes"))
    listed = place.listed()
    assert sorted(listed) == sorted(map(position, place.entries))
    assert len(listed) == len(set(listed))
