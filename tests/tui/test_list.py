"""What the list shows, and finding one's way in it."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input

from storage_core import Configurations
from storage_core.printable import printable
from tests.tui.driving import (
    TWO,
    burst,
    enter,
    names,
    press,
    said,
    screen_text,
    selected,
    settle,
    the_list,
    until,
    write,
)
from tui.app import StorageApp
from tui.kit.text import fit, wrap
from tui.session.workspace import Workspace

ODD = ["[/foo]", "[bold]x[/bold]", "日本語の保存場所", "תוצאות", "x" * 190, 'say "hi"', "a\u0301e"]


def odd_file(path: Path) -> Path:
    """Names that have broken other programs."""
    from json import dumps

    tables = (
        f'[storage.{dumps(name, ensure_ascii=False)}]\ntype = "local"\nstorage_path = "/x"\n'
        for name in ODD
    )
    return write(path, "\n".join(tables))


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
async def test_odd_names_are_shown_as_they_are(tmp_path: Path, size: tuple[int, int]) -> None:
    async with StorageApp(odd_file(tmp_path / "storage.toml")).run_test(size=size) as pilot:
        await settle(pilot)
        for name in ODD:
            assert selected(pilot).name == name
            text = screen_text(pilot)
            assert name[:6] in text
            await press(pilot, "j")
        for key in ("r", "D", "x", "e"):
            await press(pilot, "g", key, "escape")
            assert pilot.app.screen is the_list(pilot)


async def test_control_characters_in_names_are_escaped(tmp_path: Path) -> None:
    path = write(
        tmp_path / "storage.toml",
        '[storage."a\\u001b[31mb\\u202ec"]\ntype = "local"\nstorage_path = "/x\\u0007"\n',
    )
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        text = screen_text(pilot)
        assert "\\x1b[31mb\\u202ec" in text
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "\x07" not in text


async def test_filter_narrows_while_typing_and_escape_clears_it(tmp_path: Path) -> None:
    async with StorageApp(write(tmp_path / "storage.toml")).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "slash")
        for text, found in (
            ("lap", ["laptop"]),
            ("S3", ["prod"]),
            ("acme-res", ["prod"]),
            ("a0286", ["laptop"]),
            ("storage lap", ["laptop"]),
            ("nothing", []),
        ):
            await enter(pilot, text)
            assert names(pilot) == found
            await press(pilot, "ctrl+u")
        await press(pilot, "escape")
        assert names(pilot) == ["prod", "laptop"]
        assert pilot.app.focused is the_list(pilot).table


async def test_filter_then_enter_works_on_what_was_found(tmp_path: Path) -> None:
    async with StorageApp(write(tmp_path / "storage.toml")).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "slash", *"lap", "enter", "c")
        assert pilot.app.clipboard == "a0286a5b-0f5c-4a3e-9d67-0c3d1e1b2f3a"


THREE = TWO + '\n[storage.lab]\ntype = "temporary"\n'


@pytest.mark.parametrize(
    ("keys", "found", "back"),
    [
        ("j slash l a", "laptop", "laptop"),
        ("j slash l a b", "lab", "laptop"),
        ("j slash l a b backspace", "laptop", "laptop"),
        ("slash l a", "laptop", "prod"),
        ("slash l a x backspace", "laptop", "prod"),
        ("G slash l a", "laptop", "Temporary Local Storage"),
        ("slash l a b enter", "lab", "lab"),
        ("slash l a down j", "lab", "lab"),
        ("slash l a enter j slash", "lab", "lab"),
        ("slash l a enter j slash p ctrl+u", "lab", "lab"),
        ("j slash x y z", None, "laptop"),
        ("j slash x y z ctrl+u", "laptop", "laptop"),
    ],
)
async def test_the_filter_goes_to_the_first_that_is_found_and_back_to_where_it_began(
    tmp_path: Path, keys: str, found: str | None, back: str
) -> None:
    async with StorageApp(write(tmp_path / "storage.toml", THREE)).run_test() as pilot:
        await settle(pilot)
        await burst(pilot, *keys.split())
        row = the_list(pilot).row
        assert (row.name if row else None) == found
        await press(pilot, "escape")
        assert selected(pilot).name == back
        assert len(names(pilot)) == 3


async def test_keys_move_the_cursor(tmp_path: Path) -> None:
    text = "\n".join(
        f'[storage.s{n:03}]\ntype = "local"\nstorage_path = "/{n}"' for n in range(100)
    )
    async with StorageApp(write(tmp_path / "storage.toml", text)).run_test() as pilot:
        await settle(pilot)
        table = the_list(pilot).table
        for keys, expected in (
            (["down", "j"], 2),
            (["k", "up"], 0),
            (["up"], 0),
            (["end"], 100),
            (["g"], 0),
            (["G"], 100),
            (["home"], 0),
        ):
            await press(pilot, *keys)
            assert table.cursor == expected
            row = table.current
            assert row is not None
            assert row.name[:9] in "".join(screen_text(pilot).splitlines()[:12])


async def test_a_broken_table_is_listed_with_its_line_and_hides_no_other(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml", TWO + '\n[storage.bad]\ntype = "sfpt"\nhost = "x"\n')
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        assert names(pilot) == ["prod", "laptop", "bad"]
        assert re.search(r"⚠ +SFPT +bad ", screen_text(pilot))
        await press(pilot, "j", "j")
        text = " ".join(screen_text(pilot).replace("▌", "").split())
        assert "line 19" in text
        assert "is unknown" in text


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
async def test_a_broken_default_is_marked_as_both(tmp_path: Path, size: tuple[int, int]) -> None:
    path = write(tmp_path / "storage.toml", TWO.replace('type = "s3"', 'type = "s4"'))
    async with StorageApp(path).run_test(size=size) as pilot:
        await settle(pilot)
        line = next(line for line in screen_text(pilot).splitlines() if "★ prod" in line)
        assert re.search(r"⚠ +S4 +★ prod", line)


@pytest.mark.parametrize("content", ["x = [", "\x00", "[storage.a]\n[storage.a]\n"])
async def test_a_file_that_is_not_toml_is_told_and_left_alone(tmp_path: Path, content: str) -> None:
    path = write(tmp_path / "storage.toml", content)
    before = path.read_bytes()
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        assert "cannot be read" in screen_text(pilot)
        assert "not TOML" in screen_text(pilot)
        for key in ("n", "e", "d", "x", "u", "t", "b", "c", "T"):
            await press(pilot, key)
        assert pilot.app.screen is the_list(pilot)
    assert path.read_bytes() == before


async def test_a_folder_in_the_place_of_the_file_is_told(tmp_path: Path) -> None:
    async with StorageApp(tmp_path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        # The message is wrapped, wherever the path of the folder says.
        assert "isafolder" in re.sub(r"\W", "", screen_text(pilot))


async def test_a_read_only_file_is_told_and_cannot_be_changed(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    path.chmod(0o444)
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        assert "the file is read-only" in screen_text(pilot)
        await press(pilot, "n", "d", "x", "r")
        assert pilot.app.screen is the_list(pilot)
        path.chmod(0o644)
        await press(pilot, "f5")
        assert "read-only" not in screen_text(pilot)


async def test_a_default_that_names_nothing_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml", TWO.replace('default = "prod"', 'default = "prodd"'))
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        assert "did you mean 'prod'" in screen_text(pilot)


async def test_a_change_on_disk_is_shown_with_the_cursor_where_it_was(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, "j")
        write(path, '[storage.first]\ntype = "temporary"\n' + TWO[TWO.index("[storage.prod]") :])
        pilot.app._poll()
        await settle(pilot)
        assert names(pilot) == ["first", "prod", "laptop"]
        assert selected(pilot).name == "laptop"
        assert "changed elsewhere" in said(pilot)


async def test_a_change_is_seen_on_a_disk_that_takes_longer_than_a_poll(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "storage.toml")
    quick = Workspace.stamp

    def slow(workspace: Workspace, found: Configurations | None = None) -> object:
        time.sleep(0.2)
        return quick(workspace, found)

    monkeypatch.setattr("tui.app.POLL", 0.05)
    monkeypatch.setattr(Workspace, "stamp", slow)
    async with StorageApp(path).run_test() as pilot:
        await until(pilot, lambda: names(pilot) == ["prod", "laptop"])
        write(path, TWO.replace("[storage.laptop]", "[storage.desktop]"))
        await until(pilot, lambda: names(pilot) == ["prod", "desktop"])


@pytest.mark.parametrize(
    ("keys", "text", "words"),
    [
        ("", TWO + "# a comment\n", ""),
        ("", TWO.replace("[storage.laptop]", "[storage.desktop]"), "this is what it says now"),
        ("", "[storage\n", "cannot be read now"),
        ("", None, "was deleted elsewhere"),
        ("b", TWO.replace("[storage.laptop]", "[storage.desktop]"), "was changed elsewhere."),
        ("x", "[storage\n", "cannot be read now"),
    ],
    ids=["a comment", "a change", "broken", "deleted", "over the list", "a question"],
)
async def test_what_is_told_of_a_change_on_disk_is_true_for_the_screen_on_top(
    tmp_path: Path, keys: str, text: str | None, words: str
) -> None:
    path = write(tmp_path / "storage.toml")
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        await press(pilot, *"j", *keys)
        if text is None:
            path.unlink()
        else:
            write(path, text)
        pilot.app._poll()
        await settle(pilot)
        assert pilot.app.session.snapshot.stamp == pilot.app.session.workspace.stamp()
        assert words in said(pilot)
        assert bool(words) == ("elsewhere" in said(pilot))


async def test_sorting_is_remembered(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    # So wide that the column of tests gives no room to the path of the tests' home.
    async with StorageApp(path).run_test(size=(200, 40)) as pilot:
        await settle(pilot)
        assert "▾" not in screen_text(pilot)
        await press(pilot, "s")
        assert names(pilot) == ["laptop", "prod"]
    async with StorageApp(path).run_test(size=(200, 40)) as pilot:
        await settle(pilot)
        assert names(pilot) == ["laptop", "prod"]
        for head in ("Name▾", "Type▾", "Location▾", "▾ Test"):
            assert head in screen_text(pilot)
            assert screen_text(pilot).count("▾") == 1
            await press(pilot, "s")
        assert "▾" not in screen_text(pilot)


async def test_a_click_on_a_head_sorts_by_it_and_another_turns_that_round(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml", THREE)
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        table = the_list(pilot).table
        head = next(line for line in screen_text(pilot).splitlines() if "Location" in line)
        for title, order in (
            ("Name", ["lab", "laptop", "prod"]),
            ("Type", ["laptop", "prod", "lab"]),
            ("Location", ["laptop", "lab", "prod"]),
        ):
            place = (head.index(title) - table.region.x + 1, 0)
            in_file = ["prod", "laptop", "lab"]
            for sign, expected in (("▾", order), ("▴", order[::-1]), ("", in_file), ("▾", order)):
                await pilot.click("#list", offset=place)
                await settle(pilot)
                assert names(pilot) == expected
                assert table.rows[-1].built_in
                assert f" {title}{sign} " in screen_text(pilot)
                assert screen_text(pilot).count("▾") + screen_text(pilot).count("▴") == len(sign)
        await pilot.click("#list", offset=place)
        await settle(pilot)
    async with StorageApp(path).run_test() as pilot:
        await settle(pilot)
        assert names(pilot) == ["prod", "lab", "laptop"]
        assert "Location▴" in screen_text(pilot)
        await press(pilot, "s")
        assert "▾ Test" in screen_text(pilot)
        await press(pilot, "s")
        assert "▴" not in screen_text(pilot)


def test_text_is_cut_and_wrapped_by_cells() -> None:
    assert fit("日本語", 5) == "日本…"
    assert fit("ab", 4) == "ab  "
    assert list(wrap("one two three", 7)) == ["one two", "three"]
    assert list(wrap("abcdefgh", 3)) == ["abc", "def", "gh"]
    assert printable("a\nb\x9b") == "a\\nb\\x9b"


async def test_what_is_typed_right_behind_the_slash_is_no_command(tmp_path: Path) -> None:
    path = write(tmp_path / "storage.toml")
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "j")
        # As they come over a slow line: all at once, before the app has looked at the first.
        for typed in "/default/":
            pilot.app.post_message(events.Key("slash" if typed == "/" else typed, typed))
        await settle(pilot)
        assert pilot.app.screen.query_one("#filter", Input).value == "default/"
    assert path.read_text() == TWO


async def test_the_filter_says_how_much_it_found_and_which_keys_are_of_use(tmp_path: Path) -> None:
    text = "\n".join(f'[storage.s{n}]\ntype = "temporary"\n' for n in range(1, 1001))
    async with StorageApp(write(tmp_path / "storage.toml", text)).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "slash")
        for hint in ("Enter Keep", "↓ To the list", "Esc Show all"):
            assert hint in screen_text(pilot).splitlines()[-1]
        assert "n New" not in screen_text(pilot)
        assert " of 1,000" not in screen_text(pilot)
        await enter(pilot, "s99")
        assert "11 of 1,000" in screen_text(pilot)
        assert "Esc shows all" not in screen_text(pilot)
        await press(pilot, "down")
        assert "Esc shows all" in screen_text(pilot)
        assert pilot.app.focused is the_list(pilot).table
        assert "n New" in screen_text(pilot).splitlines()[-1]
        assert "11 of 1,000" in screen_text(pilot)
        await press(pilot, "escape")
        assert len(names(pilot)) == 1000
        assert " of 1,000" not in screen_text(pilot)
        # With nothing to look for there is nothing to keep.
        await press(pilot, "slash", "enter")
        assert "Esc shows all" not in screen_text(pilot)
        assert pilot.app.focused is the_list(pilot).table


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
async def test_a_filter_that_nothing_matches_says_so_in_the_place_of_the_list(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with StorageApp(write(tmp_path / "storage.toml")).run_test(size=size) as pilot:
        await settle(pilot)
        await press(pilot, "slash", *"xyz")
        assert 'Nothing matches "xyz". Esc clears the filter.' in screen_text(pilot)
        assert "Location" not in screen_text(pilot)
        # There is nothing to go to.
        await press(pilot, "enter", "down")
        assert isinstance(pilot.app.focused, Input)
        await press(pilot, "backspace", "backspace", "backspace", "p", "enter", "c")
        assert pilot.app.clipboard.startswith("61354abf")
        await press(pilot, "slash", "q", "q", "escape", "j")
        assert names(pilot) == ["prod", "laptop"]
        assert pilot.app.focused is the_list(pilot).table
        assert the_list(pilot).table.cursor == 1


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
async def test_a_broken_file_shows_no_empty_list_and_the_list_comes_back_with_it(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    path = write(tmp_path / "storage.toml")
    async with StorageApp(path).run_test(size=size) as pilot:
        await settle(pilot)
        await press(pilot, "slash", *"lap")
        write(path, TWO.replace('"s3"', '"s3'))
        pilot.app._poll()
        await settle(pilot)
        text = screen_text(pilot)
        assert "cannot be read" in text
        assert "Location" not in text
        assert "lap" not in text.splitlines()[1]
        assert not the_list(pilot).query_one("#detail").display
        write(path)
        await press(pilot, "f5")
        assert names(pilot) == ["prod", "laptop"]
        assert "Location" in screen_text(pilot)
        await press(pilot, "j", "c")
        assert pilot.app.clipboard.startswith("a0286a5b")


async def test_tags_are_shown_and_found_and_so_is_what_is_read_only(tmp_path: Path) -> None:
    path = write(
        tmp_path / "storage.toml",
        TWO + 'tags = ["prod-eu"]\nread_only = true\n[storage.c]\ntype = "temporary"\n',
    )
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        assert "⊘   laptop" in screen_text(pilot)
        await press(pilot, "j")
        assert "Local Storage · ⊘ read-only" in screen_text(pilot)
        await press(pilot, "slash", "number_sign")
        await enter(pilot, "prod")
        assert names(pilot) == ["laptop"]
