"""Credentials that we have found, in the form in which a client of aiobotocore asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiobotocore.credentials import AioCredentials  # type: ignore[import-untyped]

from storage_core.backends.remote.worker import in_thread

if TYPE_CHECKING:
    from storage_core.backends.drivers.clouds.aws.signing_in import SigningIn


class Lasting(AioCredentials):  # type: ignore[misc]
    """Credentials that the client asks for before each request."""

    def __init__(self, signing_in: SigningIn) -> None:
        """Take the search for credentials."""
        super().__init__("", "", method="storage")
        self._signing_in = signing_in

    async def get_frozen_credentials(self) -> Any:
        """The credentials to sign with now."""
        return self._signing_in.now or await in_thread(self._signing_in.credentials)

    async def load_credentials(self) -> Lasting:
        """Return itself, for a session that asks where its credentials come from."""
        return self
