"""A token of Entra's, which signs requests for about an hour."""

from __future__ import annotations

from typing import Final, NamedTuple

SCOPE: Final = "https://storage.azure.com/.default"
"""What a token for blobs is asked for with, in every cloud."""


class Token(NamedTuple):
    """With the names that Azure's client knows, which takes it as its own."""

    token: str
    expires_on: int

    def __repr__(self) -> str:
        """Without the token itself."""
        return f"Token(expires_on={self.expires_on})"
