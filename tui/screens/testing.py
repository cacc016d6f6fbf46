"""Commands that test connections, and the checklist that fills in while one is tested."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.screens.changes import RowScreen

if TYPE_CHECKING:
    pass


class TestCommands(RowScreen):
    """Test one, test all."""

    def action_test(self) -> None:
        """Test the connection."""
