"""Line-drawing and block characters as exact rectangles, used instead of those of a font.

Those of a font would end a fraction of a pixel before or after the cell, which shows as a seam in
every border. Here each edge is a whole pixel, so neighbours meet.
"""

from __future__ import annotations

import unicodedata

from PIL import Image, ImageDraw

_SMOOTH = 8  # a curve is drawn this many times larger, then averaged

_ARMS = {
    "LEFT": ("left",),
    "RIGHT": ("right",),
    "UP": ("up",),
    "DOWN": ("down",),
    "HORIZONTAL": ("left", "right"),
    "VERTICAL": ("up", "down"),
}
_WEIGHTS = {"LIGHT": 1, "HEAVY": 2}
_DASHES = {"DOUBLE": 2, "TRIPLE": 3, "QUADRUPLE": 4}

# Upper left, upper right, lower left, lower right, for U+2596 and on.
_QUADRANTS = ("0010", "0001", "1000", "1011", "1001", "1110", "1101", "0100", "0110", "0111")


def draw_shape(char: str, width: int, height: int) -> Image.Image | None:
    """Return the coverage (mode L) of a box-drawing or block character, for a cell of that size.

    None for other characters, and for those that a font draws as well (double lines, diagonals).
    """
    if "\u2580" <= char <= "\u259f":
        return _block(ord(char), width, height)
    if "\u2500" <= char <= "\u257f":
        words = unicodedata.name(char).split()[2:]
        if "ARC" in words:
            return _arc("DOWN" in words, "RIGHT" in words, width, height)
        if "DASH" in words:
            return _dashes(_WEIGHTS[words[0]], _DASHES[words[1]], words[3], width, height)
        if not {"DOUBLE", "DIAGONAL"} & set(words):
            return _lines(words, width, height)
    return None


def stroke(width: int) -> int:
    """Return the thickness of a light line, in pixels: even, as widths are, so that it centres."""
    return 2 * max(1, round(width / 16))


def _lines(words: list[str], width: int, height: int) -> Image.Image:
    """Draw lines by the words of a Unicode name, such as DOWN LIGHT AND RIGHT HEAVY."""
    arms = dict.fromkeys(("left", "right", "up", "down"), 0)
    weight = 0
    for part in " ".join(words).split(" AND "):
        for word in part.split():
            weight = _WEIGHTS.get(word, weight)
        for word in part.split():
            arms.update(dict.fromkeys(_ARMS.get(word, ()), weight * stroke(width)))
    image = Image.new("L", (width, height))
    across, along = max(arms["up"], arms["down"]), max(arms["left"], arms["right"])
    for name, thick in arms.items():
        if not thick:
            continue
        # An arm ends where the line that it meets does, so that corners are filled.
        if name in ("left", "right"):
            top, middle = (height - thick) // 2, (width - across) // 2
            start, end = (0, middle + across) if name == "left" else (middle, width)
            image.paste(255, (start, top, end, top + thick))
        else:
            left, middle = (width - thick) // 2, (height - along) // 2
            start, end = (0, middle + along) if name == "up" else (middle, height)
            image.paste(255, (left, start, left + thick, end))
    return image


def _dashes(weight: int, count: int, direction: str, width: int, height: int) -> Image.Image:
    image = Image.new("L", (width, height))
    thick = weight * stroke(width)
    length = width if direction == "HORIZONTAL" else height
    for number in range(count):
        start = round((number + 0.2) * length / count)
        end = round((number + 0.8) * length / count)
        if direction == "HORIZONTAL":
            top = (height - thick) // 2
            image.paste(255, (start, top, end, top + thick))
        else:
            left = (width - thick) // 2
            image.paste(255, (left, start, left + thick, end))
    return image


def _arc(down: bool, right: bool, width: int, height: int) -> Image.Image:
    """Draw the arc that opens down and right, then mirror it."""
    image = Image.new("L", (width * _SMOOTH, height * _SMOOTH))
    thick = stroke(width)
    left, top = (width - thick) // 2, (height - thick) // 2
    radius = width - left  # of the outer edge: the arc ends at the side of the cell
    image.paste(
        255, (left * _SMOOTH, (top + radius) * _SMOOTH, (left + thick) * _SMOOTH, image.height)
    )
    box = (left, top, left + 2 * radius, top + 2 * radius)
    draw = ImageDraw.Draw(image)
    draw.arc(tuple(edge * _SMOOTH for edge in box), 180, 270, fill=255, width=thick * _SMOOTH)
    image = image.reduce(_SMOOTH)
    if not right:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if not down:
        image = image.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    return image


def _block(code: int, width: int, height: int) -> Image.Image:
    image = Image.new("L", (width, height))
    if code == 0x2580:
        image.paste(255, (0, 0, width, height // 2))
    elif code <= 0x2588:
        image.paste(255, (0, height - round(height * (code - 0x2580) / 8), width, height))
    elif code <= 0x258F:
        image.paste(255, (0, 0, round(width * (0x2590 - code) / 8), height))
    elif code == 0x2590:
        image.paste(255, (width // 2, 0, width, height))
    elif code <= 0x2593:
        image.paste(round(255 * (code - 0x2590) / 4), (0, 0, width, height))
    elif code == 0x2594:
        image.paste(255, (0, 0, width, round(height / 8)))
    elif code == 0x2595:
        image.paste(255, (width - round(width / 8), 0, width, height))
    else:
        for number, filled in enumerate(_QUADRANTS[code - 0x2596]):
            if filled == "1":
                x, y = number % 2 * (width // 2), number // 2 * (height // 2)
                image.paste(255, (x, y, x + width // 2, y + height // 2))
    return image
