"""Credentials found by us, as a client of aiobotocore asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiobotocore.credentials import AioCredentials  # type: ignore[import-untyped]

from storage_core.backends.remote.worker import in_thread

if TYPE_CHECKING:
    from storage_core.backends.drivers.clouds.aws.signing_in import SigningIn


class Lasting(AioCredentials):  # type: ignore[misc]
    """Asked before each request."""

    def __init__(self, signing_in: SigningIn) -> None:
        """Sign with what that finds."""
        super().__init__("", "", method="storage")
        self._signing_in = signing_in

    async def get_frozen_credentials(self) -> Any:
        """Those to sign with now."""
        return self._signing_in.now or await in_thread(self._signing_in.credentials)

    async def load_credentials(self) -> Lasting:
        """Itself, for a session that asks where its credentials come from."""
        return self
