"""A token from Entra, which signs requests for about an hour."""

from __future__ import annotations

from typing import Final, NamedTuple

SCOPE: Final = "https://storage.azure.com/.default"
"""The scope of a token for blobs, which is the same in every cloud."""


class Token(NamedTuple):
    """A token; its fields have Azure's names, so that Azure's client accepts it."""

    token: str
    expires_on: int

    def __repr__(self) -> str:
        """Without the token itself."""
        return f"Token(expires_on={self.expires_on})"
