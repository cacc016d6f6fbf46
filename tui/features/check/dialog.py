"""The connection test of one storage: a checklist that is filled in step by step."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Static

from storage_core.check import afterword, probe, steps
from storage_core.printable import printable
from tui.features.check.commands import TEST
from tui.kit.commands import bindings
from tui.kit.dialog import Box, Dialog, Lines
from tui.kit.text import fit, wrap
from tui.kit.theme import FAINT, MUTED
from tui.kit.workers import start_worker
from tui.session.background import stream
from tui.session.checks import TestResult
from tui.session.quantities import milliseconds, moment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from storage_core.check import StepResult, Waiting
    from storage_core.declaration.configuration import StorageConfiguration
    from tui.session.session import Session

TICK = 0.5
"""Seconds between two updates of the time that is left."""

_BAR = 8
"""Cells of the bar that shows how long a step took."""

_LOW = 24
"""Rows of the lowest terminal with room for more than the steps."""


class CheckDialog(Dialog[TestResult | None]):
    """Runs the test. The result is that of the last test that was not cancelled.

    Args:
        name: the configuration's name.
        configuration: the configuration to test.
        save: called on closing if a working configuration is to be saved, with the chosen one of
            the `ways`, or with an empty text if the key was used. None if it is saved already.
        edit: called on closing if the settings are to be changed; None if a form is open.
        ways: ways to save, the usual one first: the name of each, and the label of its button.
    """

    CSS_PATH = "dialog.tcss"
    declared: ClassVar = TEST
    BINDINGS: ClassVar[list[Any]] = [*bindings(TEST)]
    AUTO_FOCUS = "#leave"

    def __init__(
        self,
        session: Session,
        name: str,
        configuration: StorageConfiguration,
        save: Callable[[str], object] | None = None,
        edit: Callable[[], object] | None = None,
        ways: Sequence[tuple[str, str]] = (("save", "Save"),),
    ) -> None:
        super().__init__()
        self._save, self._edit = save, edit
        self._ways = ways if save is not None else ()
        entry = session.entries.get(name) if save is None else None
        self._before = session.workspace.results.last(entry.id, entry) if entry else []
        self.do({"again": self._test, "leave": self._leave, "save": self._leave_to_save})
        self.do({"edit_settings": self._leave_to_edit})
        self.do({"scroll_up": lambda: self._scroll(-1), "scroll_down": lambda: self._scroll(1)})
        self._title = name
        self._configuration = configuration
        self._steps = steps(configuration)
        self._found: list[StepResult] = []
        self._complete = False
        self._result: TestResult | None = None
        self._waiting: Waiting | None = None

    def compose(self) -> ComposeResult:
        """Title, place, checklist, outcome, buttons."""
        with Box(f"Test {self._title}", about=self._configuration.location):
            with Lines():
                yield Static(id="steps", markup=False)
            with Horizontal(classes="buttons"):
                for way, label in self._ways:
                    yield Button(label, id=f"save-{way}", classes="save", compact=True)
                if self._edit is not None:
                    yield Button("Edit", id="edit_settings", compact=True)
                yield Button("Cancel", id="leave", classes="-main", compact=True)
                yield Button("Test again", id="again", compact=True)

    def on_mount(self) -> None:
        """Start the test at once."""
        self._test()

    def _test(self) -> None:
        start_worker(self, self._run, group="test", exclusive=True)

    async def _run(self) -> None:
        self._found, self._complete, self._waiting = [], False, None
        self.query_one("#again").disabled = True
        self.query_one("#leave", Button).label = "Cancel"
        self._offer()
        self._draw()
        countdown = self.set_interval(TICK, self._draw)
        try:
            async for found in stream(lambda: probe(self._configuration, on_waiting=self._wait)):
                self._found.append(found)
                self._draw()
        finally:
            countdown.stop()
        self._complete = True
        self._result = TestResult(datetime.now(), tuple(self._found), True)  # noqa: DTZ005
        self.query_one("#again").disabled = False
        self.query_one("#leave", Button).label = "Close"
        self._offer()
        self._draw()
        self._show_end()

    def _show_end(self) -> None:
        # The outcome is at the end, below steps that may be long.
        self.call_after_refresh(self.query_one(Lines).scroll_end, animate=False)

    def why_not(self, command: str) -> str:
        """Why a command cannot work now: only what works is saved here; the form saves anything."""
        if command == "edit_settings":
            return "" if self._edit is not None else "Its settings are open already."
        works = self._complete and all(found.ok for found in self._found)
        return "" if command != "save" or (works and self._ways) else "It is not tested."

    def _offer(self) -> None:
        """Make the button that helps the main one: save what works, edit what does not."""
        saves, edits = [*self.query(".save")], [*self.query("#edit_settings")]
        works = self.why_not("save") == ""
        failed = self._complete and not all(found.ok for found in self._found)
        # They are to the left of the other buttons, which do not move.
        for button in saves:
            button.display = works
        for button in edits:
            button.display = failed
        helping = [each for each in (*saves, *edits) if each.display]
        main = helping[0] if helping else self.query_one("#leave")
        before = self.query_one("Button.-main")
        for button in self.query(Button):
            button.set_class(button is main, "-main")
        # If a person has moved to another button, the focus stays there.
        if works or self.focused in (before, *saves, *edits, None):
            main.focus()

    def _wait(self, waiting: Waiting) -> None:
        # Called in the thread of the test; the countdown shows it.
        self._waiting = waiting

    def _scroll(self, way: int) -> None:
        self.query_one(Lines).turn(way)

    def on_resize(self) -> None:
        """Draw again, since messages are wrapped to the width."""
        self._draw()
        if self._complete:
            self._show_end()

    def _draw(self) -> None:
        width = max(20, self.query_one("#steps").size.width)
        lines: list[Content] = []
        failed = any(not found.ok for found in self._found)
        for index, step in enumerate(self._steps):
            found = self._found[index] if index < len(self._found) else None
            if found is None:
                now = index == len(self._found) and not failed and not self._complete
                sign, style = ("…", "bold $accent") if now else ("·", FAINT)
                waiting = self._waiting
                words = waiting.words if now and waiting and waiting.step == step else ""
                lines.append(
                    Content.assemble(
                        (f"{sign}  ", style),
                        (fit(step.label, width - 3 - len(words)), "$foreground" if now else FAINT),
                        (words, MUTED),
                    )
                )
                continue
            # A step without a time was part of the one before.
            took = "·" if found.seconds is None else milliseconds(found.seconds)
            lines.append(
                Content.assemble(
                    _sign(found),
                    (fit(step.label, width - 12 - _BAR), "$foreground"),
                    (self._bar(found), "$secondary"),
                    (took.rjust(9), MUTED),
                )
            )
            if found.message:
                style = MUTED if found.ok else "$error"
                lines += [
                    Content.assemble("   ", (part, style))
                    for part in wrap(printable(found.message), width - 3)
                ]
        # Present from the start, so that the dialog keeps its size.
        lines.append(Content(""))
        if not self._complete:
            lines.append(Content.styled("Testing…", MUTED))
        elif failed:
            lines.append(Content.styled("It does not work yet.", "bold $error"))
        else:
            total = milliseconds(sum(found.seconds or 0.0 for found in self._found))
            lines.append(Content.styled(f"It works: all done in {total}.", "bold $success"))
            said = printable(afterword(self._found))
            lines += [Content.styled(part, MUTED) for part in wrap(said, width) if said]
        if self._before and self.app.size.height >= _LOW:
            lines.append(_trend(self._before, width))
        self.query_one("#steps", Static).update(Content("\n").join(lines))
        self.query_one(Lines).hold(len(lines))

    def _bar(self, found: StepResult) -> str:
        """A bar for the time of a step; shown at the end, since it depends on the longest step."""
        longest = max((each.seconds or 0.0 for each in self._found), default=0.0)
        share = (found.seconds or 0.0) / longest if self._complete and longest else 0.0
        halves = round(share * _BAR * 2)
        return ("━" * (halves // 2) + "╸" * (halves % 2)).ljust(_BAR)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Do what the button says."""
        name = event.button.id or ""
        if event.button.has_class("save"):
            self._leave_to_save(name.removeprefix("save-"))
        else:
            self.action_run(name)

    def _leave_to_save(self, way: str = "") -> None:
        assert self._save is not None
        self._save(way)
        self._leave()

    def _leave_to_edit(self) -> None:
        assert self._edit is not None
        self._edit()
        self._leave()

    def _leave(self) -> None:
        """Close; a running test is cancelled."""
        self.workers.cancel_group(self, "test")
        self.dismiss(self._result)


def _sign(found: StepResult) -> tuple[str, str]:
    if found.lacks:
        return "–  ", "bold $warning"
    return ("✓  ", "bold $success") if found.ok else ("✗  ", "bold $error")


def _trend(before: Sequence[TestResult], width: int) -> Content:
    """How the tests before this one ended, the newest first, as many as fit."""
    now = datetime.now()  # noqa: DTZ005
    line = Content.styled("Before", MUTED)
    for result in before:
        sign, look = ("✓", "$success") if result.ok else ("✗", "$error")
        said = f" {moment(result.when, now)}, {milliseconds(result.seconds)}"
        longer = Content.assemble(line, ("   ", ""), (sign, look), (said, MUTED))
        if longer.cell_length > width:
            break
        line = longer
    return line
