"""The panes with how the last tests of a configuration ended."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len

from storage_core.printable import printable
from tui.kit.sheet import ended, wrapped
from tui.kit.text import cut
from tui.kit.theme import MUTED
from tui.session.quantities import milliseconds, moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage_core.check import StepResult
    from tui.kit.sheet import Line, Lines
    from tui.session.checks import TestResult

_WHEN: Final = 12
"""Cells of the time of a test: "11-22 09:10" and a blank."""

_TOOK: Final = 7
"""Cells of how long it took: "29.9 s", "999 ms"."""


def steps(result: TestResult | None, key: str, testing: bool) -> tuple[str, TestResult | None]:
    """The line above the steps of the last test, and the test whose steps are shown."""
    if testing:
        return "… is being tested", result
    if result is None:
        return f"Not tested yet; {key} does it.", None
    if result.old:
        return f"? The settings are others now; {key} tests them.", result
    return "", result


def last_test(width: int, result: TestResult | None, key: str, *, testing: bool = False) -> Lines:
    """Every step of the last test with its time, and its message below it.

    Args:
        width: cells of a line.
        result: the last test, if there was one.
        key: the key that tests.
        testing: whether it is being tested.
    """
    above, shown = steps(result, key, testing)
    lines = wrapped(above, width, "$accent" if testing else MUTED) if above else []
    for each in shown.steps if shown else ():
        lines += _step(each, width)
    return lines


def _step(found: StepResult, width: int) -> list[Line]:
    sign, look = "✓", "$success"
    if found.lacks:
        sign, look = "–", "$warning"
    elif not found.ok:
        sign, look = "✗", "$error"
    # A step without a time was part of the one before.
    took = "·" if found.seconds is None else milliseconds(found.seconds)
    lines: list[Line] = [((f"{sign} ", look), *ended(found.step.label, took, width - 2))]
    if found.message:
        said = printable(found.message)
        lines += wrapped(said, width, MUTED if found.ok else "$error", indent=2)
    return lines


def last_five(width: int, results: Sequence[TestResult], now: datetime) -> Lines:
    """One line for each test: how it ended, when, and how long it took, also as a bar."""
    if not results:
        return wrapped("The last five will stand here, also after a restart.", width, MUTED)
    # A bar for a single test would say nothing.
    longest = max(result.seconds for result in results) if len(results) > 1 else 0.0
    return [_result(result, width, longest, now) for result in results]


def _result(result: TestResult, width: int, longest: float, now: datetime) -> Line:
    sign, look = ("✓", "$success") if result.ok else ("✗", "$error")
    bar = max(0, width - 2 - _WHEN - _TOOK - 3)
    failure = result.failure
    took = milliseconds(result.seconds).rjust(_TOOK)
    words = failure.step.label if failure else ""
    if cell_len(words) > bar:
        took, bar = "", width - 2 - _WHEN - 2
    elif longest and not words:
        words = "━" * max(1, round(bar * result.seconds / longest))
    return (
        (f"{sign} ", look),
        (moment(result.when, now).ljust(_WHEN), MUTED if result.old else ""),
        (took, MUTED),
        (f"{' ' if took else ''}{cut(words, bar)}", MUTED if result.old else look),
        (" ?" if result.old else "", MUTED),
    )
