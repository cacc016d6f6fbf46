"""A secret is moved out of the file, out of its versions and out of undo."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex

from tests.tui.driving import enter, opened, press, read, said, screen_text, the_list, words
from tests.tui.safekeeping import PLAIN, SECRET, MemoryKeyring, history_of, plain
from tui.app import StorageApp


async def test_a_secret_moves_to_the_keyring_and_out_of_undo_and_history(
    tmp_path: Path, memory_keyring: MemoryKeyring
) -> None:
    path = plain(tmp_path / "storage.toml")
    async with opened(path) as pilot:
        await press(pilot, "j", "d", "k")
        assert SECRET in history_of(path)
        await press(pilot, "m")
        assert "keyring:storage/prod" in screen_text(pilot)
        await press(pilot, "enter")
        assert "cannot be undone" in said(pilot)
        assert "in this file ⚠" not in screen_text(pilot)
        await press(pilot, "u", "u")
        app = pilot.app
        assert isinstance(app, StorageApp)
        assert not app.session.workspace.history.done
    assert memory_keyring.held == {("storage", "prod"): SECRET}
    assert read(path)["storage"]["prod"]["aws_secret_access_key"] == "keyring:storage/prod"
    assert SECRET not in history_of(path) + said(pilot)


async def test_a_secret_moves_to_a_file_that_is_chosen_with_the_arrow_keys(
    tmp_path: Path, home: Path
) -> None:
    path = plain(tmp_path / "storage.toml")
    target = tmp_path / "kept"
    async with opened(path) as pilot:
        await press(pilot, "m", "down")
        assert "prod.secret" in screen_text(pilot)
        await press(pilot, "end", "ctrl+u")
        await enter(pilot, f"file:{target}")
        await press(pilot, "enter")
    assert target.read_text() == SECRET
    assert read(path)["storage"]["prod"]["aws_secret_access_key"] == f"file:{target}"


async def test_what_does_not_work_is_told_in_the_dialog_and_moves_nothing(tmp_path: Path) -> None:
    path = plain(tmp_path / "storage.toml")
    async with opened(path) as pilot:
        await press(pilot, "m", "down", "down", "enter")
        text = words(pilot)
        assert "PROD_AWS_SECRET_ACCESS_KEY is not set" in text
        assert "env:PROD_AWS_SECRET_ACCESS_KEY" in text
        await press(pilot, "ctrl+u")
        await enter(pilot, "elsewhere")
        await press(pilot, "enter")
        assert "write keyring:service/user" in screen_text(pilot)
        await press(pilot, "escape")
        assert pilot.app.screen is the_list(pilot)
    assert path.read_text() == PLAIN


async def test_a_form_that_gives_a_secret_up_for_a_reference_moves_it_out_of_undo_too(
    tmp_path: Path,
) -> None:
    path = plain(tmp_path / "storage.toml")
    async with opened(path, (120, 50)) as pilot:
        await press(pilot, "j", "d", "k", "e")
        pilot.app.screen.query_one("#field-aws_secret_access_key Input").focus()
        await press(pilot, "f6", "down", "enter")
        await enter(pilot, "PROD_S3_SECRET")
        await press(pilot, "ctrl+s")
        assert "cannot be undone" in said(pilot)
        moved = path.read_text()
        await press(pilot, "u", "u")
        app = pilot.app
        assert isinstance(app, StorageApp)
        assert not app.session.workspace.history.done
        assert not app.session.workspace.history.undone
        assert path.read_text() == moved
        # What comes after it is undone as ever.
        await press(pilot, "d", "u")
        assert path.read_text() == moved
    assert read(path)["storage"]["prod"]["aws_secret_access_key"] == "env:PROD_S3_SECRET"
    assert SECRET not in history_of(path)


async def test_a_secret_that_is_given_up_for_nothing_comes_back_by_undo(tmp_path: Path) -> None:
    path = plain(tmp_path / "storage.toml")
    async with opened(path) as pilot:
        await press(pilot, "x", "right", "enter")
        assert SECRET not in path.read_text()
        await press(pilot, "u")
    assert path.read_text() == PLAIN


async def test_two_secrets_of_one_configuration_get_two_places(
    tmp_path: Path, memory_keyring: MemoryKeyring
) -> None:
    token = token_hex(20)
    text = PLAIN.replace("[storage.laptop]", f'aws_session_token = "{token}"\n[storage.laptop]')
    path = plain(tmp_path / "storage.toml", text)
    async with opened(path) as pilot:
        await press(pilot, "m")
        assert "(1 of 2)" in screen_text(pilot)
        await press(pilot, "enter")
        assert "(2 of 2)" in screen_text(pilot)
        await press(pilot, "enter")
    assert sorted(memory_keyring.held.values()) == sorted([SECRET, token])


async def test_a_place_in_the_keyring_that_is_taken_is_not_overwritten(
    tmp_path: Path, memory_keyring: MemoryKeyring
) -> None:
    memory_keyring.held["storage", "prod"] = token_hex()
    before = dict(memory_keyring.held)
    path = plain(tmp_path / "storage.toml")
    async with opened(path) as pilot:
        await press(pilot, "m", "enter")
        assert "holds something else" in screen_text(pilot)
    assert memory_keyring.held == before
    assert path.read_text() == PLAIN
