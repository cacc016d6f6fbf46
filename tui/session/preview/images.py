"""A picture, drawn as half-blocks: two pixels to a cell, one above the other."""

from __future__ import annotations

from importlib.util import find_spec
from io import BytesIO
from itertools import groupby
from threading import Semaphore
from typing import TYPE_CHECKING, Any, Final

from storage_core.quantities import human_size
from tui.session.preview.image_header import ImageHeader, image_header
from tui.session.preview.look import PICTURE, Drawn, Line, Preview
from tui.session.preview.source import Source, Unreadable

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_READ: Final = 8 * 1024 * 1024
"""Bytes of the largest picture that is drawn."""

MOST_PIXELS: Final = 32_000_000
"""Pixels of the largest picture that is decoded: a few bytes may claim billions."""

MOST_SCANS: Final = 64
"""The most scans of a JPEG, each of which goes over all of its pixels again."""

_HEADER: Final = 512 * 1024
"""Bytes within which a JPEG says how large it is; profiles and previews come before."""

_KEPT: Final = 512
"""Pixels that are kept of each side, to be drawn at any width."""

_OPAQUE: Final = 128
_DECODERS: Final = Semaphore(1)
"""One at a time: each may take a hundred megabytes."""


class Picture:
    """A picture as a form of a blob.

    Args:
        image: its pixels, with transparency.
    """

    name = PICTURE
    cut = ""

    def __init__(self, image: Image) -> None:
        self._image = image

    def drawn(self, width: int, first: int = 0, height: int = 0) -> Drawn:
        """Draw it as large as fits, but never enlarged."""
        from PIL.Image import Resampling

        rows = 2 * height if height > 0 else 2 * width
        scale = min(width / self._image.width, rows / self._image.height, 1.0)
        across = max(1, round(self._image.width * scale))
        down = max(1, round(self._image.height * scale))
        image = self._image.resize((across, down), Resampling.BOX)
        data = image.tobytes()
        pixels = [[_colour(data, 4 * (y * across + x)) for x in range(across)] for y in range(down)]
        pixels += [[""] * across] * (down % 2)
        return Drawn([_line(*pixels[y : y + 2]) for y in range(0, len(pixels), 2)])


def _colour(data: bytes, place: int) -> str:
    """`#rrggbb`; empty for a transparent pixel."""
    return f"#{data[place : place + 3].hex()}" if data[place + 3] >= _OPAQUE else ""


def _line(above: list[str], below: list[str]) -> Line:
    parts = []
    for (top, bottom), cells in groupby(zip(above, below, strict=True)):
        count = sum(1 for _ in cells)
        if top and top == bottom:
            parts.append(("█" * count, top))
        elif top and bottom:
            parts.append(("▀" * count, f"{top} on {bottom}"))
        else:
            parts.append(((" ", "▀", "▄")[bool(top) + 2 * bool(bottom)] * count, top or bottom))
    return parts


def image_preview(source: Source) -> Preview:
    """Preview a picture.

    Raises:
        Unreadable: it is not a picture, or damaged.
    """
    try:
        header = image_header(source.start)
    except Unreadable:
        header = image_header(source.beginning(_HEADER))
    said = f"{header.format} · {header.width:,} × {header.height:,} pixels"
    size = source.size
    if size is None or size > MOST_READ:
        reason = f"It is not drawn: more than {human_size(MOST_READ)} are not read for a preview."
        return Preview(said, notes=(reason,))
    if header.format != "JPEG" and header.width * header.height > MOST_PIXELS:
        return Preview(said, notes=("It is not drawn: it has too many pixels for a preview.",))
    if find_spec("PIL") is None:
        return Preview(said, notes=("To see it, install storage-config[images].",))
    with _DECODERS:
        if source.left.is_set():
            return Preview(said)
        image = _decoded(source.beginning(MOST_READ), header)
    if image is None:
        return Preview(said, notes=("It is not drawn: it has too many pixels for a preview.",))
    return Preview(said, (Picture(image),))


def _decoded(data: bytes, header: ImageHeader) -> Image | None:
    """The first picture in it, reduced in size; None if it is larger than its header says."""
    from PIL import Image

    if header.format == "JPEG" and data.count(b"\xff\xda") > MOST_SCANS:
        raise Unreadable("it has more scans than a picture needs")
    try:
        with Image.open(BytesIO(data), formats=[header.format.upper()]) as image:
            # Have a JPEG decoded at down to an eighth of its size, if that is enough.
            image.draft("RGB", (_KEPT, _KEPT))
            if image.width * image.height > MOST_PIXELS:
                return None
            return _upright(image, _small(image))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Unreadable("it is damaged") from error


def _small(image: Image) -> Image:
    from PIL.Image import Resampling

    if image.mode.startswith("I"):
        # Otherwise nearly all of its 65,536 shades of grey would be white.
        image = image.point(lambda shade: shade / 256).convert("L")
    found = image.convert("RGBA")
    found.thumbnail((_KEPT, _KEPT), Resampling.BOX)
    return found


def _upright(image: Any, small: Image) -> Image:
    """Turned as the camera was held."""
    from PIL.Image import Transpose

    turns = {3: Transpose.ROTATE_180, 6: Transpose.ROTATE_270, 8: Transpose.ROTATE_90}
    turn = turns.get(image.getexif().get(0x0112))
    return small if turn is None else small.transpose(turn)
