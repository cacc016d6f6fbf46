"""Looking into a blob and downloading it: what is shown of which bytes, which files are written."""

from __future__ import annotations

import os
import pickle
import threading
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from storage_core import get_store
from storage_core.backends.local.backend import LocalBackend
from tests.quoting import in_toml
from tests.tui.browsing import SIZES, blob, browsing, current, filled, local
from tests.tui.driving import press, said, screen_text, settle, the_list, until
from tui.app import StorageApp
from tui.features.blobs.download import DownloadDialog
from tui.features.blobs.preview import PreviewScreen
from tui.session.preview.choosing import preview_of
from tui.session.preview.json_text import MOST_INDENTED
from tui.session.preview.source import PREVIEWED, Source


def plain(pilot: Pilot[Any]) -> str:
    """What is on screen, each run of spaces as one."""
    return " ".join(screen_text(pilot).replace("▌", "").split())


async def type_path(pilot: Pilot[Any], path: Path) -> None:
    """Put a path into the field of the download's screen."""
    pilot.app.screen.query_one("#path", Input).value = str(path)
    await settle(pilot)


# ---- preview


@pytest.mark.parametrize("size", SIZES)
async def test_text_is_wrapped_and_never_taken_for_markup_or_obeyed(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    path = local(tmp_path)
    text = "[bold]loud[/bold] [/x] \x1b[2J\x07 tab\tend\r\n" + "日本語 " * 60 + "last"
    blob(tmp_path, "results/text", text.encode())
    async with StorageApp(path).run_test(size=size) as pilot:
        await settle(pilot)
        await press(pilot, "b", "enter")
        assert isinstance(pilot.app.screen, PreviewScreen)
        assert "[bold]loud[/bold] [/x] \\x1b[2J\\x07 tab" in screen_text(pilot)
        assert screen_text(pilot).count("日本語") == 60
        assert "last" in screen_text(pilot)
        await press(pilot, "escape")
        assert current(pilot) == "results/text"


async def test_json_is_indented_as_it_was_written(tmp_path: Path) -> None:
    path = local(tmp_path)
    blob(tmp_path, "results/a.json", b'{"n":1.10,"n":1e999,"list":[],"deep":[{"x":"a,\\u00e9"}]}')
    async with StorageApp(path).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "b", "space")
        lines = [line.rstrip() for line in screen_text(pilot).splitlines()]
        start = lines.index("  {")
        assert [line[2:] for line in lines[start : start + 10]] == [
            "{",
            '  "n": 1.10,',
            '  "n": 1e999,',
            '  "list": [],',
            '  "deep": [',
            "    {",
            '      "x": "a,\\u00e9"',
            "    }",
            "  ]",
            "}",
        ]
        await press(pilot, "v")
        assert "7b 22 6e 22" in screen_text(pilot)
        await press(pilot, "v")
        assert '"n": 1.10' in screen_text(pilot)


@pytest.mark.parametrize("size", SIZES)
async def test_bytes_are_shown_as_numbers_and_characters(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    path = local(tmp_path)
    blob(tmp_path, "results/bin", bytes(range(256)) + b"  Z  ")
    async with StorageApp(path).run_test(size=size) as pilot:
        await settle(pilot)
        await press(pilot, "b", "enter")
        text = screen_text(pilot)
        assert "not text" in text
        if size[0] >= 80:
            row = "000040  40 41 42 43 44 45 46 47  48 49 4a 4b 4c 4d 4e 4f  @ABCDEFGHIJKLMNO"
        else:
            row = "000040  40 41 42 43  44 45 46 47  @ABCDEFG"
        assert row in text
        await press(pilot, "G")
        assert "  Z" in screen_text(pilot)


class Bomb:
    """Leaves a mark when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self._mark = mark

    def __reduce__(self) -> Any:
        return Path.touch, (self._mark,)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
async def test_a_pickle_is_never_opened(tmp_path: Path, protocol: int) -> None:
    path, mark = local(tmp_path), tmp_path / "mark"
    blob(tmp_path, "results/pickle", pickle.dumps(Bomb(mark), protocol))
    async with StorageApp(path).run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        await press(pilot, "b", "enter")
        if protocol >= 2:
            assert "it is never opened" in screen_text(pilot)
            assert "pathlib." in screen_text(pilot)
            await press(pilot, "v")
            assert f"000000  80 0{protocol}" in screen_text(pilot)
    assert not mark.exists()


class Counted(BytesIO):
    """A blob that remembers how much of it was read, and can be held up before each piece."""

    taken = 0
    gate: threading.Event | None = None
    asked = threading.Event()

    def read1(self, size: int | None = -1, /) -> bytes:
        self.asked.set()
        if self.gate is not None:
            self.gate.wait()
        piece = super().read1(size)
        self.taken += len(piece)
        return piece


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Counted]:
    """The blobs that were opened in local storages."""
    files: list[Counted] = []
    whole = LocalBackend.open

    def counted(backend: LocalBackend, key: Any) -> Any:
        with whole(backend, key) as file:
            files.append(Counted(file.read()))
        return files[-1]

    monkeypatch.setattr(LocalBackend, "open", counted)
    return files


async def test_no_more_than_the_beginning_is_read(tmp_path: Path, opened: list[Counted]) -> None:
    path = local(tmp_path)
    blob(tmp_path, "results/long", b"line of text\n" * 100_000)
    async with StorageApp(path).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "b", "enter")
        assert "only the first 64 KiB; w downloads all of it" in screen_text(pilot)
        await press(pilot, "G")
        assert "line of text" not in screen_text(pilot).splitlines()[-2]
    assert [file.taken for file in opened] == [PREVIEWED + 1]
    assert opened[0].closed


async def test_the_arrows_go_from_blob_to_blob(tmp_path: Path) -> None:
    async with StorageApp(filled(tmp_path)).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "b", "enter")
        for key, name in (
            ("left", "delta"),
            ("right", "alpha"),
            ("l", "charlie"),
            ("h", "alpha"),
        ):
            await press(pilot, key)
            assert f"results/{name}" in screen_text(pilot) or f"flows/{name}" in screen_text(pilot)
        await press(pilot, "c")
        assert pilot.app.clipboard == "results/alpha"
        await press(pilot, "x", "right", "enter")
        assert [row.name for row in browsing(pilot).table.rows][:2] == ["delta", "charlie"]


async def test_a_blob_that_is_gone_is_told(tmp_path: Path) -> None:
    async with StorageApp(filled(tmp_path)).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "b")
        (tmp_path / "blobs" / "results" / "delta").unlink()
        await press(pilot, "enter")
        assert "holds no blob results/delta" in plain(pilot)
        await press(pilot, "escape")
        assert current(pilot) == "results/delta"


async def test_damage_to_a_hash_blob_is_told(tmp_path: Path) -> None:
    path = hashed(tmp_path)
    with get_store("place", config_path=path) as store:
        name = store.write(b"what was written").partition("/")[2]
    (tmp_path / "blobs" / "results" / name).write_bytes(b"something else")
    async with StorageApp(path).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "b", "enter")
        assert "are not those that were written" in plain(pilot)
        await press(pilot, "w")
        await type_path(pilot, tmp_path / "copy")
        await press(pilot, "enter")
        assert "are not those that were written" in plain(pilot)
    assert files_in(tmp_path) == {"storage.toml"}


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "empty"),
        (b"plain", "text"),
        (b'"only a string"', "text"),
        (b"[INFO] a line of a log\n", "text"),
        (b'{"a": 1} {"b": 2}', "text"),
        (b"[" * 60_000, "text"),
        (b'{"a": [1, 2', "text"),
        (b'{"rows": [' + b'{"x": "y"},' * 10_000, "JSON, indented"),
        (b'{"text": "' + b"x" * 70_000, "JSON, indented"),
        (b"[" * 500 + b"1," * 40_000, "JSON, indented as far as fits"),
        ("é".encode() * 40_000, "text"),
        (b"\xef\xbb\xbfwith a mark", "text"),
        (b"a\0b", "not text, shown as bytes"),
        (b"\xff\xfe", "not text, shown as bytes"),
        (b"\x1f\x8b\x08", "gzip, shown as bytes"),
        (b"PK\x03\x04", "zip, shown as bytes"),
    ],
)
def test_what_a_blob_is_is_told_by_its_beginning(data: bytes, what: str) -> None:
    found = preview_of(Source(data[: PREVIEWED + 1], whole=len(data) <= PREVIEWED))
    assert found.what == what
    lines = ["".join(text for text, _ in line) for line in found.drawn(60).lines]
    assert all(len(line) <= 60 and line.isprintable() for line in lines)
    assert sum(map(len, lines)) <= 2 * MOST_INDENTED


# ---- download


def hashed(folder: Path) -> Path:
    """A configuration file with one storage, `place`, whose keys are hashes."""
    path = folder / "storage.toml"
    path.write_text(
        '[storage.place]\ntype = "file"\nkey_type = "hash"\n'
        f"base_path = {in_toml(folder / 'blobs')}\n"
    )
    return path


def files_in(folder: Path) -> set[str]:
    """The files directly in a folder."""
    return {path.name for path in folder.iterdir() if path.is_file()}


async def test_a_blob_is_downloaded_to_the_folder_of_downloads(tmp_path: Path) -> None:
    path, downloads = filled(tmp_path), Path.home() / "Downloads"
    downloads.mkdir()
    async with StorageApp(path).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "b", "j", "w")
        assert "~/Downloads/alpha" in screen_text(pilot)
        await press(pilot, "enter")
        assert browsing(pilot)
        assert "Downloaded to ~/Downloads/alpha." in said(pilot)
    assert (downloads / "alpha").read_bytes() == b"x" * 5000
    assert files_in(downloads) == {"alpha"}


async def test_without_such_a_folder_the_current_one_is_proposed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with StorageApp(filled(tmp_path)).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "b", "w", "enter")
    assert (tmp_path / "delta").read_bytes() == b"xxx"


async def test_a_file_is_replaced_only_after_asking(tmp_path: Path) -> None:
    target = tmp_path / "taken"
    target.write_bytes(b"before")
    async with StorageApp(filled(tmp_path)).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "b", "w")
        await type_path(pilot, target)
        for answer in ("enter", "escape"):
            await press(pilot, "enter")
            assert "is there already" in plain(pilot)
            await press(pilot, answer)
            assert isinstance(pilot.app.screen, DownloadDialog)
            assert target.read_bytes() == b"before"
        await press(pilot, "enter", "right", "enter")
        assert browsing(pilot)
    assert target.read_bytes() == b"xxx"
    assert files_in(tmp_path) == {"storage.toml", "taken"}


async def test_a_download_goes_where_a_link_leads_and_keeps_the_mode(tmp_path: Path) -> None:
    target, link = tmp_path / "taken", tmp_path / "link"
    target.write_bytes(b"before")
    target.chmod(0o600)
    link.symlink_to(target)
    async with StorageApp(filled(tmp_path)).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "b", "w")
        await type_path(pilot, link)
        await press(pilot, "enter", "right", "enter")
        assert browsing(pilot)
        await press(pilot, "w")
        await type_path(pilot, Path(os.devnull))
        await press(pilot, "enter")
        assert "is no regular file" in plain(pilot)
    assert link.is_symlink()
    assert target.read_bytes() == b"xxx"
    assert target.stat().st_mode & 0o777 == 0o600


async def test_a_folder_means_the_file_in_it_and_a_missing_one_is_told(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    async with StorageApp(filled(tmp_path)).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "b", "w")
        await type_path(pilot, tmp_path / "missing" / "file")
        await press(pilot, "enter")
        assert "there is no folder" in plain(pilot)
        await press(pilot, "x")
        assert "there is no folder" not in plain(pilot)
        await type_path(pilot, Path(" "))
        await press(pilot, "enter")
        assert "name a file" in plain(pilot)
        await type_path(pilot, tmp_path / "there")
        await press(pilot, "enter")
    assert (tmp_path / "there" / "delta").read_bytes() == b"xxx"


@pytest.mark.parametrize("leave", ["escape", "ctrl+q"])
async def test_a_download_can_be_left_and_leaves_nothing(
    tmp_path: Path, opened: list[Counted], monkeypatch: pytest.MonkeyPatch, leave: str
) -> None:
    gate, asked = threading.Event(), threading.Event()
    monkeypatch.setattr(Counted, "gate", gate)
    monkeypatch.setattr(Counted, "asked", asked)
    async with StorageApp(filled(tmp_path)).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "b", "j", "w")
        await type_path(pilot, tmp_path / "copy")
        await pilot.press("enter")
        await until(pilot, asked.is_set)
        await until(pilot, lambda: "╌ 0 B of 4.9 KiB" in plain(pilot))
        await pilot.press(leave)
        if leave == "escape":
            await until(pilot, lambda: "nothing was written" in said(pilot))
            assert browsing(pilot)
    if leave == "ctrl+q":
        assert files_in(tmp_path) == {"storage.toml"}
    gate.set()
    for thread in threading.enumerate():
        if thread.daemon and thread is not threading.current_thread() and "run" in thread.name:
            thread.join(10)
    assert files_in(tmp_path) == {"storage.toml"}
    assert all(file.closed for file in opened)


async def test_a_file_that_came_there_meanwhile_is_left_alone(
    tmp_path: Path, opened: list[Counted], monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, asked = threading.Event(), threading.Event()
    monkeypatch.setattr(Counted, "gate", gate)
    monkeypatch.setattr(Counted, "asked", asked)
    async with StorageApp(filled(tmp_path)).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "b", "w")
        await type_path(pilot, tmp_path / "copy")
        await pilot.press("enter")
        await until(pilot, asked.is_set)
        (tmp_path / "copy").write_bytes(b"mine")
        gate.set()
        await settle(pilot)
        assert "is there by now" in plain(pilot)
        await press(pilot, "escape")
        assert browsing(pilot)
    assert (tmp_path / "copy").read_bytes() == b"mine"
    assert files_in(tmp_path) == {"storage.toml", "copy"}


async def test_a_large_blob_comes_in_pieces(tmp_path: Path, opened: list[Counted]) -> None:
    path = local(tmp_path)
    data = bytes(range(256)) * 4096 * 3 + b"end"
    blob(tmp_path, "results/large", data)
    async with StorageApp(path).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "b", "w")
        screen = pilot.app.screen
        assert isinstance(screen, DownloadDialog)
        seen: list[int] = []
        draw = screen._progress
        screen._progress = lambda done: (seen.append(done), draw(done))[1]  # type: ignore[method-assign]
        await type_path(pilot, tmp_path / "copy")
        await press(pilot, "enter")
    assert seen == [0, 2**20, 2**21, 3 * 2**20, len(data)]
    assert (tmp_path / "copy").read_bytes() == data


async def test_leaving_the_screen_leaves_the_list_as_it_was(tmp_path: Path) -> None:
    async with StorageApp(filled(tmp_path)).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "b", "enter", "escape", "escape")
        assert pilot.app.screen is the_list(pilot)
