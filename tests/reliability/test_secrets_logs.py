"""Figure 12, log records: what drivers log holds no secret, and what others log is left alone."""

from __future__ import annotations

import logging
from base64 import b64encode
from typing import Any
from urllib.parse import quote

import pytest

from storage_core.logs import keep_out
from tests.reliability.canary import Canaries
from tests.reliability.sinks import logged


@pytest.mark.parametrize("name", ["botocore.endpoint", "azure", "storage_core", "httpx"])
def test_a_driver_s_record_is_cleaned_with_its_arguments_and_its_exception(
    canaries: Canaries, name: str
) -> None:
    secret = canaries.new("token")
    keep_out([secret])
    with logged() as log:
        logger = logging.getLogger(name)
        logger.debug("plain %s and %r", secret, {"token": secret})
        logger.debug("url %s", f"http://me:password@host/?sig={quote(secret, safe='')}")
        logger.debug("basic %s", b64encode(f"me:{secret}".encode()).decode())
        logger.debug("too few arguments %s %s", secret)
        logger.log(5, {"not": "text", "token": secret})
        try:
            raise ValueError(secret)
        except ValueError:
            logger.exception("failed")
    assert log.getvalue().count("********") >= 7
    assert "password" not in log.getvalue()
    assert "ValueError: ********" in log.getvalue()
    assert canaries.hits(log.getvalue()) == []


@pytest.mark.parametrize(
    "text",
    [
        "headers={'X-Amz-Security-Token': b'%s', 'Date': 'today'}",
        "x-amz-date:20261122\nx-amz-security-token:%s\nhost:acme",
        '{"Authorization": "Bearer %s"}',
        "Authorization: Bearer %s",
        "set-cookie: session=%s; path=/",
    ],
)
def test_credentials_that_a_driver_has_found_by_itself_are_cleaned_too(
    canaries: Canaries, text: str
) -> None:
    keep_out([])
    with logged() as log:
        logging.getLogger("botocore.auth").debug(text % canaries.new("found by the driver"))
    assert canaries.hits(log.getvalue()) == []
    assert "********" in log.getvalue()


def test_records_of_others_are_left_alone(canaries: Canaries) -> None:
    secret = canaries.new("token")
    keep_out([secret])
    with logged() as log:
        logging.getLogger("acme.app").info("ours: %s", secret)
    assert log.getvalue() == f"acme.app INFO ours: {secret}\n"


def test_a_record_factory_of_somebody_else_is_kept_and_not_for_long_without_ours(
    canaries: Canaries, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = canaries.new("token")
    keep_out([secret])
    before = logging.getLogRecordFactory()

    def theirs(*args: Any, **options: Any) -> logging.LogRecord:
        record = logging.LogRecord(*args, **options)
        record.request_id = "7"
        return record

    try:
        logging.setLogRecordFactory(theirs)
        keep_out([secret])
        record = logging.getLogRecordFactory()("s3fs", 10, "f", 1, "%s", (secret,), None)
        assert record.request_id == "7"  # type: ignore[attr-defined]
        assert record.getMessage() == "********"
        assert logging.makeLogRecord({"msg": "from afar"}).getMessage() == "from afar"
    finally:
        logging.setLogRecordFactory(before)
