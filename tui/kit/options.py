"""Textual's lists of options, which a key may reach before they have a size."""

from __future__ import annotations

from textual.widgets import OptionList


class Paged(OptionList):
    """A list that pages only when it is on screen.

    Textual's own (8.2) looks its options up by their lines, which a list without a size has not
    got, and raises `KeyError`: a page key that comes while it is still hidden would end the app.
    """

    def action_page_up(self) -> None:
        """Move the cursor a page up."""
        if self.scrollable_content_region:
            super().action_page_up()  # type: ignore[no-untyped-call]

    def action_page_down(self) -> None:
        """Move the cursor a page down."""
        if self.scrollable_content_region:
            super().action_page_down()  # type: ignore[no-untyped-call]
