"""Keeps secrets out of what drivers log.

At level DEBUG drivers log whole requests, credentials included: botocore prints the session token
twice for each. So every logger of a driver gets a filter that cleans its records before any handler
sees them. Loggers that are made later pass their records up to their package's logger, where a
handler in front of all others cleans them and adds the filter. Other packages' loggers and the
settings of the whole process are left alone.

One gap: a logger that is made after the last store was opened, and given a handler of its own
before it has logged anything, passes its first record to that handler uncleaned.
"""

from __future__ import annotations

import logging
import re
from collections import deque
from collections.abc import Iterable
from typing import Final
from weakref import finalize

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
"""The beginning of the names of threads in which drivers work for us."""

_HEADER: Final = re.compile(
    r"""((?:authorization|x-amz-security-token|cookie)['"]?\s*[:=]\s*(?:b?['"])?)[^'"\r\n]+""",
    re.IGNORECASE,
)
"""Headers with credentials that no configuration holds: the driver has found them by itself."""

_RECENT: Final = 1000
"""How many secrets stay masked after their last holder is gone: a driver may log one while it
closes what a store has left open, and a rotated one may still be in use."""

_scrub: Final = Scrubber()
"""Masks every secret in `_holders` and `_recent`."""

_holders: Final[dict[str, int]] = {}
"""The number of holders of each secret."""

_recent: Final[dict[str, None]] = {}
"""Secrets without a holder, in the order in which they were released."""

_let_go: Final[deque[tuple[str, ...]]] = deque()
"""Secrets of holders that were collected, to be released later: collection may happen anywhere."""


def keep_out(secrets: Iterable[str], holder: object = None) -> None:
    """Mask these secrets in all that drivers log in this process from now on.

    Args:
        secrets: what to mask.
        holder: the object that uses them: some time after it is collected they are masked no more.
            Without one, they count as released from the start.
    """
    ours = tuple({*secrets})
    # The handler's own lock: `logging` renews it in a forked child, where another could stay held.
    _CLEANER.acquire()
    try:
        while _let_go:
            _release(_let_go.popleft())
        _hold(ours)
        if holder is None:
            _release(ours)
        else:
            finalize(holder, _let_go.append, ours).atexit = False
        for name in _DRIVERS:
            package = logging.getLogger(name)
            if _CLEANER not in package.handlers:
                # In front: `addHandler` would put it after the existing ones.
                package.handlers.insert(0, _CLEANER)
        for name, logger in list(logging.root.manager.loggerDict.items()):
            if isinstance(logger, logging.Logger) and _is_driver(name):
                logger.addFilter(_pass_cleaned)
    finally:
        _CLEANER.release()


def _hold(secrets: Iterable[str]) -> None:
    for secret in secrets:
        if secret not in _holders and secret not in _recent:
            _scrub.add((secret,))
        _recent.pop(secret, None)
        _holders[secret] = _holders.get(secret, 0) + 1


def _release(secrets: Iterable[str]) -> None:
    for secret in secrets:
        left = _holders.pop(secret) - 1
        if left:
            _holders[secret] = left
        else:
            _recent[secret] = None
    while len(_recent) > _RECENT:
        oldest = next(iter(_recent))
        del _recent[oldest]
        _scrub.remove((oldest,))


def _is_driver(name: str) -> bool:
    return name.partition(".")[0] in _DRIVERS


def _pass_cleaned(record: logging.LogRecord) -> bool:
    """A filter that cleans records and drops none."""
    try:
        _clean(record)
    except Exception:
        # Whatever goes wrong: the call that logs must not fail, and nothing may pass uncleaned.
        record.msg, record.args = "a record that could not be searched for secrets", None
        record.exc_info = record.exc_text = None
    return True


class _Cleaner(logging.Handler):
    """Cleans records for the handlers after it, and prints nothing itself."""

    def handle(self, record: logging.LogRecord) -> bool:
        """Clean one record, without the lock that printing needs."""
        logger = logging.getLogger(record.name)
        if _pass_cleaned not in logger.filters:
            _pass_cleaned(record)
            if _is_driver(record.name):
                logger.addFilter(_pass_cleaned)
        last = logging.lastResort
        # Failures of our calls are reported by the errors that they raise, not by the log as well.
        is_quiet = _is_ours(record) or _is_handled(logger)
        if last and record.levelno >= last.level and not is_quiet:
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


def _is_ours(record: logging.LogRecord) -> bool:
    """Whether the record was made in one of our calls."""
    return (record.threadName or "").startswith(OUR_THREADS)


def _clean(record: logging.LogRecord) -> None:
    try:
        text = record.getMessage()
    except Exception:
        text = f"{record.msg} {record.args!r}"
    if (cleaned := _cleaned(text)) != text:
        record.msg, record.args = cleaned, None
    if record.exc_info:
        trace = logging.Formatter().formatException(record.exc_info)
        # Tracebacks of our calls have frames with secrets in them, which some handlers record.
        if (cleaned := _cleaned(trace)) != trace or _is_ours(record):
            record.exc_info, record.exc_text = None, cleaned


def _cleaned(text: str) -> str:
    # Headers first: masking a secret that is part of a header's name would hide the header.
    return _scrub(mask_url(_HEADER.sub(rf"\g<1>{MASK}", text)))
