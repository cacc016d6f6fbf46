"""Draws each character as the coverage of its cells; `render.py` adds the colours.

Fonts come from Python packages, pinned with the `screenshots` extra, never from the machine, so
that a picture is the same everywhere. Layout is Pillow's basic one, which needs no system library:
a cell holds one character, so there is nothing to lay out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.resources import files
from io import BytesIO
from math import ceil

from PIL import Image, ImageDraw, ImageFont

from .shapes import draw_shape, stroke

_TEXT = "pymupdf_fonts/CascadiaMono_"  # with a style; has Hebrew
_SIGNS = "barcode/fonts/DejaVuSansMono.ttf"  # has the joined forms of Arabic
_PICTURES = "pymupdf_fonts/NotoSansSymbols2_Regular"
_WIDE = "noto_cjk_sans_jp_regular/NotoSansCJKjp-Regular.otf"

# Font size at which a character of a monospaced font is 1 wide (2048 units by its advance).
_TEXT_SIZE = 2048 / 1200
_SIGNS_SIZE = 2048 / 1233
_TEXT_DESCENT = 480 / 2048

# Emoji of Textual's command palette and directory tree that no font has, and the closest signs.
_INSTEAD = str.maketrans("🔎📁📂📄", "🔍🗀🗁🗎")

_NOT_A_CHARACTER = "\uffff"  # drawn as a font's sign for what it lacks


class Glyphs:
    """The characters at one cell size.

    Args:
        width: the width of a cell in pixels, an even number; its height is twice that.
    """

    underline: tuple[int, int]
    """Top and bottom of the line under a character, in pixels from the top of its cell."""
    strike: tuple[int, int]
    """The same for the line through a character."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.height = 2 * width
        self._size = width * _TEXT_SIZE
        self._baseline = self.height - ceil(self._size * _TEXT_DESCENT)
        thick = stroke(width)
        self.underline = (self._baseline + thick, self._baseline + 2 * thick)
        middle = self._baseline - round(0.28 * self._size)
        self.strike = (middle, middle + thick)
        self._fonts: dict[tuple[str, float], ImageFont.FreeTypeFont] = {}
        self._drawn: dict[tuple[str, int, bool, bool], Image.Image] = {}

    def draw(
        self, text: str, cells: int, *, bold: bool = False, italic: bool = False
    ) -> Image.Image:
        """Return the coverage (mode L) of one character, as large as its cells.

        Raises:
            LookupError: No font has it.
        """
        key = (text, cells, bold, italic)
        if key not in self._drawn:
            shape = draw_shape(text, self.width, self.height) if len(text) == cells == 1 else None
            self._drawn[key] = shape or self._typeset(*key)
        return self._drawn[key]

    def _typeset(self, text: str, cells: int, bold: bool, italic: bool) -> Image.Image:
        image = Image.new("L", (cells * self.width, self.height))
        # Variation selectors (U+FE0F) and marks of direction are invisible.
        text = "".join(
            char
            for char in unicodedata.normalize("NFC", text.translate(_INSTEAD))
            if unicodedata.category(char) != "Cf" and not "\ufe00" <= char <= "\ufe0f"
        )
        if not text:
            return image
        name = self._find(text[0], bold, italic)
        weight = self._size / 50 if bold and "Bold" not in name else 0.0
        font = self._font(name, self._size_of(name))
        left, _, right, _ = font.getbbox(text, anchor="ls", stroke_width=weight)
        x = 0.0  # where the font's own width is the cell's
        if round(font.getlength(text[0])) != image.width:
            if right - left > image.width:
                font = self._font(name, font.size * image.width / (right - left))
                left, _, right, _ = font.getbbox(text, anchor="ls", stroke_width=weight)
            x = (image.width - right + left) / 2 - left
        draw = ImageDraw.Draw(image)
        draw.text((round(x), self._baseline), text, 255, font, anchor="ls", stroke_width=weight)
        return image

    def _find(self, char: str, bold: bool, italic: bool) -> str:
        for name in _candidates(char, bold, italic):
            font = self._font(name, self._size_of(name))
            if bytes(font.getmask(char)) != bytes(font.getmask(_NOT_A_CHARACTER)):
                return name
        raise LookupError(f"no font has {char} (U+{ord(char):04X}); add one to {__name__}")

    def _size_of(self, name: str) -> float:
        return self.width * (_SIGNS_SIZE if name == _SIGNS else _TEXT_SIZE)

    def _font(self, name: str, size: float) -> ImageFont.FreeTypeFont:
        if (name, size) not in self._fonts:
            self._fonts[name, size] = ImageFont.truetype(
                BytesIO(_read(name)), size, layout_engine=ImageFont.Layout.BASIC
            )
        return self._fonts[name, size]


def _candidates(char: str, bold: bool, italic: bool) -> Iterator[str]:
    if "\u2600" <= char <= "\u27bf":
        yield _SIGNS  # ✓ of the text font looks like a root
    weight = "Bold" if bold else "Regular"
    if italic:  # has fewer scripts than the upright
        yield f"{_TEXT}{'BoldItalic' if bold else 'Italic'}"
    yield f"{_TEXT}{weight}"
    yield from (_SIGNS, _PICTURES, _WIDE)


@cache
def _read(name: str) -> bytes:
    package, _, file = name.partition("/")
    if package == "pymupdf_fonts":  # keeps each font in a module
        return bytes(import_module(f"{package}.{file}").fontbuffer)
    return files(package).joinpath(file).read_bytes()
