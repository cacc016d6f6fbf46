"""Times that servers and disks say: none of them hides a blob or ends a listing."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex

import pytest

import storage_core
from storage_core.backends.base import in_utc, time_at
from storage_core.backends.drivers.fsspec.entries import time_of
from tests.cli.conftest import run_process
from tests.clock import EAST
from tests.engines import both
from tests.servers.raw_http import RawServer, raw_server, response
from tests.tui.driving import press, screen_text, settle
from tui.app import StorageApp
from tui.session.quantities import human_age, local_time

WEST = "<-14>14"
LAST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
FIRST = datetime(1, 1, 1, tzinfo=UTC)
SAID = {
    "results/last": "9999-12-31T23:59:59.999Z",
    "results/first": "0001-01-01T00:00:00Z",
    "results/before": "0001-01-01T00:00:00+14:00",
    "results/zero": "0000-01-01T00:00:00Z",
    "results/words": "yesterday",
    "results/nothing": "",
    "results/number": "1e18",
    "results/naive": "2026-01-01T00:00:00",
    "results/old": "1969-12-31T23:59:59Z",
}
"""Keys, and the times of writing that the server below says of them."""


@contextmanager
def dated() -> Iterator[storage_core.S3Storage]:
    """A bucket on a server that says each time of `SAID`."""
    contents = "".join(
        f"<Contents><Key>{key}</Key><LastModified>{time}</LastModified><Size>3</Size></Contents>"
        for key, time in SAID.items()
    )

    def answer(server: RawServer, connection: socket.socket) -> None:
        query = server.asked.split(b" ")[1]
        if b"list-type" in query:
            listed = contents if b"flows" not in query else ""
            body = f"<ListBucketResult><Name>b</Name>{listed}</ListBucketResult>".encode()
            connection.sendall(response("200 OK", body, "Content-Type: application/xml"))
        else:
            time = SAID[re.search(rb"/b/([a-z]+/[a-z]+)", query)[1].decode()]
            connection.sendall(response("200 OK", b"abc", f"Last-Modified: {time}"))

    with raw_server(answer) as server:
        yield storage_core.S3Storage(
            bucket="b",
            endpoint_url=server.url,
            region_name="us-east-1",
            aws_access_key_id="AKIA",
            aws_secret_access_key=token_hex(8),
        )


@pytest.mark.parametrize("zone", [EAST, WEST])
def test_a_listing_has_every_blob_whatever_its_time(
    zone: str, time_zone: Callable[[str], None]
) -> None:
    time_zone(zone)
    with dated() as configuration, storage_core.open_store(configuration) as store:
        found = {blob.key: blob.modified for blob in store.list("results")}
        assert found == {
            "results/last": LAST.replace(microsecond=999000),
            "results/first": FIRST,
            "results/before": None,
            "results/zero": None,
            "results/words": None,
            "results/nothing": None,
            "results/number": None,
            "results/naive": datetime(2026, 1, 1, tzinfo=UTC),
            "results/old": datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC),
        }
        assert all(each is None or each.tzinfo is UTC for each in found.values())
        assert {store.read(key) for key in SAID} == {b"abc"}


@pytest.mark.parametrize("zone", [EAST, WEST])
async def test_the_app_shows_every_time(
    tmp_path: Path, zone: str, time_zone: Callable[[str], None]
) -> None:
    time_zone(zone)
    with dated() as configuration:
        file = storage_core.ConfigFile(tmp_path / "storage.toml")
        file.add(configuration, name="dated", default=True)
        async with StorageApp(Path(file.path)).run_test(size=(120, 40)) as pilot:
            await settle(pilot)
            await press(pilot, "b")
            seen = screen_text(pilot)
            assert re.search(r"results +last .* 3 B +in future", seen)
            assert re.search(r"results +first .* 3 B +long ago", seen)
            assert "in the future" in seen
            for _ in SAID:
                assert "written" in seen or "time unknown" in seen
                await press(pilot, "down")
                seen = screen_text(pilot)
            assert "time unknown" in seen or "long ago" in seen


@both
def test_the_command_prints_every_time(tmp_path: Path) -> None:
    with dated() as configuration:
        file = storage_core.ConfigFile(tmp_path / "storage.toml")
        file.add(configuration, name="dated", default=True)
        done = run_process("blobs", "--config", file.path)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == f"9999-12-31 23:59:59  {3:>12}  results/last"
    assert f"0001-01-01 00:00:00  {3:>12}  results/first" in lines
    assert f"{'-':<19}  {3:>12}  results/zero" in lines
    assert len(lines) == len(SAID)


@pytest.mark.parametrize(
    "said",
    [
        *(float("nan"), float("inf"), 1e18, -1e18, 10**400, "0000-00-00", "", None, [], b"x"),
        datetime(1, 1, 1),  # noqa: DTZ001
    ],
)
def test_what_a_file_system_says_is_a_time_in_utc_or_none(said: object) -> None:
    found = time_of({"mtime": said})
    assert found is None or found.tzinfo is UTC


def test_a_file_whose_time_no_calendar_has_is_listed(home: Path) -> None:
    assert time_at(-1) == datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert time_at(1e18) is None
    assert in_utc(datetime(2026, 1, 1)) == datetime(2026, 1, 1, tzinfo=UTC)  # noqa: DTZ001


def test_ages_of_any_time_fit_their_column() -> None:
    now = datetime(2026, 11, 29, tzinfo=UTC)
    for moment in (FIRST, LAST, now + timedelta(hours=2), now - timedelta(days=365 * 999)):
        assert len(human_age(moment, now)) <= 9
    assert human_age(now + timedelta(minutes=5), now) == "just now"
    assert human_age(now + timedelta(hours=2), now) == "in future"


def test_a_moment_is_said_in_local_time_where_that_has_it(time_zone: Callable[[str], None]) -> None:
    time_zone(EAST)
    assert local_time(LAST) == "9999-12-31 23:59:59 UTC"
    assert local_time(FIRST) == "0001-01-01 14:00:00 +14"
    time_zone(WEST)
    assert local_time(LAST) == "9999-12-31 09:59:59 -14"
    assert local_time(FIRST) == "0001-01-01 00:00:00 UTC"
