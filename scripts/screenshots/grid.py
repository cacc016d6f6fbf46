"""The content of each cell of a terminal picture, read from Textual's SVG export.

The SVG says where each run of text starts, in multiples of a nominal cell, and leaves the rest to
the viewer's fonts. Only the starts are used here (the lengths are wrong for wide characters): the
width of each character within a run comes from Rich's own table, with which the screen was laid
out, so that each character gets the cell that it had.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree import ElementTree

from rich.cells import split_graphemes

# The nominal cell of every SVG from Rich: characters 20 units high, 0.61 of it wide, lines 1.22.
_NOMINAL_WIDTH = 20 * 0.61
_NOMINAL_HEIGHT = 20 * 1.22

_SVG = "{http://www.w3.org/2000/svg}"
_RULE = re.compile(r"\.([\w-]+) \{ (fill: .*?) \}")


@dataclass(frozen=True, slots=True)
class Style:
    """How a character is drawn."""

    color: str
    bold: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character with its combining marks, and the cells that it takes."""

    text: str
    column: int
    row: int
    width: int
    style: Style


@dataclass(frozen=True, slots=True)
class Fill:
    """A coloured stretch of one row."""

    color: str
    column: int
    row: int
    width: int


@dataclass(frozen=True, slots=True)
class Grid:
    """One screen; columns and rows count from 0."""

    columns: int
    rows: int
    title: str
    background: str
    """Colour of the cells that have no fill."""
    fills: list[Fill]
    glyphs: list[Glyph]


def read_svg(svg: str) -> Grid:
    """Return the cells of a picture made by Textual's `App.export_screenshot`.

    Raises:
        ValueError: The SVG was not made by Rich.
    """
    root = ElementTree.fromstring(svg)
    styles = {name: _style(css) for name, css in _RULE.findall(svg)}
    fills: list[Fill] = []
    glyphs: list[Glyph] = []
    title = background = ""
    columns = rows = 0
    for element in root.iter():
        get = element.attrib.get
        if element.tag == f"{_SVG}clipPath" and get("id", "").endswith("-clip-terminal"):
            columns = round((float(element[0].attrib["width"]) + 1) / _NOMINAL_WIDTH)
            rows = round((float(element[0].attrib["height"]) + 1) / _NOMINAL_HEIGHT)
        elif element.tag == f"{_SVG}rect" and get("rx"):
            background = get("fill", "")
        elif element.tag == f"{_SVG}rect" and get("shape-rendering"):
            column, row = _cell(element)
            width = round(float(element.attrib["width"]) / _NOMINAL_WIDTH)
            fills.append(Fill(element.attrib["fill"], column, row, width))
        elif element.tag == f"{_SVG}text" and get("textLength"):
            column, row = _cell(element)
            text = (element.text or "").replace("\N{NO-BREAK SPACE}", " ")
            style = styles[element.attrib["class"]]
            for start, end, width in split_graphemes(text)[0]:
                if text[start:end] != " " or style.underline or style.strike:
                    glyphs.append(Glyph(text[start:end], column, row, width, style))
                column += width
        elif element.tag == f"{_SVG}text":
            title = (element.text or "").replace("\N{NO-BREAK SPACE}", " ")
    if not (columns and rows and background):
        raise ValueError("not a screenshot exported by Textual")
    return Grid(columns, rows, title, background, fills, glyphs)


def _cell(element: ElementTree.Element) -> tuple[int, int]:
    x, y = float(element.attrib["x"]), float(element.attrib["y"])
    return round(x / _NOMINAL_WIDTH), int(y / _NOMINAL_HEIGHT)


def _style(css: str) -> Style:
    color = css.removeprefix("fill: ").partition(";")[0]
    return Style(color, "bold" in css, "italic" in css, "underline" in css, "line-through" in css)
