"""Paints a Textual screen as a picture, cell by cell.

Needs the `screenshots` extra. Nothing of the machine shows in a picture: no browser, no installed
font, no time; the same screen gives the same bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from PIL import Image, ImageColor, ImageDraw

from .bidi import reorder
from .glyphs import Glyphs
from .grid import Grid, read_svg

if TYPE_CHECKING:
    from textual.app import App

_Color: TypeAlias = tuple[int, int, int]
_Source: TypeAlias = "str | App[Any] | Grid"

STILL = 16
"""The width of a cell in pixels: twice that of a usual terminal, for high-density displays."""

MOVING = 12
"""The same for recordings, whose size grows with every frame."""

_LIGHTS = ("#ff5f57", "#febc2e", "#28c840")
_SMOOTH = 8  # circles are drawn this many times larger, then averaged


def render_png(source: str | App[Any], path: Path, *, cell_width: int = STILL) -> None:
    """Write a screen as a PNG of at most 256 colours; those of text and most others are exact.

    Args:
        source: A running app, or what its `export_screenshot` returned.
        cell_width: in pixels, even; a cell is twice as high.

    Raises:
        LookupError: No font has a character of the screen.
        ValueError: The text is not a screenshot exported by Textual.
    """
    image = render_image(source, cell_width=cell_width)
    _reduced(image, _palette([image], _inks([source]))).save(path, optimize=True)


def render_animation(
    frames: Iterable[tuple[str | App[Any], float]], path: Path, *, cell_width: int = MOVING
) -> None:
    """Write screens as one animated GIF that repeats; each is shown for its number of seconds.

    Raises: as `render_png`.
    """
    sources = [(_svg(source), seconds) for source, seconds in frames]
    shown = [(render_image(source, cell_width=cell_width), seconds) for source, seconds in sources]
    palette = _palette((image for image, _ in shown), _inks(source for source, _ in sources))
    first, *rest = (_reduced(image, palette) for image, _ in shown)
    first.save(
        path,
        save_all=True,
        append_images=rest,
        duration=[round(1000 * seconds) for _, seconds in shown],
        loop=0,
        optimize=True,
    )


def render_row(sources: Sequence[Grid], path: Path, *, cell_width: int = STILL) -> None:
    """Write screens side by side as one PNG of at most 256 colours; each has its title above it.

    Raises:
        LookupError: No font has a character of a screen.
    """
    images = [render_image(grid, cell_width=cell_width) for grid in sources]
    gap = cell_width
    width = sum(image.width + gap for image in images) - gap
    row = Image.new("RGB", (width, max(image.height for image in images)))
    left = 0
    for image in images:
        row.paste(image, (left, 0))
        left += image.width + gap
    _reduced(row, _palette([row], _inks(sources))).save(path, optimize=True)


def render_image(source: _Source, *, cell_width: int = STILL) -> Image.Image:
    """Return a screen in a window's frame, as `render_png` writes it but with all its colours."""
    grid = _grid(source)
    glyphs = _glyphs(cell_width)
    return _framed(_paint(grid, glyphs), grid.title, glyphs)


def origin(cell_width: int = STILL) -> tuple[int, int]:
    """Return where the first cell begins inside the frame: x and y, in pixels."""
    return cell_width, 5 * cell_width // 2


@cache
def _glyphs(cell_width: int) -> Glyphs:
    return Glyphs(cell_width)


def _paint(grid: Grid, glyphs: Glyphs) -> Image.Image:
    width, height = glyphs.width, glyphs.height
    image = Image.new("RGB", (grid.columns * width, grid.rows * height), grid.background)
    for fill in grid.fills:
        x, y = fill.column * width, fill.row * height
        image.paste(fill.color, (x, y, x + fill.width * width, y + height))
    for _, row in groupby(grid.glyphs, attrgetter("row")):
        for glyph in reorder(row):
            x, y, style = glyph.column * width, glyph.row * height, glyph.style
            mask = glyphs.draw(glyph.text, glyph.width, bold=style.bold, italic=style.italic)
            image.paste(style.color, (x, y), mask)
            for asked, line in ((style.underline, glyphs.underline), (style.strike, glyphs.strike)):
                if asked:
                    top, bottom = y + line[0], y + line[1]
                    image.paste(style.color, (x, top, x + mask.width, bottom))
    return image


def _framed(screen: Image.Image, title: str, glyphs: Glyphs) -> Image.Image:
    """Add a window's title bar, and a margin in the colour that most of the screen has."""
    unit = glyphs.width
    margin, bar = origin(unit)
    back = max(_counts(screen))[1]
    ink = (255, 255, 255) if sum(back) < 3 * 128 else (0, 0, 0)
    image = Image.new("RGB", (screen.width + 2 * margin, screen.height + bar + margin), back)
    image.paste(screen, (margin, bar))
    frame = (0, 0, image.width - 1, image.height - 1)
    ImageDraw.Draw(image).rectangle(frame, outline=_mixed(back, ink, 0.2))
    light = Image.new("L", (unit * _SMOOTH, unit * _SMOOTH))
    ImageDraw.Draw(light).ellipse((0, 0, light.width - 1, light.height - 1), 255)
    light = light.reduce(_SMOOTH)
    for number, color in enumerate(_LIGHTS):
        image.paste(color, (margin + number * 7 * unit // 4, (bar - unit) // 2), light)
    x = (image.width - len(title) * unit) // 2
    for number, char in enumerate(title):
        place = (x + number * unit, (bar - glyphs.height) // 2)
        image.paste(_mixed(back, ink, 0.6), place, glyphs.draw(char, 1))
    return image


def _mixed(one: _Color, other: _Color, part: float) -> _Color:
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _counts(image: Image.Image) -> list[tuple[int, _Color]]:
    """Return each colour with the number of its pixels."""
    found = image.getcolors(image.width * image.height)
    return cast("list[tuple[int, _Color]]", found)


def _svg(source: str | App[Any]) -> str:
    return source if isinstance(source, str) else source.export_screenshot()


def _grid(source: _Source) -> Grid:
    return source if isinstance(source, Grid) else read_svg(_svg(source))


def _inks(sources: Iterable[_Source]) -> set[_Color]:
    """Return the colours of all text, however little of it there is."""
    colors = {glyph.style.color for source in sources for glyph in _grid(source).glyphs}
    return {cast("_Color", ImageColor.getrgb(color)) for color in colors}


def _palette(images: Iterable[Image.Image], inks: set[_Color]) -> Image.Image:
    """Return 256 colours: those of text, as they are and half smoothed; the most frequent others.

    If only frequency counted, the red of a single sign would give way to the smoothed edges of all
    other letters.
    """
    counts: Counter[_Color] = Counter()
    for image in images:
        for count, color in _counts(image):
            counts[color] += count
    often = sorted(counts, key=lambda color: (-counts[color], color))
    kept = [*sorted(inks), *(_mixed(often[0], ink, 0.5) for ink in sorted(inks))]
    colors = list(dict.fromkeys([*kept, *often]))[:256]
    palette = Image.new("P", (1, 1))
    palette.putpalette([level for color in colors for level in color])
    return palette


def _reduced(image: Image.Image, palette: Image.Image) -> Image.Image:
    return image.quantize(palette=palette, dither=Image.Dither.NONE)
