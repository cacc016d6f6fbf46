"""Finds out whether a server refuses because this machine's clock is wrong.

Signatures are valid for some minutes only.
"""

from __future__ import annotations

import re
import time
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Final

from storage_core.backends.remote.answers import answers
from storage_core.backends.remote.faults import Explained, Fault

_TOLERATED: Final = 240.0
"""Seconds that every service tolerates: most take five minutes or fifteen."""

SET_THE_CLOCK: Final = "set the clock of this machine"

_SKEWED: Final = ("RequestTimeTooSkewed", "RequestExpired")
_KEYS_ARE_WRONG: Final = ("InvalidAccessKeyId", "SignatureDoesNotMatch")
"""S3's error codes for wrong keys, which it sends only if the time is right."""


def clock_is_wrong(error: BaseException, fault: Fault) -> Explained | None:
    """The explanation of a refusal that is due to the clock; None if it is not.

    Args:
        error: what an attempt has raised.
        fault: what kind of failure it is.
    """
    if fault not in (Fault.DENIED, Fault.OTHER):
        return None
    found = list(answers(error))
    code = next((answer.code for answer in found if answer.code), "")
    dates = (answer.headers.get("date") or answer.headers.get("Date") for answer in found)
    apart = clock_apart(next((str(date) for date in dates if date), ""))
    said = f" ({code})" if re.search("[A-Za-z]", code) else ""
    if apart and code not in _KEYS_ARE_WRONG:
        return Explained(Fault.DENIED, f"access denied: {apart}{said}", SET_THE_CLOCK)
    if code in _SKEWED:
        why = "the time of this machine is too far from the server's"
        return Explained(Fault.DENIED, f"access denied: {why}{said}", SET_THE_CLOCK)
    return None


def clock_apart(date: str) -> str | None:
    """How far this machine's clock is from a server's; None if it is near, or that is unknown.

    Args:
        date: the header `Date` of an answer that has just come.
    """
    with suppress(ValueError, TypeError, OverflowError):
        ahead = time.time() - parsedate_to_datetime(date).timestamp()
        if abs(ahead) > _TOLERATED:
            way = "ahead of" if ahead > 0 else "behind"
            return f"this machine's clock is {_words(abs(ahead))} {way} the server's"
    return None


def _words(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 120:
        return f"{minutes} minutes"
    hours = round(minutes / 60)
    return f"{hours} hours" if hours < 48 else f"{round(hours / 24)} days"
