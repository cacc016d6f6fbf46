"""Commands on the list that import configurations from other tools, and export to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.features.configurations.listed import ListCommands
from tui.kit.text import cut, named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.features.configurations.testing import Testing
    from tui.session.snapshot import Row

_NAMED = 60
"""Cells that the names of imported configurations may take in a message."""


class Sharing(ListCommands):
    """Import, export."""

    def __init__(self, *args: Any, tests: Testing) -> None:
        super().__init__(*args)
        self._tests = tests

    async def bring(self) -> None:
        """Show what other tools have; import what is chosen, and test it if wanted."""
        names: list[str] = await self._screen.open("import")
        if not names:
            return
        self._rows.select(names[0])
        undo = self._screen.key("undo", "u")
        shown = cut(", ".join(map(named, names)), _NAMED)
        self._app.say(f"Imported {shown}; {undo} takes this back.")
        rows = [row for row in self._session.snapshot.rows if row.name in names and row.entry]
        if rows and await self._wants_tests(rows):
            await self._tests.test_these(rows)

    async def _wants_tests(self, rows: Sequence[Row]) -> bool:
        from tui.kit.ask import Ask

        one = len(rows) == 1
        answer = await self._screen.ask(
            Ask(
                f"Test {rows[0].name} now?" if one else f"Test all {len(rows)} now?",
                "Whether they can be reached, written and read." if not one else "",
                [("test", "Test"), ("no", "Not now")],
                focus="test",
                about="" if not one else rows[0].location,
            )
        )
        return answer == "test"

    async def export(self, rows: Sequence[Row]) -> None:
        """Show these rows in the forms of other tools, to be copied or written."""
        said: str = await self._screen.open("export", rows)
        if said:
            self._app.say(said)
