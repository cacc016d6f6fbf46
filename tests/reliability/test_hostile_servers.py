"""Figure 11 in full: every remote type against servers that are broken, slow or hostile.

The default suite goes through them one by one, in `tests/stores/backends`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple

import pytest

from storage_core.backends.base import Backend
from storage_core.backends.drivers.kv import open_kv
from storage_core.blobpath import prefix_of
from storage_core.errors import (
    AccessDenied,
    StorageError,
    StorageUnavailable,
)
from tests.engines import ENGINES
from tests.figures import Figure
from tests.reliability.canary import Canaries
from tests.reliability.sinks import shown
from tests.servers.misbehaving import UNAVAILABLE, signing_in
from tests.servers.raw_http import Answer, raw_server, response
from tests.stores.backends import test_file_transfer_hostile as transfer
from tests.stores.backends import test_hostile_servers as hostile
from tests.stores.backends import test_kv_hostile as hostile_kv
from tests.stores.backends.calls import get_file, put_file
from tests.stores.backends.test_hostile_servers import KEY, Driver

DEADLINE = 3.0
"""Seconds that a call may take."""

LATEST = 1.1 * DEADLINE
"""A tenth more is allowed."""


def kv() -> Driver:
    token = token_hex(20)
    return Driver(
        "kv", lambda url, timeout, _: open_kv(url, token=token, timeout=timeout), (token,)
    )


DRIVERS = (
    *(
        partial(make, engine)
        for make in (hostile._s3, hostile._azure, hostile._gcs)
        for engine in ENGINES
    ),
    partial(hostile._webdav, ""),
    kv,
)
REDIRECTS = ("301 Moved", "302 Found", "303 See Other", "307 T", "308 P")


class Outcome(NamedTuple):
    """What became of one call."""

    what: str
    seconds: float
    error: StorageError | None
    expected: type[StorageError] | None
    """None: whatever it is, it has to come in time."""


def operations(folder: Path) -> dict[str, Callable[[Backend], object]]:
    numbers = count()
    source = folder / "source"
    source.write_bytes(b"private")
    return {
        "get": lambda store: store.get(KEY),
        "get_file": lambda store: get_file(store, KEY, folder / f"target-{next(numbers)}"),
        "open": lambda store: store.open(KEY).read(),
        "put": lambda store: store.put(KEY, b"private", overwrite=True),
        "put_file": lambda store: put_file(store, KEY, source, overwrite=False),
        "exists": lambda store: store.exists(KEY),
        "list": lambda store: list(store.list(prefix_of("results"), delimiter=True)),
        "delete": lambda store: store.delete(KEY),
        "check": lambda store: store.check(),
    }


def cases(
    driver: Driver, calls: dict[str, Callable[[Backend], object]]
) -> Iterator[tuple[str, str, Answer | bytes, type[StorageError] | None]]:
    """What is called, what to call it, how the server answers, and what that is to become."""
    if driver.name == "kv":
        for name, answer, expected in hostile_kv.BROKEN:
            yield "get", f"get: {name}", answer, expected
    else:
        for name, answer in UNAVAILABLE.items():
            yield "get", f"get: {name}", answer, StorageUnavailable
    for operation in calls:
        for name in ("hang", "503", "reset in mid-body", "drip"):
            certain = name in ("hang", "503") and operation not in ("get_file", "open")
            expected = StorageUnavailable if certain else None
            yield operation, f"{operation}: {name}", UNAVAILABLE[name], expected
        for status in ("401 Unauthorized", "403 Forbidden"):
            yield operation, f"{operation}: {status}", response(status), AccessDenied


def outcome(
    driver: Driver,
    call: Callable[[Backend], object],
    what: str,
    answer: Answer | bytes,
    expected: type[StorageError] | None,
) -> Outcome:
    with raw_server(signing_in(answer)) as server:
        started = time.monotonic()
        error = None
        try:
            call(driver.open(server.url, DEADLINE))
        except StorageError as raised:
            error = raised
        return Outcome(f"{driver.name}, {what}", time.monotonic() - started, error, expected)


def all_ended(calls: Iterable[Callable[[], Outcome]]) -> list[Outcome]:
    """What became of calls of which six are made at a time.

    One that came late is made again by itself: what it waited for may have been the processor.
    """

    def ended(call: Callable[[], Outcome]) -> tuple[Callable[[], Outcome], Outcome]:
        return call, call()

    with ThreadPoolExecutor(6) as pool:
        made = [*pool.map(ended, calls)]
    return [call() if first.seconds > LATEST else first for call, first in made]


def stolen(driver: Driver, calls: dict[str, Callable[[Backend], object]]) -> list[bytes]:
    """What reaches a server that another one redirects to."""
    taken: list[bytes] = []
    for operation, call in calls.items():
        for status in REDIRECTS:
            with raw_server(response("200 OK", b"trap")) as trap:
                answer = response(status, b"", f"Location: {trap.url}/bucket/stolen")
                ended = outcome(driver, call, f"{operation}, {status}", answer, None)
                assert ended.error is not None or operation == "delete"
                taken += trap.requests
    return taken


@pytest.mark.reliability
@pytest.mark.timeout(900)
def test_figure_11_every_type_against_broken_servers(
    tmp_path: Path, canaries: Canaries, figure: Figure
) -> None:
    calls = operations(tmp_path)
    ended: list[Outcome] = []
    taken: list[bytes] = []
    for make in DRIVERS:
        driver = make()
        for number, secret in enumerate(driver.secrets):
            for line in secret.splitlines()[2:4] if "\n" in secret else [secret]:
                canaries.keep(f"{driver.name} {number}, {line[:4]}", line)
        # Importing and building a driver for the first time takes a second of its own.
        outcome(driver, calls["get"], "first", response("403 Forbidden"), None)
        ended += all_ended(
            partial(outcome, driver, calls[operation], name, answer, expected)
            for operation, name, answer, expected in cases(driver, calls)
        )
        taken += stolen(driver, calls)
    slowest = max(ended, key=lambda each: each.seconds)
    wrong = [
        f"{each.what}: {each.error!r}"
        for each in ended
        if each.expected is not None and type(each.error) is not each.expected
    ]
    told = "\n".join(text for each in ended if each.error for text in shown(each.error))
    redirects = len(DRIVERS) * len(calls) * len(REDIRECTS)
    left = [*tmp_path.glob("*target*")]
    figure(
        11,
        f"{len(ended)} calls of {len(DRIVERS)} types to broken servers, {redirects} to servers "
        "that redirect",
        f"slowest {slowest.seconds / DEADLINE:.0%} of the deadline; {len(wrong)} wrong errors; "
        f"{len(left)} partial files; {len(taken)} requests elsewhere; "
        f"{len(canaries.hits(told))} secrets shown",
    )
    assert slowest.seconds <= LATEST, slowest
    assert wrong == []
    assert left == []
    assert taken == []
    assert canaries.hits(told) == []


def test_a_redirect_that_is_followed_would_be_seen() -> None:
    """The positive control of what is sent elsewhere."""
    from urllib.request import Request, urlopen

    with raw_server(response("200 OK", b"trap")) as trap:
        answer = response("302 Found", b"", f"Location: {trap.url}/stolen")
        with raw_server(answer) as server:
            urlopen(Request(server.url, headers={"Authorization": "Bearer made-up"})).close()
        assert any(b"Bearer made-up" in request for request in trap.requests)


@pytest.mark.reliability
@pytest.mark.timeout(600)
def test_figure_11_ftp_and_sftp_against_servers_that_are_none(
    tmp_path: Path, figure: Figure
) -> None:
    calls = operations(tmp_path)

    def ended(scheme: str, line: bytes, hang: bool, operation: str) -> Outcome:
        with transfer.greeting(line, hang=hang) as address:
            started = time.monotonic()
            error = None
            try:
                calls[operation](transfer.opened(f"{scheme}://{address}/folder", DEADLINE))
            except StorageError as raised:
                error = raised
            what = f"{scheme}, {operation}: {line!r}, {hang}"
            return Outcome(what, time.monotonic() - started, error, StorageUnavailable)

    # Importing a driver for the first time takes a moment of its own.
    for scheme in ("ftp", "sftp"):
        ended(scheme, b"", False, "get")
    found = all_ended(
        partial(ended, scheme, line, hang, operation)
        for scheme in ("ftp", "sftp")
        for line, hang in transfer.GREETINGS
        for operation in calls
    )
    slowest = max(found, key=lambda each: each.seconds)
    wrong = [
        f"{each.what}: {each.error!r}" for each in found if type(each.error) is not each.expected
    ]
    told = "\n".join(text for each in found if each.error for text in shown(each.error))
    left = [*tmp_path.glob("*target*")]
    figure(
        11,
        f"{len(found)} calls over FTP and SFTP to what is no such server",
        f"slowest {slowest.seconds / DEADLINE:.0%} of the deadline; {len(wrong)} wrong errors; "
        f"{len(left)} partial files; {told.count(transfer.PASSWORD)} secrets shown",
    )
    assert slowest.seconds <= LATEST, slowest
    assert wrong == []
    assert left == []
    assert transfer.PASSWORD not in told
