"""The line above the list of configurations in which one types what to look for."""

from __future__ import annotations

from textual.containers import Horizontal
from textual.widgets import Input, Static


class FilterLine(Horizontal):
    """A field; on its right how much was found, and once it is left, how to see all again."""

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
        self._back = Static("Esc shows all", markup=False)

    def fill(self) -> None:
        """Mount all at once, so that the field can have the focus before the next key comes."""
        self.mount(self.input, self._found, self._back)

    def tell(self, found: int, of: int) -> None:
        """Show how many configurations were found, of all."""
        self._found.update(f"{found:,} of {of:,}" if self.input.value.strip() else "")

    def tell_keys(self, typing: bool) -> None:
        """While something is typed, the keys stand in the footer."""
        self._back.display = not typing
