"""Reads an RSA key in Google's form without what `cryptography` imports for all other types.

Its loader of keys imports those of SSH and of certificates too: 20 ms of processor time.
"""

from __future__ import annotations

from binascii import a2b_base64
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateNumbers, RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_BEGIN: Final = "-----BEGIN PRIVATE KEY-----"
_END: Final = "-----END PRIVATE KEY-----"
_RSA: Final = bytes.fromhex("06092a864886f70d0101010500")
"""The identifier of RSA keys, in DER."""

_INTEGER: Final = 2
_SEQUENCE: Final = 48


class NotOurs(ValueError):
    """The key is not of the form that is read here, or is damaged."""


class Key:
    """Signs."""

    def __init__(self, pem: str) -> None:
        """Read it.

        Args:
            pem: PKCS #8, without a passphrase.

        Raises:
            NotOurs: it is of another form, or damaged.
        """
        self._key = _read(pem)
        # Sign and verify once, instead of proving that the key's numbers are prime, which takes a
        # hundred times as long: what a damaged key signs fails the check with its public half.
        try:
            self._key.public_key().verify(self.signature(b"x"), b"x", PKCS1v15(), SHA256())
        except Exception as error:
            raise NotOurs from error

    def signature(self, data: bytes) -> bytes:
        """Sign by RSASSA-PKCS1-v1_5 with SHA-256."""
        return self._key.sign(data, PKCS1v15(), SHA256())


def _read(pem: str) -> RSAPrivateKey:
    _, begins, rest = pem.partition(_BEGIN)
    text, ends, _ = rest.partition(_END)
    if not (begins and ends):
        raise NotOurs
    try:
        _, kind, octets = _fields(_only(a2b_base64(text), _SEQUENCE))[:3]
        if kind != (_SEQUENCE, _RSA):
            raise NotOurs
        parts = _fields(_only(octets[1], _SEQUENCE))
        numbers = [int.from_bytes(value, "big") for tag, value in parts if tag == _INTEGER]
        _, n, e, d, p, q, dp, dq, inverse = numbers
    except (ValueError, IndexError, TypeError) as error:
        raise NotOurs from error
    private = RSAPrivateNumbers(p, q, d, dp, dq, inverse, RSAPublicNumbers(e, n))
    try:
        return private.private_key(unsafe_skip_rsa_key_validation=True)
    except Exception as error:
        raise NotOurs from error


def _only(data: bytes, tag: int) -> bytes:
    """The content of DER that consists of one field with this tag."""
    ((found, value),) = _fields(data)
    if found != tag:
        raise NotOurs
    return value


def _fields(data: bytes) -> list[tuple[int, bytes]]:
    """The fields that DER consists of: their tags and contents."""
    fields = []
    at = 0
    while at < len(data):
        tag, size, at = data[at], data[at + 1], at + 2
        if size > 127:
            more = size - 128
            size, at = int.from_bytes(data[at : at + more], "big"), at + more
        if at + size > len(data):
            raise NotOurs
        fields.append((tag, data[at : at + size]))
        at += size
    return fields
