"""The app's own three themes; Textual's built-in ones are available as well.

A terminal with 256 colours shows the nearest of these. For a colour that is hardly tinted
(saturation below 0.15) Rich takes one of 24 greys; for others a cube with steps of 95 in dark
colours, where a blueish grey turns navy. So backgrounds here are greys that stay distinct, and
tinted backgrounds, such as the cursor's, are colours that keep their hue;
`tests/tui/test_colours.py` checks that.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from textual.theme import Theme

DARK: Final = "storage-dark"
LIGHT: Final = "storage-light"
PAPER: Final = "storage-paper"
"""Black on white, for bright rooms, projectors and weak eyes: all text has a contrast of at least
7 to 1. White, since a warmer background would turn yellow in a terminal with 256 colours."""

MUTED: Final = "$muted"
"""The style of secondary text: labels, help."""

FAINT: Final = "$faint"
"""The style of what cannot be used now."""

THEMES: Final = (
    Theme(
        name=DARK,
        primary="#7FB0D9",
        secondary="#8FA3B8",
        accent="#E3B765",
        warning="#E3A857",
        error="#F09089",
        success="#8CC59A",
        foreground="#DCE1E7",
        background="#15171B",
        surface="#1F2229",
        panel="#2A2E36",
        dark=True,
        variables={
            # Backgrounds for focus, errors and warnings.
            "primary-muted": "#2B4876",
            "error-muted": "#4A282A",
            "warning-muted": "#483A22",
            "muted": "#AFB3B9",
            "block-cursor-foreground": "#DCE1E7",
            "block-cursor-background": "#2B4876",
            "block-cursor-text-style": "none",
            "block-cursor-blurred-background": "#2A2E36",
            "block-hover-background": "#2A2E36",
            "input-cursor-background": "#DCE1E7",
            "input-selection-background": "#3E6296",
            "input-selection-foreground": "#FFFFFF",
            "footer-key-foreground": "#E3B765",
            "scrollbar": "#3A414C",
            "scrollbar-hover": "#4B5462",
            "scrollbar-active": "#7FB0D9",
            "scrollbar-background": "#1F2229",
            "scrollbar-background-hover": "#1F2229",
            "scrollbar-background-active": "#1F2229",
        },
    ),
    Theme(
        name=LIGHT,
        primary="#1F5F99",
        secondary="#52667A",
        accent="#855600",
        warning="#8A5500",
        error="#B3261E",
        success="#1E692D",
        foreground="#23282F",
        background="#FBFBFA",
        surface="#F3F2F0",
        panel="#EAE8E5",
        dark=False,
        variables={
            "primary-muted": "#C2D9EE",
            "error-muted": "#F6D5D2",
            "warning-muted": "#F5E3C0",
            "block-cursor-foreground": "#23282F",
            "block-cursor-background": "#C2D9EE",
            "block-cursor-text-style": "none",
            "block-cursor-blurred-background": "#EAE8E5",
            "block-hover-background": "#EAE8E5",
            "input-cursor-background": "#23282F",
            "input-selection-background": "#1F5F99",
            "input-selection-foreground": "#FFFFFF",
            "footer-key-foreground": "#855600",
            "scrollbar": "#C9C4BA",
            "scrollbar-hover": "#B5AFA3",
            "scrollbar-active": "#1F5F99",
            "scrollbar-background": "#F3F2F0",
            "scrollbar-background-hover": "#F3F2F0",
            "scrollbar-background-active": "#F3F2F0",
        },
    ),
    Theme(
        name=PAPER,
        primary="#003E85",
        secondary="#33424F",
        accent="#573400",
        warning="#5C3200",
        error="#860D0A",
        success="#0B4A1C",
        foreground="#000000",
        background="#FFFFFF",
        surface="#F6F6F6",
        panel="#E8E8E8",
        dark=False,
        variables={
            "primary-muted": "#B7D7F7",
            "field-focus": "#DCEAF9",
            "error-muted": "#F8D3D0",
            "warning-muted": "#F7E3B5",
            "muted": "#3C4146",
            "block-cursor-foreground": "#000000",
            "block-cursor-background": "#B7D7F7",
            "block-cursor-text-style": "none",
            "block-cursor-blurred-background": "#E8E8E8",
            "block-hover-background": "#E8E8E8",
            "input-cursor-background": "#000000",
            "input-selection-background": "#003E85",
            "input-selection-foreground": "#FFFFFF",
            "footer-key-foreground": "#573400",
            "scrollbar": "#A8A8A8",
            "scrollbar-hover": "#8A8A8A",
            "scrollbar-active": "#003E85",
            "scrollbar-background": "#F6F6F6",
            "scrollbar-background-hover": "#F6F6F6",
            "scrollbar-background-active": "#F6F6F6",
        },
    ),
)

_ON_LIGHT: Final = {
    "focus": "#55FFFF",
    "wrong": "#FF5555",
    "noticed": "#FFFF55",
    "field": "#AAAAAA",
}
_FEW: Final[dict[str, dict[str, str]]] = {
    DARK: {"focus": "#0000AA", "wrong": "#AA0000", "noticed": "#AA5500", "field": "#555555"},
    LIGHT: _ON_LIGHT,
    PAPER: _ON_LIGHT,
}
"""Backgrounds for 16 colours, where the nearest to a calm one would be the plain background."""


def themes(*, few_colours: bool) -> tuple[Theme, ...]:
    """Our own themes; `few_colours` is for a terminal with no more than 16 colours."""
    if not few_colours:
        return THEMES
    return tuple(
        replace(
            theme,
            panel=ground["field"],
            variables={
                **theme.variables,
                "primary-muted": ground["focus"],
                "field-focus": ground["focus"],
                "error-muted": ground["wrong"],
                "warning-muted": ground["noticed"],
                "block-cursor-background": ground["focus"],
                "block-cursor-blurred-background": ground["field"],
                "block-hover-background": ground["field"],
            },
        )
        for theme in THEMES
        for ground in [_FEW[theme.name]]
    )
