"""Azure's client as adlfs makes it, but closed by us only."""

from __future__ import annotations

import weakref
from typing import Any, NamedTuple

import adlfs

from storage_core.backends.remote.worker import in_thread


class Client(NamedTuple):
    """What adlfs has signed in with."""

    service: Any
    """Azure's client of the account."""

    credential: Any
    """Has connections of its own, where it asks a server."""

    async def close(self) -> None:
        """Close the connections."""
        await self.service.close()
        if self.credential is not None and hasattr(self.credential, "close"):
            await self.credential.close()


async def connected(arguments: dict[str, Any]) -> Client:
    """A client for these arguments of `adlfs.AzureBlobFileSystem`."""
    # In a thread: it reads files and starts programs when it looks for credentials.
    driver = await in_thread(
        adlfs.AzureBlobFileSystem,
        asynchronous=True,
        skip_instance_cache=True,
        use_listings_cache=False,
        **arguments,
    )
    _detach_finalizers(driver)
    return Client(driver.service_client, driver.credential)


def _detach_finalizers(driver: Any) -> None:
    """Take over closing: at the end of a forked child adlfs would wait for its parent's loop."""
    for each in tuple(getattr(weakref.finalize, "_registry", ())):
        alive = each.peek()
        if alive is not None and alive[0] is driver:
            each.detach()
