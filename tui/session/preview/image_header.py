"""Reads how large a picture is from its first bytes, before it is decoded.

Sources: the specifications of PNG (IHDR), GIF89a, JPEG (ITU T.81, B.2.2), BMP and WebP (RFC 9649).
"""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

from tui.session.preview.source import Unreadable

_BMP_HEADERS: Final = {12, 40, 52, 56, 64, 108, 124}

_NO_FRAME: Final = {0xC4, 0xC8, 0xCC}
"""JPEG markers in the range of frame headers that are something else."""


class ImageHeader(NamedTuple):
    """The format and the size of a picture."""

    format: str
    width: int
    """Pixels."""

    height: int


def image_format(data: bytes) -> str:
    """PNG, GIF, JPEG, BMP or WebP; empty if `data` is not the beginning of one."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WebP"
    # Two letters alone may be the beginning of a text.
    if data[:2] == b"BM" and int.from_bytes(data[14:18], "little") in _BMP_HEADERS:
        return "BMP"
    return ""


def image_header(data: bytes) -> ImageHeader:
    """Read the format and the size of a picture.

    Args:
        data: its beginning.

    Raises:
        Unreadable: it is not a picture, or does not say how large it is.
    """
    name = image_format(data)
    try:
        width, height = _SIZES[name](data)
    except (KeyError, struct.error, IndexError):
        raise Unreadable("it does not begin as a picture does") from None
    if width <= 0 or height <= 0:
        raise Unreadable("it says that it is empty")
    return ImageHeader(name, width, height)


def _png(data: bytes) -> tuple[int, int]:
    if data[12:16] != b"IHDR":
        raise KeyError
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _gif(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from("<HH", data, 6)
    return width, height


def _bmp(data: bytes) -> tuple[int, int]:
    old = int.from_bytes(data[14:18], "little") == 12
    width, height = struct.unpack_from("<HH" if old else "<ii", data, 18)
    # The height is negative if the top row comes first.
    return width, abs(height)


def _jpeg(data: bytes) -> tuple[int, int]:
    place = 2
    while True:
        if data[place] != 0xFF:
            raise KeyError
        marker = data[place + 1]
        if marker == 0xFF:
            place += 1
        elif marker == 0x01 or 0xD0 <= marker <= 0xD7:
            place += 2
        elif 0xC0 <= marker <= 0xCF and marker not in _NO_FRAME:
            height, width = struct.unpack_from(">HH", data, place + 5)
            return width, height
        else:
            (length,) = struct.unpack_from(">H", data, place + 2)
            place += 2 + max(2, length)


def _webp(data: bytes) -> tuple[int, int]:
    kind = data[12:16]
    if kind == b"VP8X":
        return _uint24(data, 24) + 1, _uint24(data, 27) + 1
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise KeyError


def _uint24(data: bytes, place: int) -> int:
    if len(data) < place + 3:
        raise IndexError
    return int.from_bytes(data[place : place + 3], "little")


_SIZES: Final = {"PNG": _png, "GIF": _gif, "JPEG": _jpeg, "BMP": _bmp, "WebP": _webp}
