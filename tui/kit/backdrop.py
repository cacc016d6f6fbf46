"""The screen below a dialog, dimmed; every `Dialog` has one.

Textual draws it whenever it draws anything of the dialog, three times while that opens, and mixes
the colours of each piece of text by themselves: most of what opening a dialog costs. This is drawn
once for as long as nothing below changes, and each style is mixed once.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from rich.segment import Segment
from rich.style import Style
from textual.renderables.background_screen import BackgroundScreen
from textual.strip import Strip
from textual.visual import Visual

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.color import Color
    from textual.css.styles import RulesMap
    from textual.screen import Screen
    from textual.style import Style as VisualStyle
    from textual.visual import RenderOptions


class Backdrop(Visual):
    """What `below` looks like now, as far as the background of `dialog` lets it through.

    Args:
        dialog: its size is that of the terminal, or will be when it has one.
        below: the screen under it.
    """

    def __init__(self, dialog: Screen[Any], below: Screen[Any]) -> None:
        app = dialog.app
        self.size = app.size
        options = app.console_options.update(width=self.size.width, height=self.size.height)
        segments = app.console.render(_Dimmed(below, dialog.styles.background), options)
        lines = Segment.split_and_crop_lines(
            Segment.apply_style(segments, dialog.visual_style.rich_style),
            self.size.width,
            include_new_lines=False,
            pad=False,
        )
        self._strips = [Strip(line) for line in lines]

    def render_strips(
        self, width: int, height: int | None, style: VisualStyle, options: RenderOptions
    ) -> list[Strip]:
        """The lines."""
        return self._strips

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """Cells."""
        return self.size.width

    def get_height(self, rules: RulesMap, width: int) -> int:
        """Lines."""
        return self.size.height


class _Dimmed(BackgroundScreen):
    @classmethod
    def process_segments(cls, segments: Iterable[Segment], color: Color) -> Iterable[Segment]:
        """As Textual does, but each style once."""
        for text, style, control in segments:
            yield Segment(text, style if control else _mixed(style or Style.null(), color), control)


@lru_cache(1024)
def _mixed(style: Style, color: Color) -> Style:
    [segment] = BackgroundScreen.process_segments([Segment("", style)], color)
    assert segment.style is not None
    return segment.style
