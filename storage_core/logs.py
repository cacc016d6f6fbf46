"""Keeping secrets out of what drivers log.

At level DEBUG drivers log whole requests, credentials included: botocore prints the session token
twice for each. Their loggers get a filter that cleans each record before any handler sees it. Every
module of theirs has a logger of its own, and more come into being while they work: those hand their
records up to their package's logger, where a handler of ours stands in front of all others. It
cleans the record and puts the filter on the logger that it is from. The loggers of others, and what
the process has set for all of them, are left alone.

One record of each such new logger can pass uncleaned, to a handler that is put on that very logger
before it has logged anything, and after a store was opened last.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from typing import Final

from storage_core.redaction import MASK, Scrubber, mask_url

_DRIVERS: Final = frozenset(
    {
        *("adlfs", "aiobotocore", "aiohttp", "asyncio", "azure", "boto3", "botocore", "dropbox"),
        *("fsspec", "gcsfs", "google", "hpack", "httpcore", "httpx", "keyring", "msal", "paramiko"),
        *("pyarrow", "requests", "s3fs", "smbclient", "smbprotocol", "spnego", "storage_core"),
        *("urllib3", "webdav4"),
    }
)
"""The packages whose loggers are meant: the first part of a logger's name."""

_HEADER: Final = re.compile(
    r"""((?:authorization|x-amz-security-token|cookie)['"]?\s*[:=]\s*(?:b?['"])?)[^'"\r\n]+""",
    re.IGNORECASE,
)
"""Credentials that no configuration holds, because a driver has found or been given them itself."""

_known: Final[set[str]] = set()
_scrub = Scrubber(())
"""Masks what is known."""


def keep_out(secrets: Iterable[str]) -> None:
    """Mask these in all that drivers log from now on, in this process."""
    global _scrub
    # A lock that `logging` makes anew in a forked child, which could find another held for ever.
    _CLEANER.acquire()
    try:
        if new := {*secrets} - _known:
            _known.update(new)
            _scrub = Scrubber(_known)
        for name in _DRIVERS:
            package = logging.getLogger(name)
            if _CLEANER not in package.handlers:
                # `addHandler` would put it behind those that are there.
                package.handlers.insert(0, _CLEANER)
        for name, logger in list(logging.root.manager.loggerDict.items()):
            if isinstance(logger, logging.Logger) and _is_driver(name):
                logger.addFilter(_pass_cleaned)
    finally:
        _CLEANER.release()


def _is_driver(name: str) -> bool:
    return name.partition(".")[0] in _DRIVERS


def _pass_cleaned(record: logging.LogRecord) -> bool:
    """A filter that lets everything pass."""
    _clean(record)
    return True


class _Cleaner(logging.Handler):
    """Cleans records on their way to the handlers behind it, and prints nothing by itself."""

    def handle(self, record: logging.LogRecord) -> bool:
        """See to one record. Threads need not take turns here, as where something is printed."""
        logger = logging.getLogger(record.name)
        if _pass_cleaned not in logger.filters:
            _clean(record)
            if _is_driver(record.name):
                logger.addFilter(_pass_cleaned)
        last = logging.lastResort
        if last and record.levelno >= last.level and not _has_other_handlers(logger):
            # Because of this handler, `logging` does not see that nobody has set up any.
            last.handle(record)
        return True


_CLEANER: Final = _Cleaner()


def _has_other_handlers(logger: logging.Logger | None) -> bool:
    while logger:
        if any(handler is not _CLEANER for handler in logger.handlers):
            return True
        logger = logger.parent if logger.propagate else None
    return False


def _clean(record: logging.LogRecord) -> None:
    try:
        text = record.getMessage()
    except Exception:
        text = f"{record.msg} {record.args!r}"
    if (cleaned := _cleaned(text)) != text:
        record.msg, record.args = cleaned, None
    if record.exc_info:
        trace = logging.Formatter().formatException(record.exc_info)
        if (cleaned := _cleaned(trace)) != trace:
            record.exc_info, record.exc_text = None, cleaned


def _cleaned(text: str) -> str:
    # Headers first: a known secret that is a part of a header's name would hide the header.
    return _scrub(mask_url(_HEADER.sub(rf"\g<1>{MASK}", text)))
