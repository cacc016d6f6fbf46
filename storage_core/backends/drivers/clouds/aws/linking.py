"""How long an address of S3 holds that is signed with some credentials, and what to say of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from storage_core.backends.base import Link
from storage_core.errors import UnsupportedOperation

if TYPE_CHECKING:
    from storage_core.backends.drivers.clouds.aws.signing_in import SigningIn


def held(seconds: int, finding: SigningIn | None, token: str | None) -> tuple[int, str]:
    """How long a link can hold that is to hold so many seconds, and what ends it earlier.

    Args:
        seconds: as asked for.
        finding: has found the credentials; None where they are fixed.
        token: of a session, where the keys are those of one.
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
    """A link that holds from now on."""
    return Link(url, datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=seconds), hint)


def nobody_signs() -> UnsupportedOperation:
    """The error of a bucket that is asked without credentials."""
    return UnsupportedOperation(
        "there are no links without credentials (anon in Options): who may read without them needs "
        "no signature"
    )
