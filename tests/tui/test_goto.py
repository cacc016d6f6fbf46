"""Going to a folder by its path: completed from what is there, and from where one has been."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from tests.tui.browsing import browsing, listed
from tests.tui.driving import enter, opened, press, words
from tests.tui.test_browse_folders import shared
from tui.session import places


def typed(pilot: Pilot[Any]) -> str:
    """What stands in the line."""
    return pilot.app.screen.query_one(Input).value


def offered(pilot: Pilot[Any]) -> list[str]:
    """The folders that it may be."""
    found = pilot.app.screen.query_one(OptionList)
    return [str(found.get_option_at_index(place).prompt) for place in range(found.option_count)]


async def test_a_path_is_completed_folder_by_folder(tmp_path: Path) -> None:
    async with opened(shared(tmp_path)) as pilot:
        await press(pilot, "b", "ctrl+l")
        assert offered(pilot) == ["flows/", "raw/", "results/"]
        await enter(pilot, "r")
        assert offered(pilot) == ["raw/", "results/"]
        await enter(pilot, "a")
        await press(pilot, "tab")
        assert typed(pilot) == "raw/"
        assert offered(pilot) == ["raw/2026/", "raw/empty/"]
        await press(pilot, "down", "enter")
        assert listed(pilot) == ["11", "report.txt"]
        # The line begins where one is.
        await press(pilot, "ctrl+l")
        assert typed(pilot) == "raw/2026/"


async def test_the_last_places_are_offered_also_the_next_time(tmp_path: Path) -> None:
    path = shared(tmp_path)
    async with opened(path) as pilot:
        await press(pilot, "b", "ctrl+l")
        await enter(pilot, "raw/2026/11/")
        await press(pilot, "enter")
        assert listed(pilot) == ["data.csv"]
        await press(pilot, "left", "left", "escape")
    async with opened(path) as pilot:
        await press(pilot, "b", "ctrl+l")
        assert offered(pilot) == ["raw/", "raw/2026/11/"]
        await press(pilot, "down", "down", "enter")
        assert listed(pilot) == ["data.csv"]


async def test_a_folder_that_is_not_there_is_told_and_escape_stays(tmp_path: Path) -> None:
    async with opened(shared(tmp_path)) as pilot:
        await press(pilot, "b", "ctrl+l")
        await enter(pilot, "no/where")
        assert "no folder here begins so" in words(pilot)
        await press(pilot, "escape")
        assert len(listed(pilot)) == 5
        await press(pilot, "ctrl+l")
        await enter(pilot, "a/../b")
        await press(pilot, "enter")
        assert "no folder can have this name" in words(pilot)
        await press(pilot, "escape", "ctrl+l", "z", "enter")
        assert "There is nothing in z." in words(pilot)
        assert browsing(pilot).query_one("TitleBar").note.endswith("/z")  # type: ignore[attr-defined]


@pytest.mark.parametrize("rubbish", ["", "[", "[]", '{"a": 1, "b": [1, "x"]}', "\0"])
def test_rubbish_in_the_file_of_places_counts_as_nothing(rubbish: str) -> None:
    source = places._file()
    assert source is not None
    source.parent.mkdir(parents=True)
    source.write_text(rubbish)
    assert places.places("a") == []
    places.visited("a", "raw")
    assert places.places("a") == ["raw"]
    for number in range(20):
        places.visited("a", f"folder {number}")
    assert len(places.places("a")) == places.KEPT
