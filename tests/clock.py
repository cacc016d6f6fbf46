"""Runs the tests on another day, in another time zone: `--days-ahead 200 --time-zone '<+14>-14'`.

Only the clock of the tests' own process is moved. The kernel, servers and processes that a test
starts keep the real one, so the times that the kernel gives to files lie that many days in the
past.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
import time_machine

_environment = pytest.MonkeyPatch()

EAST = "<+14>-14"
"""A time zone 14 hours east of UTC, in the form that needs no database of time zones."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the two options."""
    group = parser.getgroup("storage")
    group.addoption("--days-ahead", type=float, default=0, help="run on the day so many days away")
    group.addoption(
        "--time-zone",
        default="UTC",
        help=f"run in this time zone; {EAST}, 14 hours east, needs no list of the zones' names",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Set the clock and the time zone before a test module is imported."""
    zone, days = config.getoption("time_zone"), config.getoption("days_ahead")
    _environment.setenv("TZ", zone)
    time.tzset()
    if zone.startswith("<") and time.tzname[0] != zone[1 : zone.index(">")]:
        raise pytest.UsageError(f"this system does not know the time zone {zone}")
    if days:
        # A number, since a time with a zone would also change the time zone of the process.
        travel = time_machine.travel(time.time() + days * 86400)
        travel.start()
        config.add_cleanup(travel.stop)


def pytest_unconfigure() -> None:
    """Set the clock back, for a program that called pytest from Python."""
    _environment.undo()
    time.tzset()


@pytest.fixture
def time_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """A function that sets the time zone for this test."""

    def change(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield change
    monkeypatch.undo()
    time.tzset()
