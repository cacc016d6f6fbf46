"""Draws the saved figures as a bar chart for the README: one picture for light and dark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
from typing import Any

from .figures import KEPT
from .table import ratio

CHART = KEPT.with_name("speed.svg")

_WIDTH, _LEFT, _UNIT = 880, 280, 410
"""The width of the picture; where bars begin; the width of the alternative's bar."""

_MOST = 1.3
"""The highest ratio that is drawn; longer bars are cut off."""

_LINE, _TITLE, _HEAD = 20, 34, 40
"""The heights of a bar, of the title of a group of bars, and of the line at the top."""

_LEFT_OUT = {"7", "9b", "13", "14", "15", "16"}
_OURSELVES = {"64 MiB", "100,000 blobs", "all of ours"}
"""Figures that are not drawn, by row or by what they are compared with: no alternatives."""

_STYLE = """
text { font: 13px system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328 }
.work { font-weight: 600 } .faint { fill: #59636e } .end { text-anchor: end }
.theirs { fill: #d1d9e0 } .ours { fill: #0969da } .line { stroke: #59636e; stroke-dasharray: 3 3 }
@media (prefers-color-scheme: dark) {
 text { fill: #f0f6fc } .faint { fill: #9198a1 } .theirs { fill: #3d444d } .ours { fill: #4493f8 }
 .line { stroke: #9198a1 }
}
"""


def drawn(figures: Sequence[dict[str, Any]]) -> str:
    """The text of an SVG file."""
    parts: list[str] = []
    y = _HEAD
    for work, bars in groupby(_shown(figures), key=lambda figure: figure["work"]):
        parts.append(_text(0, y + _TITLE - 13, work, "work"))
        y += _TITLE - 6
        for figure in bars:
            parts += _bar(y, figure)
            y += _LINE
    height = y + 12
    one = _LEFT + _UNIT
    head = [
        _text(0, 20, "Time, processor time or memory beside the alternative, whose bar is grey"),
        f'<line class="line" x1="{one}" y1="{_HEAD}" x2="{one}" y2="{height - 6}"/>',
        _text(one, _HEAD - 6, "1 ×", "faint end"),
    ]
    size = f'viewBox="-10 0 {_WIDTH + 20} {height}" width="{_WIDTH + 20}" height="{height}"'
    start = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'
    title = "<title>What Storage takes beside the alternatives</title>"
    return "\n".join([start, title, f"<style>{_STYLE}</style>", *head, *parts, "</svg>", ""])


def _shown(figures: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    return (
        figure
        for figure in figures
        if figure["row"] not in _LEFT_OUT and figure["against"] not in _OURSELVES
    )


def _bar(y: int, figure: dict[str, Any]) -> Iterator[str]:
    value = figure["ratio"]
    length = min(value, _MOST) * _UNIT
    yield _text(_LEFT - 10, y + 14, figure["against"], "faint end")
    yield f'<rect class="theirs" x="{_LEFT}" y="{y + 3}" width="{_UNIT}" height="14" rx="2"/>'
    yield f'<rect class="ours" x="{_LEFT}" y="{y + 3}" width="{length:.1f}" height="14" rx="2"/>'
    yield _text(_LEFT + int(max(length, _UNIT)) + 8, y + 14, f"{ratio(value)} ×")


def _text(x: int, y: int, text: str, style: str = "") -> str:
    return f'<text x="{x}" y="{y}" class="{style}">{escape(text)}</text>'
