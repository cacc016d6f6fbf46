"""The findings of the doctor as lines: what is to be mended first, then all by section."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from storage_core.doctor.report import NOTE, PROBLEM, SECTIONS, Report
from storage_core.printable import printable
from tui.kit.text import wrap

if TYPE_CHECKING:
    from storage_core.doctor.report import Finding
    from tui.kit.commands import KeyOf
    from tui.kit.pager import Line

SIGNS: Final = {"ok": ("✓", "good"), NOTE: ("⚠", "warning"), PROBLEM: ("✗", "bad")}

_INDENT: Final = 3
"""Cells before a text: its sign."""

_KEYS: Final = (
    ("validate --fix", "make_private", "F", "does that"),
    ("how to move it", "move_secret", "m", "moves it"),
    ("storage create", "new", "n", "does that"),
)
"""Remedies that are a key of the list: what they say, the command, its usual key, what it does."""


def lines_of(report: Report, width: int, key: KeyOf) -> list[Line]:
    """What is to be mended first, then everything else by section.

    Args:
        report: the findings, as far as they go.
        width: cells for a line.
        key: the keys of the list's commands.
    """
    found: list[Line] = []
    groups = [("To be mended", report.problems)]
    for section in SECTIONS:
        rest = [each for each in report.of(section) if each.level != PROBLEM]
        groups.append((section.capitalize(), tuple(rest)))
    for title, findings in groups:
        if findings:
            found += [[]] if found else []
            found.append([(title, "strong"), (f"  {len(findings)}", "muted")])
            for each in findings:
                found += _finding(each, width, key)
    return found


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
    """What the list has a key for."""
    for words, command, usual, does in _KEYS:
        if words in each.remedy:
            yield f"{key(command, usual)} in the list {does}"
