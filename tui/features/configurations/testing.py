"""Commands on the list that test connections: one with its checklist, or all at once."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING

from tui.features.configurations.changes import RowScreen
from tui.kit.tasks import flow
from tui.kit.text import printable
from tui.session.background import stream
from tui.session.snapshot import Row
from tui.session.workspace import TestResult

if TYPE_CHECKING:
    from storage_core.declaration.configuration import StorageConfiguration

AT_ONCE = 4
"""Connections that "Test all" tests at the same time."""


class TestCommands(RowScreen):
    """Test one, test all."""

    def result_changed(self, row: Row) -> None:
        """There is another test result for `row`, or a test of it has begun."""
        raise NotImplementedError

    def action_test(self) -> None:
        """Test the connection."""
        if self.row:
            self._test(self.row)

    @flow
    async def _test(self, row: Row) -> None:
        from tui.features.check.dialog import ProbeScreen

        result = await self.app.push_screen_wait(ProbeScreen(row.name, _configuration(row)))
        self.app.workspace.results[row.id] = result
        self.result_changed(row)

    def action_test_all(self) -> None:
        """Test every connection."""
        rows = [row for row in self.app.snapshot.rows if row.entry and not row.problem]
        if rows:
            self.run_worker(self._test_all(rows), group="test-all", exclusive=True)

    async def _test_all(self, rows: list[Row]) -> None:
        done = failed = 0
        turns = asyncio.Semaphore(AT_ONCE)
        self.show_progress(0, len(rows))

        async def one(row: Row) -> None:
            nonlocal done, failed
            async with turns:
                self.begin(row)
                result = await self._result_of(row)
            done, failed = done + 1, failed + (not result.ok)
            self.app.workspace.results[row.id] = result
            self.finish(row)
            self.show_progress(done, len(rows))

        try:
            await asyncio.gather(*map(one, rows))
        finally:
            self.show_progress(0, 0)
        outcome = f"{failed} of {done} failed" if failed else f"all {done} work"
        self.app.say(f"Tested: {outcome}.", severity="warning" if failed else "information")

    async def _result_of(self, row: Row) -> TestResult:
        from storage_core.probe import probe

        found = [each async for each in stream(lambda: probe(_configuration(row)))]
        return TestResult(datetime.now(), tuple(found), True)  # noqa: DTZ005

    def begin(self, row: Row) -> None:
        """The test of `row` has begun."""
        raise NotImplementedError

    def finish(self, row: Row) -> None:
        """The test of `row` has ended."""
        raise NotImplementedError

    def show_progress(self, done: int, of: int) -> None:
        """How many of all tests have ended; 0 of 0 when there are none."""
        raise NotImplementedError


def _configuration(row: Row) -> StorageConfiguration:
    if row.entry is not None:
        return row.entry.opened()
    from storage_core import TemporaryLocalStorage

    return TemporaryLocalStorage(name=printable(row.name))
