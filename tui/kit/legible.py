"""Gives every text a contrast of at least 3 to 1, whatever the theme.

Themes are made for editors: in some of them a warning or muted text is hardly readable on the
backgrounds of an app. The colours of text are moved towards white (on light backgrounds, black)
until they are readable. A background is called a ground here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from textual.color import Color, ColorParseError

ENOUGH: Final = 3.2
"""The least contrast, with a margin for rounding."""

SECOND: Final = 3.6
"""The contrast of secondary text, unless other text has less."""

_PLAIN: Final = ("background", "surface", "panel")
_MARKED: Final = (
    "primary-muted",
    "field-focus",
    "block-hover-background",
    "block-cursor-blurred-background",
)
"""Grounds of plain areas, and of what is pointed at."""

_SAYING: Final = {"error": "error-muted", "warning": "warning-muted"}
"""Text that is drawn on a ground with the same meaning."""

_TEXTS: Final = (
    *("foreground", "primary", "secondary", "accent", "warning", "error", "success"),
    *("text-primary", "text-secondary", "text-accent"),
    *("text-warning", "text-error", "text-success"),
    "footer-key-foreground",
)
_PAIRS: Final = {
    "block-cursor-foreground": "block-cursor-background",
    "block-cursor-blurred-foreground": "block-cursor-blurred-background",
    "input-selection-foreground": "input-selection-background",
    "input-cursor-foreground": "input-cursor-background",
}
"""Text that is drawn on a ground of its own."""

_TINTS: Final = {
    True: ("#B9A3E3", "#7FB0D9", "#E3A36B", "#8CC59A", "#A9B1BC", "#6FC3BF"),
    False: ("#6B4FA0", "#1F5F99", "#8F4E00", "#1E692D", "#56616D", "#0C6668"),
}
"""Colours that tell kinds apart, for dark grounds and for light ones."""

_CHIP: Final = 0.2
"""The share of a tint in the ground of a chip."""

_FIELD: Final = 0.2
"""The share of the primary colour in the ground of the field with the focus."""

_FRAME: Final = 0.26
"""The share of the text's colour in the frame of a pane."""

_ANSI_TINTS: Final = ("magenta", "blue", "yellow", "green", "default", "cyan")


def legible(variables: Mapping[str, str], *, dark: bool, ansi: bool) -> dict[str, str]:
    """The variables of a theme, with `muted`, `faint`, `frame`, `tint-…` and `chip-…`, and with
    legible texts.
    """
    if ansi:
        # The terminal's own colours are unknown.
        more = {f"tint-{number}": f"ansi_{name}" for number, name in enumerate(_ANSI_TINTS)}
        chips = {f"chip-{number}": "ansi_default" for number in range(len(_ANSI_TINTS))}
        lines = {"faint": "ansi_bright_black", "frame": "ansi_bright_black"}
        cursor = variables["block-cursor-background"]
        more |= {**chips, **lines, "field-focus": cursor, "muted": variables["foreground"]}
        return {**variables, **more}
    found = {**variables}
    base = Color.parse(found["background"])
    ink = Color.parse(found["foreground"])
    panel = Color.parse(found["panel"])
    field = base.blend(panel, panel.a, 1.0)
    found.setdefault("field-focus", field.blend(Color.parse(found["primary"]), _FIELD, 1.0).hex)
    plain = [base.blend(each, each.a, 1.0) for each in _colors(found, _PLAIN)]
    grounds = [*plain, *(base.blend(each, each.a, 1.0) for each in _colors(found, _MARKED))]
    # A button, and one under the mouse.
    raised = [plain[1].blend(ink, part, 1.0) for part in (0.14, 0.22)]
    for name in _TEXTS:
        if color := _color(found.get(name)):
            saying = raised if name == "foreground" else _colors(found, [_SAYING.get(name, "")])
            found[name] = _moved(color, [*grounds, *saying], ENOUGH, dark=dark).hex
    selected = _color(found.get("input-selection-background")) or ink
    # Opaque, since it is drawn on fields with the focus and on others.
    found["input-selection-background"] = grounds[3].blend(selected, selected.a, 1.0).hex
    found.setdefault("input-selection-foreground", found["foreground"])
    for name, ground in _PAIRS.items():
        text, below = _color(found.get(name)), _color(found.get(ground))
        if text and below:
            towards = below.get_contrast_text(1.0).brightness > 0.5
            found[name] = _moved(text, [below], ENOUGH, dark=towards).hex
    for number, tint in enumerate(_TINTS[dark]):
        moved = _moved(Color.parse(tint), grounds, ENOUGH, dark=dark)
        chip = base.blend(moved, _CHIP, 1.0)
        found[f"tint-{number}"] = _moved(moved, [*grounds, chip], ENOUGH, dark=dark).hex
        found[f"chip-{number}"] = chip.hex
    ink = Color.parse(found["foreground"])
    given = _color(found.get("muted")) or base.blend(ink, 0.66)
    muted = _moved(given, grounds, SECOND, dark=dark)
    faint = _moved(base.blend(ink, 0.45), plain, SECOND, dark=dark)
    for name, color in {"muted": muted, "faint": faint}.items():
        found[name] = (color if contrast(color, base) < contrast(ink, base) else ink).hex
    found["frame"] = base.blend(ink, _FRAME, 1.0).hex
    found["text-muted"] = found["muted"]
    found["text-disabled"] = found["faint"]
    return found


def contrast(one: Color, other: Color) -> float:
    """The contrast of two colours by the web's accessibility guidelines (WCAG 2)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@cache  # Each ground is compared with each text.
def _luminance(color: Color) -> float:
    red, green, blue = (
        level / 12.92 if level <= 0.04045 else ((level + 0.055) / 1.055) ** 2.4
        for level in color.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _moved(color: Color, grounds: Sequence[Color], least: float, *, dark: bool) -> Color:
    """`color`, or the nearest colour towards white or black that is readable on all grounds."""
    end = Color(255, 255, 255) if dark else Color(0, 0, 0)
    for step in range(21):
        moved = color.blend(end, step / 20, 1.0)
        if all(contrast(moved, ground) >= least for ground in grounds):
            return moved
    return end


def _colors(variables: Mapping[str, str], names: Sequence[str]) -> list[Color]:
    return [color for name in names if (color := _color(variables.get(name)))]


def _color(value: str | None) -> Color | None:
    """A colour; None for `auto 87%`, which adapts to its ground already."""
    if value is None or value.startswith("auto"):
        return None
    try:
        return Color.parse(value)
    except ColorParseError:
        return None
