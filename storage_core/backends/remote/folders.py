"""Folders of remote places in which they exist by themselves, not only as beginnings of paths."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Protocol, cast

from storage_core.errors import BlobExists, BlobNotFound
from storage_core.printable import printable

if TYPE_CHECKING:
    from storage_core.backends.remote.driver import Session
    from storage_core.backends.remote.policy import Policy
    from storage_core.blobpath import BlobPath, Prefix


class _Folders(Protocol):
    """What sessions also provide if `has_folders` of their driver is true."""

    async def has_folder(self, prefix: Prefix) -> bool:
        """Whether there is one."""

    async def make_folder(self, prefix: Prefix) -> None:
        """Create one, and those above it; no error where there is one."""

    async def remove_folder(self, prefix: Prefix) -> None:
        """Remove one; an `OSError` with `ENOTEMPTY` where something is in it."""


async def has(policy: Policy, prefix: Prefix) -> bool:
    """Whether there is a folder."""
    try:
        return await policy.call(
            f"look up {prefix}", _path(prefix), lambda session: _of(session).has_folder(prefix)
        )
    except BlobNotFound:
        return False


async def make(policy: Policy, prefix: Prefix) -> None:
    """Create a folder."""
    await policy.call(
        f"create {prefix}",
        _path(prefix),
        lambda session: _of(session).make_folder(prefix),
        writes=True,
    )


async def remove(policy: Policy, prefix: Prefix) -> None:
    """Remove an empty folder, if there is one."""

    async def once(session: Session) -> None:
        try:
            await _of(session).remove_folder(prefix)
        except OSError as error:
            if error.errno != errno.ENOTEMPTY:
                raise
            raise BlobExists(
                f"{policy.place.location}: {printable(prefix)} is not empty; "
                "delete what it holds first"
            ) from error

    try:
        await policy.call(f"delete {prefix}", _path(prefix), once)
    except BlobNotFound:
        pass


def _path(prefix: Prefix) -> BlobPath:
    return cast("BlobPath", prefix.removesuffix("/"))


def _of(session: Session) -> _Folders:
    return cast("_Folders", session)
