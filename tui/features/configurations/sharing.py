"""Commands on the list that take configurations to other tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.features.configurations.listed import ListCommands

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.session.snapshot import Row


class Sharing(ListCommands):
    """Export."""

    async def export(self, rows: Sequence[Row]) -> None:
        """Show what these are in the words of other tools, to take along."""
        said: str = await self._screen.open("export", rows)
        if said:
            self._app.say(said)
