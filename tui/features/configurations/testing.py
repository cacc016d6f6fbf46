"""Commands that test connections: one with its checklist, or all at once."""

from __future__ import annotations

import asyncio
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from tui.features.configurations.listed import ListCommands
from tui.kit.bars import TitleBar
from tui.kit.workers import start_worker
from tui.session.background import stream
from tui.session.checks import TestResult
from tui.session.listing import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tui.session.snapshot import Row

_BAR = 16
"""Cells of the bar that shows how far it is."""

AT_ONCE = 4
"""Connections that "Test all" tests at the same time."""


class _Run:
    """A run of several tests, until the last or until it is stopped."""

    def __init__(self, of: int) -> None:
        self.of = of
        self.done = self.failed = 0
        self.stopped = False

    def words(self, running: int) -> str:
        """The progress as text."""
        if self.stopped:
            return f"stopping, {running} still running"
        filled = round(_BAR * self.done / self.of)
        bar = "━" * filled + "╌" * (_BAR - filled)
        return f"testing {bar} {self.done} of {self.of}  Esc stops"


def testable(rows: Iterable[Row]) -> list[Row]:
    """The rows that can be tested in a run."""
    return [row for row in rows if row.entry and not row.problem]


class Testing(ListCommands):
    """Test one, test all."""

    def __init__(self, *args: Any, marks: set[str], redraw: Callable[[Row | None], None]) -> None:
        super().__init__(*args)
        self._marks, self._redraw = marks, redraw
        self._run: _Run | None = None

    async def test(self, row: Row) -> None:
        """Test the connection."""
        to_edit: list[bool] = []
        edit = partial(to_edit.append, True) if row.entry else None
        result = await self._screen.open("check", row.name, row.configuration(), None, edit)
        if result is not None:
            self._remember(row, result)
        if to_edit:
            self._screen.run_command("edit")

    async def test_these(self, rows: list[Row]) -> None:
        """Test a single row with its checklist, several in a run."""
        if len(rows) == 1:
            await self.test(rows[0])
        elif self._run is None:
            start_worker(self._screen, self._test_all, rows, group="test-all")

    @property
    def running(self) -> bool:
        """Whether a run of tests is in progress that can be stopped."""
        return self._run is not None and not self._run.stopped

    def test_all(self) -> None:
        """Test every connection that is shown, or stop the tests."""
        if self._run is None:
            self._begin(testable(self._rows.shown))
        elif not self.stop():
            self._app.say("It is stopping; those that have begun end by themselves.")

    def test_chosen(self) -> None:
        """Test the connections that are chosen."""
        if self._run is None:
            self._begin(testable(self._rows.chosen))
        else:
            self._app.say("Tests are running already; Esc stops them.", severity="warning")

    def _begin(self, rows: list[Row]) -> None:
        start_worker(self._screen, self._test_all, rows, group="test-all")

    def stop(self) -> bool:
        """Begin no further tests; running ones continue, and are shown until they end.

        Returns whether there was anything to stop.
        """
        if self._run is None or self._run.stopped:
            return False
        self._run.stopped = True
        self._show_progress()
        return True

    async def _test_all(self, rows: list[Row]) -> None:
        run = self._run = _Run(len(rows))
        turns = asyncio.Semaphore(AT_ONCE)
        self._show_progress()

        async def one(row: Row) -> None:
            async with turns:
                if run.stopped:
                    return
                self._marks.add(row.id)
                self._redraw(None)
                result = await _result_of(row)
            run.done, run.failed = run.done + 1, run.failed + (not result.ok)
            self._marks.discard(row.id)
            self._remember(row, result)
            self._show_progress()

        try:
            await asyncio.gather(*map(one, rows))
        finally:
            self._run = None
            self._show_progress()
        outcome = f"{run.failed} of {run.done} failed" if run.failed else f"all {run.done} work"
        if run.done < run.of:
            some = f"{run.done} of {run.of} tested"
            outcome = f"{some}, {run.failed} failed" if run.failed else some
        self._app.say(
            f"{'Stopped' if run.done < run.of else 'Tested'}: {outcome}.",
            severity="warning" if run.failed else "information",
        )

    def _remember(self, row: Row, result: TestResult) -> None:
        self._session.tested(row.id, row.entry, result)
        blobs = next((each.blobs for each in result.steps if each.blobs is not None), None)
        seen = self._session.recent.of(row)
        if blobs is not None and (seen is None or seen.only):
            # Unless browsing has listed more: the test lists results only.
            self._session.recent.add(row, map(listed, blobs), "results")
        self._redraw(row)

    def _show_progress(self) -> None:
        """Show a bar in the title, and how to stop; nothing when there are no tests."""
        # There is no title bar left if the app is being closed.
        for title in self._screen.query(TitleBar):
            title.progress = self._run.words(len(self._marks)) if self._run else ""


async def _result_of(row: Row) -> TestResult:
    from storage_core.check import probe

    found = [each async for each in stream(lambda: probe(row.configuration()))]
    return TestResult(datetime.now(), tuple(found), True)  # noqa: DTZ005
