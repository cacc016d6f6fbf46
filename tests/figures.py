"""The figures of RELIABILITY: tests report them, and `make reliability` prints a table at its end.

A figure is reported before it is asserted, so that a bad one is printed too. It is a property of
its test's report, which reaches the table from any process of pytest-xdist.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

import pytest

NUMBERS: Final = range(1, 14)
"""The numbers of the figures. Other promises have a word instead of a number."""


class Line(NamedTuple):
    """One line of the table."""

    figure: int | str
    what: str
    result: str
    test: str


Figure: TypeAlias = Callable[[int | str, str, str], None]

_PROPERTY: Final = "figure"


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Figure:
    """Report a figure: `figure(9, "200 MB blob killed 30 times", "0 torn of 30")`."""

    def hand_in(number: int | str, what: str, result: str) -> None:
        record_property(_PROPERTY, (number, what, result))

    return hand_in


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table, with the failures and, if all tests were run, the missing figures."""
    config = terminalreporter.config
    if config.option.collectonly:
        return
    lines = [
        Line(*handed_in, report.nodeid)
        for reports in terminalreporter.stats.values()
        for report in reports
        if isinstance(report, pytest.TestReport) and report.when == "teardown"
        for name, handed_in in report.user_properties
        if name == _PROPERTY
    ]
    everything = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    if everything and config.option.markexpr == "reliability" and not config.option.keyword:
        found = {line.figure for line in lines}
        lines = [*lines, *(Line(n, "—", "not shown", "") for n in NUMBERS if n not in found)]
    if not lines:
        return
    failed = {report.nodeid for report in terminalreporter.stats.get("failed", ())}
    width = max(len(line.what) for line in lines)
    terminalreporter.section("figures")
    for line in sorted(lines, key=_order):
        short = "  ← FALLS SHORT" if line.test in failed or not line.test else ""
        terminalreporter.write_line(
            f"{line.figure!s:>8}  {line.what:<{width}}  {line.result}{short}"
        )


def _order(line: Line) -> tuple[bool, int, str]:
    number = line.figure if isinstance(line.figure, int) else 0
    return number == 0, number, str(line.figure) if number == 0 else ""
