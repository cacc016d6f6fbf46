"""Reads what rclone hides: passwords in a file ("obscured"), and encrypted files.

Obscuring is not encryption: its key is in rclone's source, the same for everybody. An encrypted
file is a NaCl secret box (XSalsa20 and Poly1305) with a key made from a password.
"""

from __future__ import annotations

import os
import re
from base64 import b64decode, urlsafe_b64decode
from binascii import Error
from hashlib import sha256
from struct import pack, unpack
from typing import Final
from unicodedata import normalize

from storage_core.importing.files import wrong

PASSWORD: Final = "RCLONE_CONFIG_PASS"
_PREFIX: Final = "RCLONE_ENCRYPT_V"
_HEADER: Final = "RCLONE_ENCRYPT_V0:"
_NONCE: Final = 24
_TAG: Final = 16

_OBSCURING: Final = bytes.fromhex(
    "9c935b48730a554d6bfd7c63c886a92bd390198eb8128afbf4de162b8b95f638"
)
"""It is public: https://github.com/rclone/rclone/blob/v1.75.2/fs/config/obscure/obscure.go"""

_OBSCURED: Final = re.compile(r"[\w-]{22,}", re.ASCII)
"""Matches the base64 of 16 bytes or more."""

_SIGMA: Final = b"expand 32-byte k"
_QUARTERS: Final = (
    *((0, 4, 8, 12), (5, 9, 13, 1), (10, 14, 2, 6), (15, 3, 7, 11)),
    *((0, 1, 2, 3), (5, 6, 7, 4), (10, 11, 8, 9), (15, 12, 13, 14)),
)
"""The columns, then the rows, of Salsa20's square of 16 words."""


def revealed(obscured: str) -> str | None:
    """Reveal an obscured password; None if the text is not an obscured one."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    if not _OBSCURED.fullmatch(obscured) or len(obscured) % 4 == 1:
        return None
    data = urlsafe_b64decode(obscured + "=" * (-len(obscured) % 4))
    cipher = Cipher(algorithms.AES(_OBSCURING), modes.CTR(data[:16])).decryptor()
    try:
        return (cipher.update(data[16:]) + cipher.finalize()).decode()
    except UnicodeDecodeError:
        # Not raised further: the error contains the bytes.
        return None


def decrypted(text: str, path: str) -> str:
    """Decrypt the text of a file; a text that is not encrypted is returned unchanged.

    Args:
        text: the text of the file.
        path: the path of the file, for errors.

    Raises:
        ConfigurationError: the password is missing or wrong, or the file is damaged.
    """
    lines = text.split("\n")
    first = next(
        (n for n, line in enumerate(lines) if (each := line.strip()) and each[0] not in "#;"), None
    )
    if first is None or not (header := lines[first].strip()).startswith(_PREFIX):
        return text
    if header != _HEADER:
        raise wrong(path, "is encrypted in a way that is newer", f"run: {_PLAIN}", first + 1)
    password = os.environ.get(PASSWORD, "")
    if not password:
        raise wrong(path, "is encrypted", f"set {PASSWORD} to its password, or run: {_PLAIN}")
    try:
        box = b64decode("".join(lines[first + 1 :]).replace("\r", ""), validate=True)
    except (Error, ValueError):
        box = b""
    if len(box) < _NONCE + _TAG:
        raise wrong(path, "is encrypted and cut off", "restore it from a copy", first + 1)
    plain = _opened(box, _key(password))
    if plain is None:
        raise wrong(path, "is encrypted with another password, or damaged", f"correct {PASSWORD}")
    return plain.decode(errors="surrogateescape")


_PLAIN: Final = "rclone config show > plain.conf, and storage import rclone plain.conf"


def _key(password: str) -> bytes:
    text = f"[{normalize('NFKC', password)}][rclone-config]"
    return sha256(text.encode(errors="surrogateescape")).digest()


def _opened(box: bytes, key: bytes) -> bytes | None:
    """Open a secret box, which is nonce, tag and encrypted text; None if the tag is wrong."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.poly1305 import Poly1305

    nonce, tag, text = box[:_NONCE], box[_NONCE : _NONCE + _TAG], box[_NONCE + _TAG :]
    stream = _xsalsa20(key, nonce, 32 + len(text))
    try:
        Poly1305.verify_tag(stream[:32], text, tag)
    except InvalidSignature:
        return None
    return bytes(a ^ b for a, b in zip(text, stream[32:], strict=True))


def _xsalsa20(key: bytes, nonce: bytes, size: int) -> bytes:
    """The first bytes of the stream of XSalsa20 (D. J. Bernstein, "Extending the Salsa20 nonce").

    It is written in Python: such files have a few KiB, and none of our dependencies has it.
    """
    square = _square(key, nonce[:16])
    mixed = _mixed(square)
    inner = pack("<8I", *(mixed[n] for n in (0, 5, 10, 15, 6, 7, 8, 9)))
    stream = bytearray()
    for block in range(-(-size // 64)):
        square = _square(inner, nonce[16:] + pack("<Q", block))
        mixed = _mixed(square)
        stream += pack("<16I", *((a + b) & 0xFFFFFFFF for a, b in zip(square, mixed, strict=True)))
    return bytes(stream[:size])


def _square(key: bytes, middle: bytes) -> tuple[int, ...]:
    s = _SIGMA
    return unpack("<16I", s[:4] + key[:16] + s[4:8] + middle + s[8:12] + key[16:] + s[12:])


def _mixed(square: tuple[int, ...]) -> list[int]:
    """The words after Salsa20's twenty rounds."""
    x = [*square]
    for _ in range(10):
        for a, b, c, d in _QUARTERS:
            for target, one, other, by in (
                (b, a, d, 7),
                (c, b, a, 9),
                (d, c, b, 13),
                (a, d, c, 18),
            ):
                word = (x[one] + x[other]) & 0xFFFFFFFF
                x[target] ^= ((word << by) | (word >> (32 - by))) & 0xFFFFFFFF
    return x
