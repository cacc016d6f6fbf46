"""The line above the list of configurations in which one types what to look for."""

from __future__ import annotations

from textual.containers import Horizontal
from textual.widgets import Input, Static


class FilterLine(Horizontal):
    """A field, and on its right how much was found."""

    DEFAULT_CSS = """
    FilterLine {
        height: auto;
        & > Input { width: 1fr; }
        & > Static { width: auto; padding: 0 2 0 1; color: $text-muted; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self.input = Input(id="filter", compact=True, placeholder="name, type, location or ID")
        self._found = Static(markup=False)

    def fill(self) -> None:
        """Mount both at once, so that the field can have the focus before the next key comes."""
        self.mount(self.input, self._found)

    def tell(self, found: int, of: int) -> None:
        """Show how many configurations were found, of all."""
        self._found.update(f"{found:,} of {of:,}" if self.input.value.strip() else "")
