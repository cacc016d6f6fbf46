"""What matters of a row is whole and in sight, whatever the size, the names and the scroll bar."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.widgets import Static

from tests.quoting import in_toml
from tests.tui.driving import press, selected, settle, the_list, words, write
from tests.tui.test_snapshots import after_tests
from tui.app import StorageApp
from tui.features.configurations.table import (
    IDENTIFIER,
    LOCATION,
    NAME,
    SIGNS,
    ConfigurationLayout,
)
from tui.kit.columns import gap, widths
from tui.kit.table import Table
from tui.kit.text import cut_middle, wrap, wrap_value
from tui.session import sources
from tui.session.snapshot import Row
from tui.session.state import State

SIZES = [(60, 20), (80, 24), (100, 30), (120, 40), (200, 60)]
sizes = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")

NAMES = {
    "short": ("prod", "acme"),
    "long": ("n" * 30, "b" * 35),
    "longest": ("n" * 38, "b" * 33),
    "wide": ("東京の結果を保存する場所です", "b" * 35),
}


def visible(pilot: Pilot[Any]) -> list[str]:
    """The lines of the list that a person sees, without its scroll bar."""
    table = the_list(pilot).table
    region = table.scrollable_content_region
    strips = pilot.app.screen._compositor.render_strips()[region.y : region.bottom]
    return [strip.crop(region.x, region.right).text for strip in strips]


@sizes
@pytest.mark.parametrize("names", NAMES)
@pytest.mark.parametrize("many", [1, 70])
async def test_status_type_name_and_location_are_never_cut(
    tmp_path: Path, size: tuple[int, int], names: str, many: int
) -> None:
    name, bucket = NAMES[names]
    tables = [
        f'[storage."{name[:-2]}{number:02}"]\ntype = "s3"\nbucket = "{bucket[:-2]}{number:02}"\n'
        for number in range(many)
    ]
    async with StorageApp(write(tmp_path / "s.toml", "".join(tables))).run_test(size=size) as pilot:
        await settle(pilot)
        await after_tests(pilot)
        assert (the_list(pilot).table.max_scroll_y > 0) == (many > 1)
        for key, number in (("g", 0), ("end", many - 1)):
            await press(pilot, key, *(["k"] if key == "end" else []))
            row, text = selected(pilot), "\n".join(visible(pilot))
            assert row.name == f"{name[:-2]}{number:02}"
            assert f" {row.name} " in text.replace("\n", " \n")
            assert f" {row.location} " in text.replace("\n", " \n")
            line = next(line for line in text.splitlines() if row.name in line)
            assert line[1] == ("✗" if number == 0 else "✓" if number == 1 else " ")
            assert line[: line.index(row.name)].split()[-1] == "S3"
            assert row.id[:8] in line or row.id[:2] not in line.split()[-1]


SECRETS = """\
[storage.prod]
type = "s3"
bucket = "acme"
aws_access_key_id = "AKIAEXAMPLE"
aws_secret_access_key = "env:PROD_SECRET"
[storage.bare]
type = "s3"
bucket = "acme-bare"
aws_access_key_id = "env:BARE_KEY"
aws_secret_access_key = "not-a-secret"
aws_session_token = "keyring:storage/bare"
protected = true
[storage.ring]
type = "azure"
container = "acme"
connection_string = "keyring:storage/ring"
read_only = true
[storage.filed]
type = "gcs"
bucket = "acme"
service_account_info = "file:/run/secrets/gcs"
[storage.url]
type = "file"
base_path = "ftp://ada:not-a-secret@host/x"
[storage.open]
type = "s3"
bucket = "env:BUCKET"
"""


@sizes
async def test_a_row_has_the_sign_of_each_place_of_its_secrets_the_most_exposed_first(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with StorageApp(write(tmp_path / "s.toml", SECRETS)).run_test(size=size) as pilot:
        await settle(pilot)
        screen = the_list(pilot)
        signs = {}
        for row in screen.table.rows:
            cells = screen.table._drawn.cells(row, screen.table.widths)
            signs[row.name] = "".join(piece.text for piece in cells[SIGNS].more).strip()
            looks = {piece.text: piece.look for piece in cells[SIGNS].more}
            assert looks.pop("⚠", "warning") == "warning"
            assert {*looks.values()} <= {"muted"}
        assert signs == {
            "prod": "$",
            # Beside the details the list has less room than with them below it.
            "bare": "⚠◆" if size[0] == 100 else "⚠$◆",
            "ring": "⚿⊘",
            "filed": "≡",
            "url": "⚠",
            "open": "",
            "Temporary Local Storage": "",
        }
        assert re.search(r" S3 +\$ +prod ", "\n".join(visible(pilot)))
        # The details say the same, and help what each sign means.
        assert "$ env:PROD_SECRET" in str(screen.query_one("#detail Static", Static).render())
        await press(pilot, "question_mark")
        for sign, where in {
            "$": "a variable",
            "≡": "a file of its own",
            "⚿": "the keyring",
        }.items():
            assert f"{sign} a secret in {where}" in words(pilot)


def drawn(rows: list[Row], room: int) -> Iterator[tuple[str, ...]]:
    """What stands in each row, the signs left aside; dots stand for all that is cut."""
    layout = ConfigurationLayout(lambda _: None, (), State)
    given = widths(layout.columns(rows, room), room)
    lines = layout.lines(rows, given) or [1] * len(rows)
    for row, count in zip(rows, lines, strict=True):
        cells = [*layout.cells(row, given)]
        del cells[SIGNS]
        texts = [cell.text + "".join(piece.text for piece in cell.more) for cell in cells]
        if count > 1:
            place = layout.below(row, given)[NAME]
            texts += [place.text, *(piece.text for piece in place.more)]
        else:
            assert cell_len(row.name) <= given[NAME]
            assert cell_len(row.place) <= given[LOCATION]
        yield *("…" if "…" in text else text for text in texts), str(given[IDENTIFIER])


@pytest.mark.parametrize("seed", range(6))
def test_signs_of_places_of_secrets_take_nothing_from_any_row(seed: int) -> None:
    chance = random.Random(seed)
    shown = 0
    for _ in range(12):
        rows = [
            Row(
                name="n" * chance.choice([4, 9, 14, 30, 38, 60]),
                type="S3 Storage",
                location="s3://" + "b" * chance.choice([3, 12, 25, 40, 90]),
                id="61354abf-7cc8-4c2c-b890-78b1f985a9fb",
                entry=None,
                default=False,
                badge="S3",
                read_only=chance.random() < 0.2,
                tags=("#prod",) * chance.randrange(3),
                sources=tuple(s for s in sources.SIGNS if chance.random() < 0.3),
            )
            for _ in range(chance.randrange(1, 6))
        ]
        # A secret in the file has always had its sign.
        before = [
            row._replace(sources=tuple(each for each in row.sources if each == sources.HERE))
            for row in rows
        ]
        for room in range(20, 200, 3):
            assert [*drawn(rows, room)] == [*drawn(before, room)]
            layout = ConfigurationLayout(lambda _: None, (), State)
            given = widths(layout.columns(rows, room), room)[SIGNS]
            shown += given > widths(layout.columns(before, room), room)[SIGNS]
    assert shown > 60


@sizes
async def test_the_id_is_the_first_to_give_way_and_is_always_in_the_details(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    text = "".join(
        f'[storage.{name}]\nid = "61354abf-7cc8-4c2c-b890-78b1f985a9f{number}"\n'
        f'type = "s3"\nbucket = "{bucket}"\n'
        for number, (name, bucket) in enumerate(NAMES.values())
        if name.isascii()
    )
    async with StorageApp(write(tmp_path / "s.toml", text)).run_test(size=size) as pilot:
        await settle(pilot)
        screen = the_list(pilot)
        widths = screen.table.widths
        assert sum(width + len(gap(width)) for width in widths if width) < screen.table.size.width
        assert widths[IDENTIFIER] == {200: 8}.get(size[0], 0)
        for _ in range(3):
            detail = str(screen.query_one("#detail Static", Static).render())
            assert "".join(detail.split()).endswith(f"ID{selected(pilot).id}")
            await press(pilot, "j")


@pytest.mark.parametrize("width", [20, 30, 45])
async def test_a_list_with_no_room_at_all_draws_what_it_can(tmp_path: Path, width: int) -> None:
    path = write(tmp_path / "s.toml", '[storage.name]\ntype = "s3"\nbucket = "bucket"\n')
    async with StorageApp(path).run_test(size=(width, 20)) as pilot:
        await settle(pilot)
        assert "S3" in visible(pilot)[1]
        assert all(cell_len(line) <= width for line in visible(pilot))


async def test_rows_of_two_lines_are_moved_over_clicked_and_scrolled_as_one(tmp_path: Path) -> None:
    tables = [
        f'[storage.s{number:02}]\ntype = "s3"\nbucket = "{"b" * (60 if number % 2 else 9)}"\n'
        for number in range(40)
    ]
    async with StorageApp(write(tmp_path / "s.toml", "".join(tables))).run_test() as pilot:
        await settle(pilot)
        table = the_list(pilot).table
        # The location of s01 has the line below its name.
        head, *lines = visible(pilot)
        at = head.index("Name")
        names = [line[at : at + 3] for line in lines[:4]]
        assert names == ["s00", "s01", "s3:", "s02"]
        await pilot.click("#list", offset=(5, 3))
        assert selected(pilot).name == "s01"
        await pilot.click("#list", offset=(5, 4))
        assert selected(pilot).name == "s02"
        seen = [selected(pilot).name]
        while selected(pilot).entry:
            await press(pilot, "j")
            row = selected(pilot)
            assert row.entry is None or row.location in "".join(visible(pilot))
            seen.append(row.name)
        assert seen[:-1] == [f"s{number:02}" for number in range(2, 40)]
        pages = 0
        while table.cursor:
            await press(pilot, "pageup")
            pages += 1
            assert selected(pilot).location in "".join(visible(pilot))
        assert 5 < pages < 10
        for _ in range(pages):
            await press(pilot, "pagedown")
        assert table.cursor == 40


@sizes
async def test_size_and_age_of_a_blob_and_both_ends_of_its_name_are_never_cut(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    names = [f"nightly-{'forecast-' * 12}{number:03}.parquet" for number in range(60)]
    now = datetime.now(UTC).timestamp()
    (tmp_path / "blobs" / "results").mkdir(parents=True)
    for name in (*names, "東京" * 40):
        file = tmp_path / "blobs" / "results" / name
        file.write_bytes(b"1234")
        # The kernel's clock is not moved with that of the tests.
        os.utime(file, (now, now))
    text = f'[storage.a]\ntype = "local"\nstorage_path = {in_toml(tmp_path / "blobs")}\n'
    async with StorageApp(write(tmp_path / "s.toml", text)).run_test(size=size) as pilot:
        await settle(pilot)
        # Another program may have stored what is no key.
        await press(pilot, "b", "4", "enter", "s")
        table = pilot.app.screen.query_one("#blobs", Table)
        assert table.max_scroll_y > 0
        region = table.scrollable_content_region
        strips = pilot.app.screen._compositor.render_strips()[region.y : region.bottom]
        for number, strip in enumerate(strips[1:5]):
            line = strip.crop(region.x, region.right).text
            assert " nightly-fore" in line
            assert f"{number:03}.parquet " in line
            assert line[-1] == " "
            assert line.split()[-4:] == ["4", "B", "just", "now"]
        detail = str(pilot.app.screen.query_one("#strip").render())
        assert detail.startswith("results/nightly-")
        assert "000.parquet" in "".join(detail.splitlines()[:2])


def test_values_are_broken_behind_slashes_and_hyphens_only_and_else_cut_in_the_middle() -> None:
    assert list(wrap_value("s3://acme-results/results", 14)) == [
        "s3://acme-",
        "results/",
        "results",
    ]
    assert list(wrap_value("61354abf-7cc8-4c2c-b890-78b1f985a9fb", 24)) == [
        "61354abf-7cc8-4c2c-b890-",
        "78b1f985a9fb",
    ]
    assert list(wrap_value("x" * 20 + "end", 9)) == ["xxxx…xend"]
    assert list(wrap_value("", 9)) == [""]
    assert list(wrap("not in /srv/data-of/team now", 10)) == [
        "not in",
        "/srv/data-",
        "of/team",
        "now",
    ]


def test_names_are_cut_in_the_middle_by_cells() -> None:
    assert cut_middle("production-1", 12) == "production-1"
    assert cut_middle("production-1", 9) == "prod…on-1"
    assert cell_len(cut_middle("東京の結果を保存する場所", 11)) <= 11
    assert cut_middle("abcdef", 3) == "ab…"


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_tags_give_way_before_a_location_is_cut(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    tags = [f"a-rather-long-tag-{number}" for number in range(9)]
    text = f'[storage.{"n" * 30}]\ntype = "s3"\nbucket = "{"b" * 30}"\ntags = {tags}\n'
    async with StorageApp(write(tmp_path / "s.toml", text)).run_test(size=size) as pilot:
        await settle(pilot)
        assert re.search(r" s3://b{30}( +#a-rather-long-tag-\d)* … ", "\n".join(visible(pilot)))


async def test_what_is_wrong_with_a_row_is_cut_at_its_end_as_a_sentence_is(tmp_path: Path) -> None:
    path = write(tmp_path / "s.toml", '[storage.prod]\ntype = "s3"\nbukcet = "acme"\n')
    async with StorageApp(path).run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        line = next(line for line in visible(pilot) if "bukcet" in line)
        assert re.search(r"bukcet is not a setting of S3 Storage; .*…\s*$", line), line
