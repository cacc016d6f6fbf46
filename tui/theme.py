"""The app's own two themes, calm and legible; Textual's built-in ones are there as well."""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

DARK: Final = "storage-dark"
LIGHT: Final = "storage-light"

MUTED: Final = "$foreground 62%"
"""Style of what is read second: labels, help. `$text-muted` has no meaning inside of a text."""

FAINT: Final = "$foreground 38%"
"""Style of what cannot be used now."""

THEMES: Final = (
    Theme(
        name=DARK,
        primary="#7FB0D9",
        secondary="#8FA3B8",
        accent="#E3B765",
        warning="#E3A857",
        error="#EC8A83",
        success="#8CC59A",
        foreground="#DCE1E7",
        background="#14171C",
        surface="#1A1E24",
        panel="#232830",
        dark=True,
        variables={
            "block-cursor-text-style": "none",
            "input-cursor-background": "#DCE1E7",
            "input-selection-background": "#7FB0D9 35%",
            "footer-key-foreground": "#E3B765",
            "scrollbar": "#39414D",
            "scrollbar-hover": "#4A5463",
            "scrollbar-active": "#7FB0D9",
            "scrollbar-background": "#1A1E24",
            "scrollbar-background-hover": "#1A1E24",
            "scrollbar-background-active": "#1A1E24",
        },
    ),
    Theme(
        name=LIGHT,
        primary="#1F5F99",
        secondary="#52667A",
        accent="#8A5A00",
        warning="#8F5A00",
        error="#B3261E",
        success="#22703F",
        foreground="#23282F",
        background="#FBFAF8",
        surface="#F2F0EC",
        panel="#E7E4DE",
        dark=False,
        variables={
            "block-cursor-text-style": "none",
            "input-cursor-background": "#23282F",
            "input-selection-background": "#1F5F99 25%",
            "footer-key-foreground": "#8A5A00",
            "scrollbar": "#C9C4BA",
            "scrollbar-hover": "#B5AFA3",
            "scrollbar-active": "#1F5F99",
            "scrollbar-background": "#F2F0EC",
            "scrollbar-background-hover": "#F2F0EC",
            "scrollbar-background-active": "#F2F0EC",
        },
    ),
)
