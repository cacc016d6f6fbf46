"""A transfer that is killed: nothing half is left, and the next one goes on."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from storage_core import Store, TransferEvent, transfer
from tests.children import Killable
from tests.figures import Figure
from tests.servers.s3 import S3Server
from tests.tools.conftest import s3_table
from tests.transfers.stores import contents, done, local, of_table

SIZES = (0, 10, 3000, 1_500_000)


def killed(source: Store, target: Store, count: int) -> None:
    """Transfer in a child, which is killed when some blobs have been copied and others begun."""

    def copy(ready: Callable[[], None]) -> None:
        copied = 0
        for event in transfer(source, target, jobs=8):
            if isinstance(event, TransferEvent) and event.outcome == "copied":
                copied += 1
                if copied == count:
                    ready()
        if copied < count:
            ready()
        while True:
            pass

    Killable(copy).kill()


def killed_often(source: Store, target: Store, rounds: int, blobs: int) -> int:
    """Kill that many transfers, and finish with one; gives how many blobs each found done."""
    chance = random.Random(11)
    data = [bytes([number % 251]) * SIZES[number % len(SIZES)] for number in range(blobs)]
    source.write_many(data)
    expected = contents(source)
    found = 0
    for _ in range(rounds):
        killed(source, target, chance.randint(1, max(2, blobs // rounds)))
        so_far = contents(target)
        assert all(expected[path] == data for path, data in so_far.items())
        assert len(so_far) >= found
        found = len(so_far)
    _, totals = done(source, target)
    assert (totals.failed, totals.copied + totals.skipped) == (0, blobs)
    assert totals.skipped >= found
    assert contents(target) == expected
    return found


@pytest.fixture(params=["local", "s3"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "local":
        return local(tmp_path / "target")
    server: S3Server = request.getfixturevalue("s3_disk_server")
    return of_table(s3_table(server))


def test_a_killed_transfer_goes_on(tmp_path: Path, target: Store) -> None:
    assert killed_often(local(tmp_path / "source"), target, rounds=2, blobs=48) > 0


@pytest.mark.reliability
@pytest.mark.timeout(600)
def test_thirty_killed_transfers_go_on(tmp_path: Path, target: Store, figure: Figure) -> None:
    killed_often(local(tmp_path / "source"), target, rounds=30, blobs=600)
    kind = target.configuration.label
    figure(
        "transfer", f"to {kind}, killed 30 times", "0 of 600 blobs half or lost, 0 copied wrongly"
    )
