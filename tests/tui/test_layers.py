"""What the app says and does where files lie beneath one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.driving import enter, names, press, read, said, screen_text, selected, settle, words
from tui.app import StorageApp

TEAM = """
default = "shared"

[storage.shared]
id = "0f0c0f5e-3d6a-4d59-9a2c-1a2b3c4d5e6f"
type = "local"
storage_path = "shared"

[storage.laptop]
type = "local"
storage_path = "/srv/laptops"
"""
OWN = """
include = ["team/storage.toml"]

[storage.laptop]
type = "local"
storage_path = "/data/own"
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """One's own file, with the team's beneath it."""
    path, team = tmp_path / "storage.toml", tmp_path / "team" / "storage.toml"
    team.parent.mkdir()
    team.write_text(TEAM)
    path.write_text(OWN)
    return path


def team_of(own: Path) -> Path:
    return own.parent / "team" / "storage.toml"


def bytes_of(own: Path) -> tuple[bytes, bytes]:
    """What the team's file holds, and one's own."""
    return team_of(own).read_bytes(), own.read_bytes()


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_origin_and_what_is_hidden_are_shown(own: Path, size: tuple[int, int]) -> None:
    async with StorageApp(own).run_test(size=size) as pilot:
        await settle(pilot)
        assert names(pilot) == ["laptop", "shared"]
        assert "hides the one of this name" in words(pilot)
        assert selected(pilot).hides == (str(team_of(own)),)
        assert "⇣ ★ shared" in screen_text(pilot)
        await press(pilot, "j")
        assert selected(pilot).origin == str(team_of(own))
        assert "C copies it into your own file" in words(pilot)


async def test_what_is_beneath_is_found_by_its_file(own: Path) -> None:
    async with StorageApp(own).run_test() as pilot:
        await settle(pilot)
        await enter(pilot, "/")
        await press(pilot, *"team/")
        assert names(pilot) == ["shared"]


@pytest.mark.parametrize("key", ["r", "x", "m"])
async def test_what_others_rely_on_is_not_changed(own: Path, key: str) -> None:
    before = bytes_of(own)
    async with StorageApp(own).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "j", key)
        assert "C copies it into your own file" in said(pilot)
    assert bytes_of(own) == before


async def test_one_key_copies_it_under_a_new_id_and_undo_takes_it_back(own: Path) -> None:
    before = bytes_of(own)
    async with StorageApp(own).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "j", "C")
        copy = read(own)["storage"]["shared"]
        assert copy["storage_path"] == str(own.parent / "team" / "shared")
        assert copy["id"] != "0f0c0f5e-3d6a-4d59-9a2c-1a2b3c4d5e6f"
        assert selected(pilot).name == "shared"
        assert (selected(pilot).origin, selected(pilot).hides) == ("", (str(team_of(own)),))
        await press(pilot, "C")
        assert "stands in your own file already" in said(pilot)
        await press(pilot, "u")
        assert selected(pilot).origin == str(team_of(own))
    assert bytes_of(own) == before


async def test_editing_leads_to_a_copy_of_ones_own(own: Path) -> None:
    team, _ = bytes_of(own)
    async with StorageApp(own).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "j", "e")
        assert "Copy shared into your own file?" in screen_text(pilot)
        await press(pilot, "escape")
        assert "shared" not in read(own)["storage"]
        await press(pilot, "e", "enter")
        assert "Edit shared" in screen_text(pilot)
        await press(pilot, "end", *"-2", "ctrl+s")
        assert read(own)["storage"]["shared"]["storage_path"].endswith("/team/shared-2")
    assert bytes_of(own)[0] == team


async def test_deleting_says_what_counts_again(own: Path) -> None:
    async with StorageApp(own).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "d", "x")
        text = words(pilot)
        assert "counts again then" in text
        assert "It is the default: shared will be used instead." in text
        await press(pilot, "right", "enter")
        assert names(pilot) == ["shared", "laptop"]
        assert "★ shared" in screen_text(pilot)


async def test_d_on_a_default_beneath_goes_back_to_temporary_local_storage(own: Path) -> None:
    async with StorageApp(own).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "j", "d")
        assert "★ Temporary" in screen_text(pilot)
    assert read(own)["default"] == ""


async def test_a_name_beneath_is_taken_in_a_form(own: Path) -> None:
    async with StorageApp(own).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "D", "ctrl+u")
        await press(pilot, *"shared", "enter")
        assert "is taken" in screen_text(pilot)


async def test_a_change_of_an_included_file_is_seen(own: Path) -> None:
    async with StorageApp(own).run_test() as pilot:
        await settle(pilot)
        team_of(own).write_text(TEAM + '\n[storage.new]\ntype = "temporary"\n')
        await seen(pilot, ["laptop", "shared", "new"])
        assert "was changed elsewhere" in said(pilot)
        team_of(own).unlink()
        await seen(pilot, ["laptop"])
        assert "there is no file" in words(pilot)


async def seen(pilot: Pilot[Any], expected: list[str]) -> None:
    """Wait until the list shows these."""
    for _ in range(400):
        await pilot.pause(0.05)
        if names(pilot) == expected:
            await settle(pilot)
            return
    raise AssertionError(names(pilot))


async def test_a_broken_one_beneath_is_for_its_keeper_to_mend(own: Path) -> None:
    team_of(own).write_text('[storage.odd]\ntype = "local"\nstorage_pth = "/x"\n')
    async with StorageApp(own).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "j")
        assert "line 3" in words(pilot)
        await press(pilot, "e")
        assert "Whoever keeps" in said(pilot)
