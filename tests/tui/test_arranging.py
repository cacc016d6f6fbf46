"""The order in which many blobs are shown: sorted in runs, it is what one sort gives."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from tui.session.garbage import let_go
from tui.session.listing import FILE, FOLDER, RUN, SORTS, Listed, Sort, arranged


def many(alike: bool) -> list[Listed]:
    """More than two runs; names in both cases, folders, and what no storage says."""
    random, found = Random(7), []
    for number in range(2 * RUN + 500):
        name = f"{random.choice('aAbBé')}{number % 911}/{number}"
        size = None if number % 5 == 0 else 7 if alike else random.randrange(900)
        seconds = 9e8 if alike else random.randrange(900)
        when = None if number % 7 == 0 else datetime.fromtimestamp(seconds, UTC)
        found.append(Listed(name, FOLDER if number % 50 == 3 else FILE, name, size, when))
    return found


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("alike", [False, True])
@pytest.mark.parametrize("sort", SORTS)
def test_many_are_in_the_order_that_sorting_them_at_once_gives(
    sort: Sort, alike: bool, reverse: bool
) -> None:
    blobs = many(alike)

    def by(blob: Listed) -> Any:
        if sort == "age":
            return -blob.modified.timestamp() if blob.modified else 0.0
        return 0 if sort == "name" else 1 if blob.size is None else -blob.size

    expected = sorted(blobs, key=lambda blob: (by(blob), blob.name.lower(), blob.key))
    if reverse:
        expected.reverse()
    expected.sort(key=lambda blob: not blob.is_folder)
    view = arranged(blobs, (), None, (), sort, reverse=reverse)
    assert view.rows == expected
    assert [*view.places] == [blob.key for blob in expected]
    assert [*view.blobs.values()] == [blob for blob in expected if not blob.is_folder]


def test_all_of_a_long_list_is_let_go() -> None:
    spare = [object() for _ in range(10_000)]
    let_go(spare)
    assert not spare
