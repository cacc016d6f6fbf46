"""Keeps secrets out of what drivers log.

At level DEBUG drivers log whole requests, credentials included: botocore prints the session token
twice for each. So every logger of a driver gets a filter that cleans its records before any handler
sees them. Loggers that are made later pass their records up to their package's logger, where a
handler in front of all others cleans them and adds the filter. Other packages' loggers, and what is
set for the whole process, are left alone.

One gap: a logger that is made after the last store was opened, and given a handler of its own
before it has logged anything, passes its first record to that handler uncleaned.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from typing import Final

from storage_core.redaction import MASK, Scrubber, mask_url

_DRIVERS: Final = frozenset(
    {
        *("adlfs", "aiobotocore", "aiohttp", "asyncio", "asyncssh", "azure", "boto3", "botocore"),
        *("dropbox", "fsspec", "gcsfs", "google", "hpack", "httpcore", "httpx", "keyring", "msal"),
        *("pyarrow", "requests", "s3fs", "smbclient", "smbprotocol", "spnego", "storage_core"),
        *("urllib3", "webdav4"),
    }
)
"""The packages whose loggers are cleaned: the first part of a logger's name."""

OUR_THREADS: Final = "storage-"
"""How the names of the threads begin in which drivers work for us."""

_HEADER: Final = re.compile(
    r"""((?:authorization|x-amz-security-token|cookie)['"]?\s*[:=]\s*(?:b?['"])?)[^'"\r\n]+""",
    re.IGNORECASE,
)
"""Credentials that no configuration holds: the driver has found them by itself."""

_known: Final[set[str]] = set()
_scrub = Scrubber(())
"""Masks every secret in `_known`."""


def keep_out(secrets: Iterable[str]) -> None:
    """Mask these secrets in all that drivers log in this process from now on."""
    global _scrub
    # The handler's own lock: `logging` renews it in a forked child, where another could stay held.
    _CLEANER.acquire()
    try:
        if new := {*secrets} - _known:
            _known.update(new)
            _scrub = Scrubber(_known)
        for name in _DRIVERS:
            package = logging.getLogger(name)
            if _CLEANER not in package.handlers:
                # In front: `addHandler` would put it behind those that are there.
                package.handlers.insert(0, _CLEANER)
        for name, logger in list(logging.root.manager.loggerDict.items()):
            if isinstance(logger, logging.Logger) and _is_driver(name):
                logger.addFilter(_pass_cleaned)
    finally:
        _CLEANER.release()


def _is_driver(name: str) -> bool:
    return name.partition(".")[0] in _DRIVERS


def _pass_cleaned(record: logging.LogRecord) -> bool:
    """A filter that cleans records and drops none."""
    _clean(record)
    return True


class _Cleaner(logging.Handler):
    """Cleans records for the handlers behind it, and prints nothing itself."""

    def handle(self, record: logging.LogRecord) -> bool:
        """Clean one record, without the lock that printing needs."""
        logger = logging.getLogger(record.name)
        if _pass_cleaned not in logger.filters:
            _clean(record)
            if _is_driver(record.name):
                logger.addFilter(_pass_cleaned)
        last = logging.lastResort
        # What happens in our calls is told by what they raise, and by no traceback beside it.
        is_ours = (record.threadName or "").startswith(OUR_THREADS)
        if last and record.levelno >= last.level and not (is_ours or _is_handled(logger)):
            # Nobody has set up logging, which `logging` cannot tell because of this handler.
            last.handle(record)
        return True


_CLEANER: Final = _Cleaner()


def _is_handled(logger: logging.Logger | None) -> bool:
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
    # Headers first: masking a secret that is part of a header's name would hide the header.
    return _scrub(mask_url(_HEADER.sub(rf"\g<1>{MASK}", text)))
