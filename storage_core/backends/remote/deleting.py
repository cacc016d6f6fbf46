"""Many blobs deleted in one request."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from storage_core.backends.remote.policy import Policy
    from storage_core.blobpath import BlobPath


async def left(policy: Policy, paths: Sequence[BlobPath]) -> list[BlobPath]:
    """Delete blobs in one request; return those that it left, for whatever reason."""

    async def deleted(session: Any) -> list[BlobPath]:
        found: list[BlobPath] = await session.delete_many(paths)
        return found

    return await policy.call(f"delete {len(paths)} blobs", None, deleted)
