"""What the list's keys do to the configuration file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.driving import (
    enter,
    names,
    press,
    read,
    said,
    screen_text,
    selected,
    settle,
    write,
)
from tui.app import StorageApp


async def test_default_is_shown_with_a_star_and_set_with_d(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        assert "★ prod" in screen_text(pilot)
        await press(pilot, "j", "d")
        assert "★ laptop" in screen_text(pilot)
    assert read(path)["default"] == "laptop"
    assert "# the one that counts" in path.read_text()


async def test_d_on_the_default_goes_back_to_temporary_local_storage(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "d")
        assert "★ Temporary" in screen_text(pilot)
    assert "default" not in read(path)


async def test_d_on_temporary_local_storage_clears_the_default(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "G", "d")
    assert "default" not in read(path)


async def test_delete_asks_with_the_focus_on_cancel(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    before = path.read_bytes()
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "x", "enter")
        assert names(pilot) == ["prod", "laptop"]
        assert path.read_bytes() == before
        await press(pilot, "x", "right", "enter")
        assert names(pilot) == ["laptop"]
    assert "default" not in read(path)


async def test_a_protected_configuration_is_deleted_only_once_its_name_is_typed(
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "storage.toml")
    path.write_text(path.read_text() + "protected = true\n")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "j", "delete")
        await press(pilot, *"lapto", "enter", "enter")
        assert "✗ that is not its name: laptop" in screen_text(pilot)
        assert names(pilot) == ["prod", "laptop"]
        await press(pilot, "p")
        assert "✗" not in screen_text(pilot)
        await press(pilot, "enter")
        assert names(pilot) == ["prod"]


async def test_renaming_carries_the_default_along(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "r", *"live", "enter")
        assert names(pilot) == ["live", "laptop"]
        assert selected(pilot).name == "live"
    assert read(path)["default"] == "live"


async def test_a_taken_name_is_refused_where_it_is_typed(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "r", *"laptop", "enter")
        assert "is taken" in screen_text(pilot)
        await press(pilot, "escape")
        assert names(pilot) == ["prod", "laptop"]


async def test_the_name_of_a_broken_one_is_taken_too(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml", '[storage.a]\ntype = "x"\n[storage.b]\ntype = "x"\n')
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "r", "b", "enter")
        assert "is taken" in screen_text(pilot)


async def test_a_duplicate_has_the_settings_under_a_new_id(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "D", "enter")
        assert selected(pilot).name == "prod-copy"
    tables = read(path)["storage"]
    assert tables["prod-copy"]["bucket"] == "acme-results"
    assert tables["prod-copy"]["aws_secret_access_key"] == "env:PROD_S3_SECRET"
    assert tables["prod-copy"]["id"] != tables["prod"]["id"]


async def test_every_change_can_be_undone_and_redone(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    texts = [path.read_text()]
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        for keys in (
            ["j", "d"],
            ["r", *"mine", "enter"],
            ["D", "enter"],
            ["g", "x", "right", "enter"],
        ):
            await press(pilot, *keys)
            texts.append(path.read_text())
        assert len(set(texts)) == 5
        for expected in reversed(texts[:-1]):
            await press(pilot, "u")
            assert path.read_text() == expected
        for expected in texts[1:]:
            await press(pilot, "ctrl+r")
            assert path.read_text() == expected


@pytest.mark.parametrize(
    ("change", "undone", "redone"),
    [
        ("j x right enter", "laptop", None),
        ("j D enter", None, "laptop-copy"),
        ("j r o t h e r enter", "laptop", "other"),
        ("j d", "prod", "laptop"),
        ("d", "prod", "prod"),
        ("j e end 2 ctrl+s", "laptop", "laptop"),
    ],
)
@pytest.mark.parametrize("elsewhere", ["g", "G"])
async def test_the_cursor_goes_to_what_undo_and_redo_have_changed_and_stays_where_that_is_gone(
    tmp_path: Path, change: str, elsewhere: str, undone: str | None, redone: str | None
) -> None:
    async with StorageApp(write(tmp_path / "storage.toml")).run_test() as pilot:
        await settle(pilot)
        await press(pilot, *change.split())
        stays = "prod" if elsewhere == "g" else "Temporary Local Storage"
        for key, expected in (("u", undone), ("ctrl+r", redone), ("u", undone)):
            await press(pilot, elsewhere, key)
            assert selected(pilot).name == (expected or stays)


async def test_undo_leaves_a_file_alone_that_was_changed_elsewhere(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "j", "d")
        theirs = path.read_text() + "# by hand\n"
        path.write_text(theirs)
        await press(pilot, "u")
        assert path.read_text() == theirs
        assert "changed elsewhere" in said(pilot)


async def test_the_id_and_the_python_that_opens_it_are_copied(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "c")
        assert pilot.app.clipboard == "61354abf-7cc8-4c2c-b890-78b1f985a9fb"
        await press(pilot, "p")
        assert "storage_core.get_store('prod')" in pilot.app.clipboard
        compile(pilot.app.clipboard, "snippet", "exec")


async def test_what_was_done_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        for keys, message in (
            (["e", "end", "2", "ctrl+s"], "Saved prod."),
            (["r", *"live", "enter"], "Renamed prod to live; it is still the default."),
            (["u"], "Undone: rename prod to live."),
            (["ctrl+r"], "Redone: rename prod to live."),
            (["D", "enter"], "Duplicated live as live-copy."),
            (["r", *"other", "enter"], "Renamed live-copy to other."),
            (["d"], "Updated default storage!"),
            (["u"], "Undone: make other the default."),
            (["g", "d"], "Cleared default storage! Temporary storage is used."),
            (["u"], "Undone: clear the default."),
        ):
            pilot.app.clear_notifications()
            await press(pilot, *keys)
            assert said(pilot) == message


async def test_a_name_changed_in_the_form_is_told_and_taken_back_in_one_step(
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "storage.toml")
    before = path.read_text()
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "e", "end", "2")
        pilot.app.screen.query_one("#field-name Input").focus()
        await press(pilot, "ctrl+u", *"live", "ctrl+s")
        assert "Renamed prod to live; it is still the default." in said(pilot)
        assert read(path)["storage"]["live"]["bucket"] == "acme-results2"
        await press(pilot, "u")
        assert "Undone: edit prod and rename it to live." in said(pilot)
    assert path.read_text() == before


async def test_the_name_of_what_is_used_without_a_default_is_refused_where_it_is_typed(
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "storage.toml")
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "r")
        await enter(pilot, "temporary local storage")
        await press(pilot, "enter")
        assert "choose another name" in " ".join(screen_text(pilot).split())
        await press(pilot, "escape")
        assert names(pilot) == ["prod", "laptop"]
