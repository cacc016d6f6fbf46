"""Keeping secrets out of what drivers log. Called by the remote backends when they are made.

At level DEBUG drivers log whole requests, credentials included: botocore prints the session token
twice for each. Every module of theirs has a logger of its own, and more come into being while they
work, so the records are cleaned where all of them are made. Other people's records are left alone.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from typing import Any, Final

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
_masked: tuple[frozenset[str], Scrubber] = frozenset(), Scrubber(())
"""Which of them are masked, and what masks them."""


def keep_out(secrets: Iterable[str]) -> None:
    """Mask these in all that drivers log from now on, in this process."""
    global _masked
    _known.update(secrets)
    # Until it is so: another thread may have added some, or put what knows less in place. No lock:
    # a forked child could find it held for ever.
    while _masked[0] != _known:
        known = frozenset(_known)
        _masked = known, Scrubber(known)
    made_by = logging.getLogRecordFactory()
    if not isinstance(made_by, _Redacting):
        logging.setLogRecordFactory(_Redacting(made_by))


class _Redacting:
    """Makes log records as they were made before, and cleans those of drivers."""

    def __init__(self, make: Callable[..., logging.LogRecord]) -> None:
        self._make = make

    def __call__(self, *args: Any, **options: Any) -> logging.LogRecord:
        record = self._make(*args, **options)
        if str(record.name).partition(".")[0] in _DRIVERS:
            _clean(record)
        return record


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
    return _masked[1](mask_url(_HEADER.sub(rf"\g<1>{MASK}", text)))
