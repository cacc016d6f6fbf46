"""Import in the app: what other tools have, chosen, named and written in one step."""

from __future__ import annotations

import json
import stat
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage_core.importing.looking import Looked
from tests.tui.driving import (
    TWO,
    names,
    opened,
    press,
    read,
    said,
    screen_text,
    selected,
    settle,
    the_list,
    words,
    write,
)
from tests.tui.importing import ENCRYPTED, PASTED, SECRET, fill, go_to, paste, rows
from tests.tui.safekeeping import MemoryKeyring
from tui.features.importing.screen import ImportScreen
from tui.session import imports


@pytest.fixture
def made_home(home: Path) -> Path:
    """`$PREFECT_HOME`, where files with secrets are proposed."""
    home.mkdir()
    return home


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)], ids=str)
async def test_it_shows_what_each_tool_has_and_why_some_cannot_be_imported(
    tmp_path: Path, tools: Path, size: tuple[int, int]
) -> None:
    text = TWO.replace("/data/storage", f"{tools}/data")
    async with opened(write(tmp_path / "storage.toml", text), size) as pilot:
        await press(pilot, "i")
        shown = screen_text(pilot)
        assert "☑ S3 corp" in " ".join(shown.split())
        assert "rclone 4" in " ".join(shown.split())
        found = rows(pilot)
        assert found["team"].location == "s3://acme/team"
        assert found["laptop"].said == "there already"
        assert "its type is crypt" in found["safe"].said
        await go_to(pilot, "safe")
        assert "⚠ It cannot be imported: its type is crypt" in words(pilot)
        await press(pilot, "space")
        assert "its type is crypt" in said(pilot)
        await go_to(pilot, "minio")
        assert "in this file ⚠" in screen_text(pilot)
        await press(pilot, "escape")
        assert pilot.app.screen is the_list(pilot)
    assert (tmp_path / "storage.toml").read_text() == text


async def test_what_is_chosen_is_written_in_one_step_that_one_key_takes_back(
    tmp_path: Path, tools: Path
) -> None:
    path = write(tmp_path / "storage.toml")
    async with opened(path, (120, 40)) as pilot:
        await press(pilot, "i", "a")
        assert not any(each.chosen for each in rows(pilot).values())
        await press(pilot, "enter")
        assert "Nothing is chosen" in said(pilot)
        for name in ("team", "disk"):
            await go_to(pilot, name)
            await press(pilot, "space")
        assert "2 of 4 chosen" in screen_text(pilot)
        await press(pilot, "r")
        await fill(pilot, "archive")
        assert "☑  LOCAL   archive" in screen_text(pilot)
        await press(pilot, "enter")
        assert "Test all 2 now?" in screen_text(pilot)
        await press(pilot, "n")
        assert names(pilot) == ["prod", "laptop", "team", "archive"]
        assert selected(pilot).name == "team"
        assert "Imported team, archive; u takes this back." in said(pilot)
        storages = read(path)["storage"]
        assert storages["archive"]["storage_path"] == f"{tools}/data"
        assert storages["team"]["bucket"] == "acme"
        assert storages["team"]["aws_secret_access_key"] == SECRET
        await press(pilot, "u")
        assert path.read_text() == TWO


async def test_what_a_tool_does_not_say_is_asked_and_can_be_left_out(
    tmp_path: Path, tools: Path
) -> None:
    path = tmp_path / "storage.toml"
    async with opened(path, (120, 40)) as pilot:
        assert "i   imports what other tools have" in screen_text(pilot)
        await press(pilot, "i")
        await go_to(pilot, "corp")
        await press(pilot, "b")
        await fill(pilot, "")
        assert "✗ write a bucket, or leave it out" in screen_text(pilot)
        await fill(pilot, "https://acme")
        assert "Bucket of corp" in screen_text(pilot)
        await fill(pilot, "acme/nightly")
        assert rows(pilot)["corp"].location == "s3://acme/nightly"
        # `minio` asks as well: of that nothing is wanted.
        await press(pilot, "enter")
        assert "Bucket of minio" in screen_text(pilot)
        await press(pilot, "tab", "tab", "enter")
        assert "Make corp the default?" in screen_text(pilot)
        await press(pilot, "enter", "n")
        assert names(pilot) == ["corp", "team", "disk"]
    found = tomllib.loads(path.read_text())
    assert found["default"] == "corp"
    corp = found["storage"]["corp"]
    assert (corp["bucket"], corp["prefix"], corp["profile_name"]) == ("acme", "nightly", "corp")
    assert SECRET not in json.dumps(corp)


async def test_escape_in_a_question_imports_nothing_and_keeps_the_choice(
    tmp_path: Path, tools: Path
) -> None:
    path = tmp_path / "storage.toml"
    async with opened(path, (120, 40)) as pilot:
        await press(pilot, "i", "enter", "escape")
        assert isinstance(pilot.app.screen, ImportScreen)
        assert rows(pilot)["corp"].chosen
    assert not path.exists()


async def test_a_block_that_is_pasted_is_one_more_source(tmp_path: Path) -> None:
    block = f"[other]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = {PASTED}\n"
    path = write(tmp_path / "storage.toml")
    async with opened(path, (120, 40)) as pilot:
        await press(pilot, "i")
        assert "Nothing of another tool was found" in screen_text(pilot)
        await paste(pilot, "no block at all")
        assert "Nothing was pasted: this is no block that is known" in said(pilot)
        await paste(pilot, block)
        assert PASTED[:8] not in screen_text(pilot)
        await press(pilot, "enter")
        await fill(pilot, "acme")
        assert "Import" in screen_text(pilot)
        await fill(pilot, "pasted")
        assert "Test pasted now?" in screen_text(pilot)
        await press(pilot, "n")
        assert PASTED[:8] not in screen_text(pilot)
    assert read(path)["storage"]["pasted"]["aws_secret_access_key"] == PASTED


async def test_a_file_that_is_encrypted_says_what_to_do(
    tmp_path: Path, tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RCLONE_CONFIG_PASS", raising=False)
    write(tools / ".config" / "rclone" / "rclone.conf", ENCRYPTED)
    async with opened(write(tmp_path / "storage.toml"), (120, 40)) as pilot:
        await press(pilot, "i")
        await go_to(pilot, "rclone")
        assert "is encrypted; set RCLONE_CONFIG_PASS to its password" in words(pilot)
        assert "rclone ⚠" in screen_text(pilot)
        assert "corp" in rows(pilot)


async def test_looking_can_be_stopped_and_shows_what_was_found_by_then(
    tmp_path: Path, tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    all_of_them = imports.looks

    def slow() -> Iterator[tuple[str, Looked | None]]:
        for name, looked in all_of_them():
            yield name, looked
            if (name, looked) == ("azure", None):
                go_on.wait(60)

    monkeypatch.setattr(imports, "looks", slow)
    async with opened(write(tmp_path / "storage.toml"), (120, 40)) as pilot:
        await pilot.press("i")
        while "looking: azure" not in screen_text(pilot):
            await pilot.pause(0.02)
        assert "corp" in rows(pilot)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, ImportScreen)
        assert "● looking" not in screen_text(pilot).splitlines()[0]
        go_on.set()
        await press(pilot, "escape")
        assert pilot.app.screen is the_list(pilot)


async def test_rows_are_what_they_were_while_files_are_looked_into_again(
    tmp_path: Path, tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    all_of_them = imports.looks

    def later() -> Iterator[tuple[str, Looked | None]]:
        go_on.wait(60)
        yield from all_of_them()

    async with opened(write(tmp_path / "storage.toml"), (120, 40)) as pilot:
        await press(pilot, "i")
        screen = pilot.app.screen
        assert isinstance(screen, ImportScreen)
        await go_to(pilot, "disk")
        before = rows(pilot)
        monkeypatch.setattr(imports, "looks", later)
        await pilot.press("f5")
        await pilot.pause()
        assert rows(pilot) == before
        assert screen.why_not("answer") == "disk says where it leads."
        await pilot.press("space")
        go_on.set()
        await settle(pilot)
        assert rows(pilot)["disk"] == before["disk"]._replace(chosen=not before["disk"].chosen)
        assert screen.offer == rows(pilot)["disk"]


async def test_names_and_choices_outlast_another_look_and_taken_names_are_refused(
    tmp_path: Path, tools: Path
) -> None:
    async with opened(write(tmp_path / "storage.toml"), (120, 40)) as pilot:
        await press(pilot, "i")
        await go_to(pilot, "disk")
        await press(pilot, "r")
        await fill(pilot, "prod")
        assert "✗" in screen_text(pilot)
        await fill(pilot, "archive")
        await press(pilot, "space", "f5")
        assert not rows(pilot)["archive"].chosen
        assert rows(pilot)["corp"].chosen


async def test_no_secret_is_on_screen_and_what_works_is_tested_afterwards(
    tmp_path: Path, tools: Path
) -> None:
    path = write(tmp_path / "storage.toml")
    async with opened(path, (160, 50)) as pilot:
        await press(pilot, "i")
        for name in rows(pilot):
            await go_to(pilot, name)
            assert SECRET[:8] not in screen_text(pilot)
        await press(pilot, "a", "a", "a")
        await go_to(pilot, "disk")
        await press(pilot, "space", "enter")
        assert "Test disk now?" in screen_text(pilot)
        await press(pilot, "enter")
        assert "It works" in screen_text(pilot)
        await press(pilot, "escape")
        assert selected(pilot).name == "disk"
        assert SECRET[:8] not in screen_text(pilot)


async def test_nothing_is_imported_while_the_file_cannot_be_written(
    tmp_path: Path, tools: Path
) -> None:
    path = write(tmp_path / "storage.toml", f"version = 99\n{TWO.partition('1')[2]}")
    async with opened(path) as pilot:
        await press(pilot, "i")
        assert pilot.app.screen is the_list(pilot)
        assert "newer version" in said(pilot)


def check_private(file: str) -> None:
    """The secret is there, for its owner only."""
    kept = Path(file).expanduser()
    assert kept.read_text() == SECRET
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


async def test_a_secret_can_be_kept_in_the_keyring_or_a_file_so_that_it_never_is_in_ours(
    tmp_path: Path, made_home: Path, tools: Path, memory_keyring: MemoryKeyring
) -> None:
    path = write(tmp_path / "storage.toml")
    async with opened(path, (120, 40)) as pilot:
        await press(pilot, "i", "a", "a")
        for name, times, place in (("minio", 1, "⚿ keyring:storage/minio"), ("team", 2, "≡ file:")):
            await go_to(pilot, name)
            assert "⚠ a secret is copied" in screen_text(pilot)
            await press(pilot, *["m"] * times)
            assert place in words(pilot)
            assert rows(pilot)[name].copied is False
        await go_to(pilot, "corp")
        await press(pilot, "m", "space")
        assert "No secret of corp would be copied" in said(pilot)
        await press(pilot, "enter")
        await fill(pilot, "acme")
        await press(pilot, "n")
        assert names(pilot) == ["prod", "laptop", "minio", "team", "disk"]
    assert SECRET not in path.read_text()
    storages = read(path)["storage"]
    assert storages["minio"]["aws_secret_access_key"] == "keyring:storage/minio"
    assert memory_keyring.get_password("storage", "minio") == SECRET
    _, _, file = storages["team"]["aws_secret_access_key"].partition(":")
    check_private(file)


async def test_where_a_secret_cannot_be_kept_nothing_is_imported(
    tmp_path: Path, tools: Path
) -> None:
    path = write(tmp_path / "storage.toml")
    async with opened(path, (120, 40)) as pilot:
        await press(pilot, "i", "a", "a", "a")
        await go_to(pilot, "team")
        # Its folder is not there.
        await press(pilot, "space", "m", "m", "enter")
        assert isinstance(pilot.app.screen, ImportScreen)
        assert "does not exist; create that folder" in said(pilot)
        assert SECRET[:8] not in screen_text(pilot) + said(pilot)
    assert path.read_text() == TWO


async def test_a_file_that_changes_meanwhile_is_taken_as_it_is_by_then(
    tmp_path: Path, tools: Path
) -> None:
    path = write(tmp_path / "storage.toml")
    async with opened(path, (120, 40)) as pilot:
        await press(pilot, "i")
        write(path, f'{TWO}[storage.team]\ntype = "temporary"\n')
        screen = pilot.app.screen
        assert isinstance(screen, ImportScreen)
        await screen._session.reload()
        screen.changed_elsewhere("")
        await settle(pilot)
        assert "team-rclone" in rows(pilot)
        write(path, "default = \n")
        await screen._session.reload()
        await press(pilot, "f5", "enter")
        assert "The file cannot be read" in said(pilot)
        assert "team-rclone" in rows(pilot)
