"""Authenticates requests: an account key signs each of them, or a token is sent along."""

from __future__ import annotations

from base64 import b64decode, b64encode
from hmac import digest
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage_core.backends.drivers.direct.azure.tokens import Tokens
    from storage_core.backends.remote.limit import Limit

_SIGNED: Final = (
    *("content-encoding", "content-language", "content-length", "content-md5", "content-type"),
    *("date", "if-modified-since", "if-match", "if-none-match", "if-unmodified-since", "range"),
)
"""Headers that have a fixed place in the string to sign, whether the request has them or not."""


class Unsigned(Exception):
    """The key is not valid, so that nothing can be signed with it."""


class Signer(Protocol):
    """Authenticates requests."""

    def sign(
        self,
        limit: Limit,
        method: str,
        path: str,
        query: Mapping[str, str],
        headers: dict[str, str],
    ) -> None:
        """Add the signature or token to the headers.

        Args:
            limit: how long getting a token may take.
            method: in capitals.
            path: percent-encoded, as it is sent.
            query: by name in lower case, not encoded.
            headers: all that are to be signed, by name in lower case.
        """

    def has_another(self, headers: Mapping[str, str]) -> bool:
        """Whether to sign again, after a request with these headers was refused for who sent it."""


class Nobody:
    """Adds nothing: the container is public, or its address has a signature already."""

    def sign(
        self,
        limit: Limit,
        method: str,
        path: str,
        query: Mapping[str, str],
        headers: dict[str, str],
    ) -> None:
        """Add nothing."""

    def has_another(self, headers: Mapping[str, str]) -> bool:
        """Never."""
        return False


class SharedKey:
    """Signs with a key of the account."""

    def __init__(self, account: str, key: str) -> None:
        """Take the key; whether it is valid shows when it is used.

        Args:
            account: the name of the account.
            key: in base64.
        """
        self._account = account
        self._key = key

    def sign(
        self,
        limit: Limit,
        method: str,
        path: str,
        query: Mapping[str, str],
        headers: dict[str, str],
    ) -> None:
        """Add the signature.

        Raises:
            Unsigned: the key is not base64.
        """
        text = string_to_sign(self._account, method, path, query, headers)
        try:
            key = b64decode(self._key.encode())
        except ValueError as error:
            raise Unsigned(str(error)) from None
        signature = b64encode(digest(key, text.encode(), "sha256")).decode()
        headers["authorization"] = f"SharedKey {self._account}:{signature}"

    def has_another(self, headers: Mapping[str, str]) -> bool:
        """Never: it is the only one."""
        return False


class Bearer:
    """Sends a token along."""

    def __init__(self, tokens: Tokens) -> None:
        """Look for none yet."""
        self._tokens = tokens

    def sign(
        self,
        limit: Limit,
        method: str,
        path: str,
        query: Mapping[str, str],
        headers: dict[str, str],
    ) -> None:
        """Add the token."""
        headers["authorization"] = f"Bearer {self._tokens.get(limit)}"

    def has_another(self, headers: Mapping[str, str]) -> bool:
        """Whether the refused token was an older one; it is not used again."""
        return self._tokens.forget(headers["authorization"].removeprefix("Bearer "))


def string_to_sign(
    account: str, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str]
) -> str:
    """The text that is signed for a request, in Azure's form."""
    signed = [headers.get(name, "") for name in _SIGNED]
    # No body and an empty one look alike.
    signed[2] = signed[2] if signed[2] != "0" else ""
    own = sorted((name for name in headers if name.startswith("x-ms-")), key=_in_order)
    lines = [method, *signed, *(f"{name}:{headers[name]}" for name in own), f"/{account}{path}"]
    lines += [f"{name}:{query[name]}" for name in sorted(query)]
    return "\n".join(lines)


def _in_order(name: str) -> tuple[str, list[bool]]:
    """The sort key of Azure's order of headers: hyphens only count among names equal without."""
    return name.replace("-", ""), [character == "-" for character in name]
