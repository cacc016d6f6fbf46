"""Pictures among blobs: half-blocks where there are colours, dimensions anywhere, never a bomb."""

from __future__ import annotations

import io
import struct
import zlib
from importlib import util
from typing import Any

import pytest
from PIL import Image

from tests.tui.previewing import lines, names, shown
from tui.kit.pager import painted
from tui.session.preview import images

RED, BLUE, CLEAR = (255, 0, 0, 255), (0, 0, 255, 255), (0, 0, 0, 0)


def picture(format: str, *, size: tuple[int, int] = (8, 4), mode: str = "RGB") -> bytes:
    """Red above, blue below."""
    image = Image.new("RGBA", size, RED)
    image.paste(BLUE, (0, size[1] // 2, *size))
    found = io.BytesIO()
    image.convert(mode).save(found, format, quality=100, lossless=True, subsampling=0)
    return found.getvalue()


def png(width: int, height: int, rows: bytes = b"") -> bytes:
    """A PNG that says that it is so large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize("format", ["PNG", "GIF", "BMP", "JPEG", "WebP"])
@pytest.mark.parametrize("named", [True, False])
def test_a_picture_is_drawn_as_half_blocks(format: str, named: bool) -> None:
    found = shown(picture(format), f"a.{format.lower()}" if named else "")
    assert found.what == f"{format} · 8 × 4 pixels"
    assert names(found) == ["picture", "bytes"]
    drawn = found.drawn(40)
    for line, wanted in zip(drawn.lines, (RED, BLUE), strict=True):
        assert len("".join(text for text, _ in line)) == 8
        # JPEG keeps neither exactly.
        colour = bytes.fromhex(line[0][1][1:7])
        assert all(abs(a - b) < 40 for a, b in zip(colour, wanted[:3], strict=True))
    assert [strip.cell_length for strip in painted(drawn.lines)] == [8, 8]  # type: ignore[union-attr]


def test_a_picture_fits_into_what_is_in_sight_and_what_is_clear_stays_so() -> None:
    image = Image.new("RGBA", (90, 300), RED)
    image.paste(CLEAR, (0, 0, 90, 150))
    found = io.BytesIO()
    image.save(found, "PNG")
    drawn = shown(found.getvalue()).drawn(60, 0, 0, 11)
    assert len(drawn.lines) == 11
    assert drawn.lines[0] == [(" " * 7, "")]
    assert drawn.lines[-1] == [("█" * 7, "#ff0000")]
    # The border goes through the middle of a cell.
    assert ("▄" * 7, "#ff0000") in drawn.lines[5]


def test_sixteen_bits_of_grey_are_not_all_white() -> None:
    found = io.BytesIO()
    Image.new("I;16", (2, 2), 0x8000).save(found, "PNG")
    assert shown(found.getvalue()).drawn(9).lines == [[("██", "#808080")]]


def test_a_picture_is_turned_as_the_camera_was_held() -> None:
    image = Image.new("RGB", (64, 32), RED[:3])
    exif = Image.Exif()
    exif[0x0112] = 6
    found = io.BytesIO()
    image.save(found, "JPEG", exif=exif)
    preview = shown(found.getvalue())
    assert preview.what == "JPEG · 64 × 32 pixels"
    assert [sum(len(text) for text, _ in line) for line in preview.drawn(100).lines] == [32] * 32


@pytest.mark.parametrize(
    "bomb",
    [
        png(60_000, 60_000),
        png(30_000, 30_000, b"\0" * 1000),
        picture("BMP")[:18] + struct.pack("<ii", 50_000, -50_000) + picture("BMP")[26:],
        picture("GIF")[:6] + struct.pack("<HH", 65_535, 65_535) + picture("GIF")[10:],
    ],
    ids=["png", "png with rows", "bmp", "gif"],
)
def test_a_few_bytes_that_say_that_they_are_billions_of_pixels_are_not_decoded(
    bomb: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decoded(*_: Any) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr(images, "_decoded", decoded)
    found = shown(bomb)
    assert names(found) == ["bytes"]
    assert found.notes == ("It is not drawn: it has too many pixels for a preview.",)


def test_a_jpeg_that_goes_over_its_pixels_again_and_again_is_not_decoded() -> None:
    data = picture("JPEG")
    scan = data[data.index(b"\xff\xda") : -2]
    found = shown(data[:-2] + scan * images.MOST_SCANS + data[-2:])
    assert names(found) == ["bytes"]


def test_what_is_damaged_is_shown_as_bytes_and_so_is_what_only_has_the_name() -> None:
    cut = shown(picture("PNG", size=(300, 300))[:90], "a.png")
    assert names(cut) == ["bytes"]
    assert cut.notes == ("It is not shown as PNG: it is damaged.",)
    text = shown(b"no picture", "a.png")
    assert names(text) == ["text", "bytes"]
    assert names(shown(b"BM is how this text begins, and it goes on\n")) == ["text", "bytes"]


def test_without_pillow_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        images, "find_spec", lambda name: None if name == "PIL" else util.find_spec(name)
    )
    found = shown(picture("PNG"))
    assert found.what == "PNG · 8 × 4 pixels"
    assert found.notes == ("To see it, install storage-config[images].",)


def test_where_there_are_few_colours_the_dimensions_are_said() -> None:
    found = shown(picture("PNG")).without_pictures("there are few colours")
    assert found.what == "PNG · 8 × 4 pixels"
    assert names(found) == ["bytes"]
    assert found.notes == ("It is not drawn: there are few colours.",)
    assert lines(found)
    table = shown(b"a,b\n1,2\n")
    assert table.without_pictures("there are few colours") is table
