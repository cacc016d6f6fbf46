"""Each service runs once, in one process of pytest-xdist, with and without TLS."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple, TypeAlias

import pytest

from storage_core import S3Storage
from tests.matrix.services import SERVICES, Service
from tests.servers.certificates import self_signed
from tests.servers.s3 import Certificate, S3Server


class Running(NamedTuple):
    """A service that runs."""

    service: Service
    scheme: str
    server: S3Server

    def storage(self) -> S3Storage:
        """A configuration of a new bucket."""
        return S3Storage(
            bucket=self.server.new_bucket(),
            aws_access_key_id=self.server.access_key_id,
            aws_secret_access_key=self.server.secret_access_key,
            region_name="us-east-1",
            endpoint_url=self.server.endpoint_url,
            ca_bundle=str(self.server.ca_bundle) if self.server.ca_bundle else None,
        )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Have what asks for a service go through all of them."""
    if "running" in metafunc.fixturenames:
        metafunc.parametrize(
            "running",
            [
                pytest.param(
                    (service, scheme),
                    id=f"{service.name} {scheme}",
                    marks=pytest.mark.xdist_group(f"{service.name} {scheme}"),
                )
                for service in SERVICES
                for scheme in getattr(metafunc.module, "SCHEMES", ("http", "https"))
            ],
            indirect=True,
            scope="session",
        )


@pytest.fixture(scope="session")
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """The service, until all its tests are done."""
    service, scheme = request.param
    folder = tmp_path_factory.mktemp("service")
    certificate = Certificate(*self_signed(folder)) if scheme == "https" else None
    with service.start(folder, certificate) as server:
        yield Running(service, scheme, server)


Row: TypeAlias = Callable[..., None]

_PROPERTY: Final = "service"


@pytest.fixture
def row(running: Running, record_property: Callable[[str, object], None]) -> Row:
    """Hand in what was measured, and assert that it is what is declared."""

    def hand_in(what: str, found: object, *, is_declared: bool) -> None:
        shown = ("no", "yes")[found] if isinstance(found, bool) else str(found)
        record_property(_PROPERTY, (running.service.name, running.scheme, what, shown))
        assert is_declared, f"{running.service.name}: {what}: {shown}"

    return hand_in


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what each service can do, and how many of the cases passed on it."""
    table: dict[tuple[str, str], dict[str, str]] = {}
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, ()):
            name = _service_of(report.nodeid)
            if report.when != "call" or name is None:
                continue
            line = table.setdefault(name, {"passed": "0", "failed": "0"})
            line[outcome] = str(int(line[outcome]) + 1)
            for key, value in report.user_properties:
                if key == _PROPERTY:
                    line[value[2]] = value[3]
    if not table:
        return
    columns = list(dict.fromkeys(column for line in table.values() for column in line))
    rows = [["", *columns]]
    rows.extend(
        [" ".join(name), *(table[name].get(column, "") for column in columns)]
        for name in sorted(table)
    )
    widths = [max(map(len, each)) for each in zip(*rows, strict=True)]
    terminalreporter.section("services that speak S3")
    for each in rows:
        cells = (cell.ljust(width) for cell, width in zip(each, widths, strict=True))
        terminalreporter.write_line("  ".join(cells).rstrip())


def _service_of(nodeid: str) -> tuple[str, str] | None:
    for service in SERVICES:
        found = re.search(rf"[\[-]{re.escape(service.name)} (https?)[\]-]", nodeid)
        if found:
            return service.name, found[1]
    return None
