"""What is kept out of the drivers' logs, whoever asks for it at the same time."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from secrets import token_hex
from statistics import median

import pytest

from storage_core import logs
from storage_core.backends.remote import io_loop
from storage_core.logs import keep_out
from storage_core.redaction import MASK
from tests.patience import within


@pytest.fixture
def hasty() -> Iterator[None]:
    """Threads give way to each other as often as they can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("hasty")
def test_secrets_that_several_threads_add_at_once_are_all_masked(
    caplog: pytest.LogCaptureFixture,
) -> None:
    added = [token_hex(16) for _ in range(100)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(keep_out, ([secret] for secret in added)))
    with caplog.at_level(logging.DEBUG, "botocore"):
        logging.getLogger("botocore.auth").debug("signing with %s", " and ".join(added))
    assert caplog.messages == [f"signing with {' and '.join([MASK] * len(added))}"]


class Holder:
    """Something that has secrets, such as a store."""


def test_thousands_of_secrets_cost_little_and_are_forgotten_after_their_holders(
    caplog: pytest.LogCaptureFixture,
) -> None:
    keep_out(())
    before = len(logs._scrub._counts)
    holders = [Holder() for _ in range(4000)]
    held = [token_hex(16) for _ in holders]
    # It was 77 seconds; alone on a quiet machine it is half a one.
    with within(10):
        for holder, secret in zip(holders, held, strict=True):
            keep_out([secret, "common to all"], holder)
    each = []
    with caplog.at_level(logging.DEBUG, "botocore"):
        for secret in held[::400]:
            began = time.perf_counter()
            logging.getLogger("botocore.auth").debug("signing with %s, common to all", secret)
            each.append(time.perf_counter() - began)
    # It was 23 milliseconds; some of them may have waited for a processor.
    assert median(each) < 0.01
    assert caplog.messages == [f"signing with {MASK}, {MASK}"] * 10

    last, last_holder = held[-1], holders[-1]
    del holder
    holders.clear()
    gc.collect()
    keep_out(())
    scrub = logs._scrub
    assert scrub(f"{last}, common to all") == f"{MASK}, {MASK}"
    # What was let go last may still be logged by a driver that closes; not what is long gone.
    assert 900 <= sum(scrub(secret) == MASK for secret in held[:-1]) <= 1000
    del last_holder
    gc.collect()
    keep_out([token_hex(16) for _ in range(1001)])
    assert scrub(f"{last}, common to all") == f"{last}, common to all"
    assert len(logs._scrub._counts) < before + 10_000


def test_a_secret_of_half_characters_is_no_reason_to_fail_and_the_others_stay_masked(
    caplog: pytest.LogCaptureFixture,
) -> None:
    good, odd = token_hex(16), "\udcff\ud800odd secret"
    keep_out([odd, good])
    keep_out([token_hex(16)])
    with caplog.at_level(logging.DEBUG, "botocore"):
        logging.getLogger("botocore.auth").debug("%s and %s", good, odd)
    assert caplog.messages == [f"{MASK} and {MASK}"]


def test_a_record_that_cannot_be_searched_is_passed_on_without_its_text(
    caplog: pytest.LogCaptureFixture,
) -> None:
    keep_out(())

    class Odd:
        def __str__(self) -> str:
            raise ValueError

        __repr__ = __str__

    with caplog.at_level(logging.DEBUG, "botocore"):
        logging.getLogger("botocore.auth").debug("%s", Odd())
    assert caplog.messages == ["a record that could not be searched for secrets"]


def test_what_drivers_warn_of_in_our_calls_is_not_printed_where_nobody_has_set_up_logging(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.root, "handlers", [])
    keep_out(())

    async def warn() -> None:
        logging.getLogger("aiobotocore.credentials").warning("refreshing failed")
        lost = asyncio.get_running_loop().create_future()
        lost.set_exception(ValueError("never retrieved"))

    io_loop.run(warn())
    gc.collect()
    io_loop.run(asyncio.sleep(0))
    assert capfd.readouterr().err == ""
    logging.getLogger("aiobotocore.credentials").warning("of another's call")
    assert capfd.readouterr().err == "of another's call\n"
