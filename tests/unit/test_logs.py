"""What is kept out of the drivers' logs, whoever asks for it at the same time."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from secrets import token_hex

import pytest

from storage_core.backends.remote import io_loop
from storage_core.logs import keep_out
from storage_core.redaction import MASK


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
