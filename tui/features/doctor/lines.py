"""The findings of the doctor as lines: problems first, then everything else by section.

As in the output of the command, the name of a section is beside its findings, and findings share
lines, so that most of it fits on a screen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len

from storage_core.doctor.report import NOTE, OK, PROBLEM, SECTIONS, Report, on_lines
from storage_core.printable import printable
from tui.kit.text import wrap

if TYPE_CHECKING:
    from storage_core.doctor.report import Finding
    from tui.kit.commands import KeyOf
    from tui.kit.pager import Line

SIGNS: Final = {OK: ("✓", "good"), NOTE: ("⚠", "warning"), PROBLEM: ("✗", "bad")}

_INDENT: Final = 3
"""Cells of the sign before a text."""

_LABEL: Final = 12
"""Cells of a section's name."""

_BETWEEN: Final = "  ✓ "

_KEYS: Final = (
    ("validate --fix", "make_private", "F", "does that"),
    ("how to move it", "move_secret", "m", "moves it"),
    ("storage create", "new", "n", "does that"),
)
"""Remedies that the list has a key for: their text, the command, its usual key, its effect."""


def lines_of(report: Report, width: int, key: KeyOf) -> list[Line]:
    """The lines: problems first, then everything else by section.

    Args:
        report: the findings so far.
        width: cells for a line.
        key: the keys of the list's commands.
    """
    found: list[Line] = []
    if report.problems:
        found.append([("To be mended", "strong"), (f"  {len(report.problems)}", "muted")])
        for each in report.problems:
            found += _finding(each, width, key)
        found.append([])
    room = width - _LABEL
    for section in SECTIONS:
        rest = [each for each in report.of(section) if each.level != PROBLEM]
        label = section.capitalize()
        for row in on_lines(rest, room - _INDENT, _BETWEEN, cell_len):
            for line in _finding(row[0], room, key) if len(row) == 1 else [_together(row)]:
                found.append([(f"{label:<{_LABEL}}", "strong"), *line])
                label = ""
    return found


def _together(row: Sequence[Finding]) -> Line:
    """Findings without a problem, on one line."""
    sign, look = SIGNS[OK]
    line: list[tuple[str, str]] = []
    for each in row:
        line.append((_BETWEEN if line else f" {sign} ", look))
        about = f"{each.about}: " if each.about else ""
        line += [(printable(about), "name"), (printable(each.sentence[len(about) :]), "")]
    return line


def _finding(each: Finding, width: int, key: KeyOf) -> Iterator[Line]:
    sign, look = SIGNS[each.level]
    about = f"{each.about}: " if each.about else ""
    start = f" {sign} "
    for number, part in enumerate(wrap(printable(f"{about}{each.text}"), width - _INDENT)):
        head = printable(about).rstrip()
        if number == 0 and head and part.startswith(head):
            yield [(start, look), (head, "name"), (part[len(head) :], "")]
        else:
            yield [(start, look), (part, "")]
        start = " " * _INDENT
    remedy = " · ".join(filter(None, (each.remedy, *_by_key(each, key))))
    arrow = "→ "
    for part in wrap(printable(remedy), width - _INDENT - 2) if remedy else ():
        yield [(f"{' ' * _INDENT}{arrow}", "muted"), (part, "value")]
        arrow = "  "


def _by_key(each: Finding, key: KeyOf) -> Iterator[str]:
    """The key of the list that is a remedy, if there is one."""
    for words, command, usual, does in _KEYS:
        if words in each.remedy:
            yield f"{key(command, usual)} in the list {does}"
