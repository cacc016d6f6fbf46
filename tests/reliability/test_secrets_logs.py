"""Figure 12, log records: what drivers log holds no secret, and what others log is left alone."""

from __future__ import annotations

import logging
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_hex
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


def test_what_the_process_has_set_for_all_loggers_is_left_alone(canaries: Canaries) -> None:
    def set_for_all() -> tuple[object, ...]:
        root = logging.getLogger()
        loggers = logging.getLoggerClass(), logging.lastResort, logging.getLogRecordFactory()
        return *loggers, *root.handlers, *root.filters, root.level

    before = set_for_all()
    keep_out([canaries.new("token")])
    assert set_for_all() == before


def test_a_record_factory_of_somebody_else_is_kept_and_what_it_makes_is_cleaned(
    canaries: Canaries,
) -> None:
    secret = canaries.new("token")
    keep_out([secret])
    before = logging.getLogRecordFactory()

    def theirs(*args: Any, **options: Any) -> logging.LogRecord:
        record = logging.LogRecord(*args, **options)
        record.request_id = "7"
        return record

    # Set after the store was opened, and no other is opened since.
    logging.setLogRecordFactory(theirs)
    try:
        with listening(logging.getLogger()) as heard:
            logging.getLogger("s3fs").error("%s", secret)
            logging.getLogger(f"s3fs.{token_hex(4)}").error("%s", secret)
    finally:
        logging.setLogRecordFactory(before)
    assert [record.getMessage() for record in heard] == ["********"] * 2
    assert [record.__dict__["request_id"] for record in heard] == ["7"] * 2
    assert logging.makeLogRecord({"msg": "from afar"}).getMessage() == "from afar"


@pytest.mark.parametrize("where", ["", "botocore", "botocore.{}"])
def test_a_handler_hears_no_secret_wherever_it_was_put_before_a_store_was_opened(
    canaries: Canaries, where: str
) -> None:
    name = f"botocore.{token_hex(4)}"
    secret = canaries.new("token")
    logger = logging.getLogger(where.format(name.partition(".")[2]))
    with listening(logger) as heard:
        keep_out([secret])
        logging.getLogger(name).error("%s", secret)
        logging.getLogger(name).error("%s", secret)
    assert [record.getMessage() for record in heard] == ["********"] * 2


@pytest.mark.parametrize("where", ["", "botocore", "botocore.{}"])
def test_a_handler_hears_no_secret_wherever_it_is_put_afterwards(
    canaries: Canaries, where: str
) -> None:
    name = f"botocore.{token_hex(4)}"
    secret = canaries.new("token")
    keep_out([secret])
    # A module that is loaded late, and has logged something.
    logging.getLogger(name).error("loaded")
    with listening(logging.getLogger(where.format(name.partition(".")[2]))) as heard:
        logging.getLogger(name).error("%s", secret)
    assert [record.getMessage() for record in heard] == ["********"]


def test_a_logger_that_hands_nothing_up_is_cleaned_too(canaries: Canaries) -> None:
    secret = canaries.new("token")
    logger = logging.getLogger(f"urllib3.{token_hex(4)}")
    logger.propagate = False
    keep_out([secret])
    with listening(logger) as heard:
        logger.error("%s", secret)
    assert [record.getMessage() for record in heard] == ["********"]


@pytest.mark.parametrize("handler", ["", "their own, which prints nothing"])
def test_where_nobody_has_set_up_logging_warnings_are_still_printed_and_cleaned(
    canaries: Canaries, handler: str
) -> None:
    program = """if True:
        import logging, sys
        from storage_core.logs import keep_out
        secret = sys.stdin.read()
        keep_out([secret])
        if len(sys.argv) > 1:
            logging.getLogger("asyncio").addHandler(logging.NullHandler())
        logging.getLogger("asyncio").error("lost %s", secret)
        logging.getLogger("asyncio").info("quiet")
        logging.getLogger("botocore.new").warning("slow %s", secret)
        logging.getLogger("acme").warning("ours")
    """
    done = subprocess.run(
        [sys.executable, "-c", program, *filter(None, [handler])],
        input=canaries.new("token"),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    lost = "" if handler else "lost ********\n"
    assert (done.stdout, done.stderr) == ("", f"{lost}slow ********\nours\n")


@contextmanager
def listening(logger: logging.Logger) -> Iterator[list[logging.LogRecord]]:
    """The records that a handler on `logger` is given."""
    heard: list[logging.LogRecord] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(record)

    listener = Listener()
    logger.addHandler(listener)
    try:
        yield heard
    finally:
        logger.removeHandler(listener)
