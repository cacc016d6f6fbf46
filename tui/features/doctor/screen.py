"""The doctor's screen: what would be used on this machine, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.widgets import Static

from storage_core.doctor import Report, found_out
from tui.features.doctor.commands import DOCTOR
from tui.features.doctor.lines import lines_of
from tui.kit.bars import TitleBar
from tui.kit.commands import Reason, bindings
from tui.kit.explain import Explanation
from tui.kit.pager import Pager
from tui.kit.screen import FullScreen
from tui.kit.workers import start_worker
from tui.session.background import in_thread, stream

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from storage_core.doctor.report import Finding
    from tui.session.session import Session

DRAWN: Final = 0.2
"""Seconds between two drawings of what has been found so far."""


class DoctorScreen(FullScreen[None]):
    """The findings, drawn as they come."""

    CSS_PATH = "screen.tcss"
    declared: ClassVar = DOCTOR
    BINDINGS: ClassVar = [*bindings(DOCTOR)]
    moving: ClassVar = (("↑ ↓  j k", "one line up or down"), ("PgUp PgDn", "a screenful"))
    explains: ClassVar = Explanation(
        "The doctor",
        "What would be used on this machine, and why: what is wrong comes with what to do.",
    )
    AUTO_FOCUS = "Pager"

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._found: list[Finding] = []
        self._complete = False
        self.do(
            {
                "reload": self._reload,
                "copy_report": self._copy,
                "leave": lambda: self.dismiss(None),
            }
        )

    def body(self) -> ComposeResult:
        """The number of problems, and the findings."""
        yield Static(id="summary", markup=False)
        report = Pager(id="report")
        report.add_class("pane")
        report.border_title = "What would be used here, and why"
        yield report

    def on_mount(self) -> None:
        """Begin at once."""
        self.query_one(TitleBar).title = "Storage  ›  Doctor"
        self._reload()

    def can(self, command: str) -> bool:
        """Whether a command can work here; the keys of others are left to the pager."""
        return command in self.does and super().can(command)

    def why_not(self, command: str) -> str:
        """Why a command cannot work now: only a complete report can be copied."""
        if command == "copy_report" and not self._complete:
            said = "It is still looking; the report can be copied when it is whole."
            return Reason(said, "still looking")
        return ""

    @property
    def report(self) -> Report:
        """The findings so far."""
        return Report(tuple(self._found))

    def _reload(self) -> None:
        start_worker(self, self._look, group="load", exclusive=True)

    async def _look(self) -> None:
        self._found, self._complete = [], False
        title = self.query_one(TitleBar)
        file = self._session.workspace.file
        drawing = self.set_interval(DRAWN, self._draw_so_far)
        try:
            async for each in stream(lambda: found_out(file)):
                self._found.append(each)
                title.progress = f"● looking: {each.section}"
        finally:
            drawing.stop()
        self._complete = True
        title.progress = ""
        await self._draw()
        self.refresh_bindings()

    def on_resize(self) -> None:
        """Draw again, since lines are wrapped to the width."""
        self._draw_so_far()

    def _draw_so_far(self) -> None:
        start_worker(self, self._draw, group="load-lines", exclusive=True)

    async def _draw(self) -> None:
        pager, report = self.query_one(Pager), self.report
        room = pager.room
        if room <= 0:
            return
        pager.show(await in_thread(lambda: lines_of(report, room, self.key)))
        said = self.query_one("#summary", Static)
        said.update(report.summary if self._complete else "Looking; no server is asked.")
        said.set_class(self._complete and bool(report.problems), "-wrong")
        said.set_class(self._complete and not report.problems, "-well")
        good = len(report.findings) - len(report.problems) - len(report.notes)
        pager.border_subtitle = f"✓ {good}  ⚠ {len(report.notes)}  ✗ {len(report.problems)}"

    def _copy(self) -> None:
        self.app.copy(self.report.as_text(), "the report")
