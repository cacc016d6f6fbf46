"""For how long a signed URL of S3 is valid with some credentials, and what to say about it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from storage_core.backends.base import Link
from storage_core.errors import UnsupportedOperation

if TYPE_CHECKING:
    from storage_core.backends.drivers.clouds.aws.signing_in import SigningIn


def held(seconds: int, finding: SigningIn | None, token: str | None) -> tuple[int, str]:
    """For how many seconds a link can be valid, and what ends it earlier.

    Args:
        seconds: for how long it should be valid.
        finding: has found the credentials; None if they are fixed.
        token: the session token, if the keys have one.
    """
    if finding is not None:
        left = finding.seconds_left(seconds)
        if left < seconds:
            end = datetime.now(UTC) + timedelta(seconds=left)
            return left, f"the credentials, and the link with them, end at {end:%Y-%m-%d %H:%M} UTC"
        return seconds, ""
    if token:
        return seconds, "the link ends when the session token does, if that is earlier"
    return seconds, ""


def linked(url: str, seconds: int, hint: str) -> Link:
    """A link that is valid from now on."""
    return Link(url, datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=seconds), hint)


def nobody_signs() -> UnsupportedOperation:
    """The error for a bucket that is used without credentials."""
    return UnsupportedOperation(
        "there are no links without credentials (anon in Options): who may read without them needs "
        "no signature"
    )
