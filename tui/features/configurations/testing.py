"""Commands that test connections: one with its checklist, or all at once."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tui.features.configurations.listed import ListCommands
from tui.kit.bars import TitleBar
from tui.session.background import stream
from tui.session.checks import TestResult

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.session.snapshot import Row

AT_ONCE = 4
"""Connections that "Test all" tests at the same time."""


class Testing(ListCommands):
    """Test one, test all."""

    def __init__(self, *args: Any, marks: set[str], redraw: Callable[[], None]) -> None:
        super().__init__(*args)
        self._marks, self._redraw = marks, redraw

    async def test(self, row: Row) -> None:
        """Test the connection."""
        result = await self._screen.open("check", row.name, row.configuration())
        if result is not None:
            self._remember(row, result)

    def test_all(self) -> None:
        """Test every connection."""
        rows = [row for row in self._session.snapshot.rows if row.entry and not row.problem]
        self._screen.run_worker(self._test_all(rows), group="test-all", exclusive=True)

    async def _test_all(self, rows: list[Row]) -> None:
        done = failed = 0
        turns = asyncio.Semaphore(AT_ONCE)
        self._show_progress(0, len(rows))

        async def one(row: Row) -> None:
            nonlocal done, failed
            async with turns:
                self._marks.add(row.id)
                self._redraw()
                result = await _result_of(row)
            done, failed = done + 1, failed + (not result.ok)
            self._marks.discard(row.id)
            self._remember(row, result)
            self._show_progress(done, len(rows))

        try:
            await asyncio.gather(*map(one, rows))
        finally:
            self._show_progress(0, 0)
        outcome = f"{failed} of {done} failed" if failed else f"all {done} work"
        self._app.say(f"Tested: {outcome}.", severity="warning" if failed else "information")

    def _remember(self, row: Row, result: TestResult) -> None:
        self._session.tested(row.id, row.entry, result)
        self._redraw()

    def _show_progress(self, done: int, of: int) -> None:
        """A bar in the title; 0 of 0 when there are no tests."""
        filled = round(20 * done / of) if of else 0
        bar = "━" * filled + "╌" * (20 - filled)
        # None when the app is being left meanwhile.
        for title in self._screen.query(TitleBar):
            title.progress = f"testing {bar} {done} of {of}" if of else ""


async def _result_of(row: Row) -> TestResult:
    from storage_core.check import probe

    found = [each async for each in stream(lambda: probe(row.configuration()))]
    return TestResult(datetime.now(), tuple(found), True)  # noqa: DTZ005
