"""Figures as lines of a table."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

HEAD = (
    f"{'row':4}{'work':60}{'against':42}{'ours':>9}{'theirs':>9}{'ratio':>8}"
    f"{'quartiles':>16}{'other':>7}{'asked':>8}  met"
)


def printed(figure: dict[str, Any]) -> str:
    """One line of the table."""
    asked, met = "", ""
    if figure["asked"] is not None:
        asked = f"{'≥' if figure['at_least'] else '≤'} {figure['asked']:g}"
        met = "yes" if figure["met"] else "NO"
    spread = f"{ratio(figure['low'])} – {ratio(figure['high'])}" if figure["low"] else ""
    other = ratio(figure["other"]) if figure["other"] else ""
    return (
        f"{figure['row']:4}{figure['work']:60}{figure['against']:42}"
        f"{amount(figure['ours'], figure['unit']):>9}{amount(figure['theirs'], figure['unit']):>9}"
        f"{ratio(figure['ratio']):>8}{spread:>16}{other:>7}{asked:>8}  {met}"
    ).rstrip()


def summary(figures: Sequence[dict[str, Any]]) -> str:
    """How many figures meet their goals."""
    judged = [figure["met"] for figure in figures if figure["met"] is not None]
    return f"{sum(judged)} of {len(judged)} are what is asked"


def ratio(value: float) -> str:
    """A ratio as text: two decimals, three below 0.1."""
    return f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


def amount(value: float, unit: str) -> str:
    """A value as text, in the unit in which it reads best."""
    if unit == "peak":
        return f"{value / 2**20:.0f} MiB"
    if unit == "rate":
        return f"{value:.0f}/s"
    if unit == "share":
        return f"{value:.3g} %"
    for name, size in (("s", 1.0), ("ms", 1e-3)):
        if value >= size:
            return f"{value / size:.3g} {name}"
    return f"{value * 1e6:.3g} µs"


def markdown(figures: Sequence[dict[str, Any]]) -> str:
    """The table of the documentation."""
    lines = ["| what | beside | takes |", "| --- | --- | --- |"]
    for work, found in groupby(figures, key=lambda figure: figure["work"]):
        sides = list(found)
        beside = " · ".join(figure["against"] for figure in sides)
        takes = " · ".join(f"{ratio(figure['ratio'])} ×" for figure in sides)
        lines.append(f"| {work} | {beside} | {takes} |")
    return "\n".join(lines)
