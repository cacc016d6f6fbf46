"""Toggles that show by a sign, not by colour alone, whether they are on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Checkbox, RadioButton

from tui.kit.theme import MUTED

if TYPE_CHECKING:
    from textual.geometry import Size


class Radio(RadioButton):
    """A radio button."""

    def render(self) -> Content:
        """Sign and label."""
        label = self.label.pad(1, 1).stylize_before(self.get_visual_style("toggle--label"))
        return Content.assemble(_sign("● " if self.value else "○ ", self.value), label)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """Cells of both."""
        return 2 + self.label.cell_length + 2


class Tick(Checkbox):
    """A checkbox."""

    def render(self) -> Content:
        """Sign and label."""
        label = self.label.pad(1, 1).stylize_before(self.get_visual_style("toggle--label"))
        return Content.assemble(_sign("[✓]" if self.value else "[ ]", self.value), label)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """Cells of both."""
        return 3 + self.label.cell_length + 2


def _sign(sign: str, on: bool) -> tuple[str, str]:
    return sign, "bold $primary" if on else MUTED
