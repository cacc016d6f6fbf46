"""Signed URLs with which anybody can read a blob for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage_core.backends.remote.reading import head
from storage_core.errors import AccessDenied, UnsupportedOperation

if TYPE_CHECKING:
    from typing import Any, Final

    from storage_core.backends.base import Link
    from storage_core.backends.remote.policy import Policy
    from storage_core.blobpath import BlobPath

_DAY: Final = 86400


def require_time(location: str, seconds: int, longest: int) -> None:
    """Raise `UnsupportedOperation` if no link is valid for so many seconds."""
    if seconds > longest:
        raise UnsupportedOperation(
            f"a link to {location} holds for at most {longest // _DAY} days, which is all that the "
            "service signs; ask for less"
        )


async def link(policy: Policy, path: BlobPath, seconds: int) -> Link:
    """Make a signed URL for a blob that exists.

    Credentials that may read a blob but not look it up get a link too: whether there is a blob only
    shows when the link is used.
    """
    hint = ""
    try:
        await head(policy, path)
    except AccessDenied as error:
        if error.while_signing_in:
            raise
        hint = f"whether there is such a blob is not known: {error}"

    async def signed(session: Any) -> Link:
        made: Link = await session.link(path, seconds)
        return made

    made = await policy.call(f"link to {path}", path, signed)
    return made._replace(hint="; ".join(filter(None, (hint, made.hint))))
