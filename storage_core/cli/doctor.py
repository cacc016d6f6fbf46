"""`storage doctor`: what would be used on this machine, and why."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Final

import click

from storage_core.cli import output
from storage_core.cli.command import command
from storage_core.cli.errors import FAILED
from storage_core.cli.session import Session
from storage_core.doctor import examined
from storage_core.doctor.report import NOTE, PROBLEM, SECTIONS, Report, on_lines

_WIDTH: Final = 100
"""The width of a line if standard output is not a terminal."""

_LABEL: Final = 12
"""The width of the column of section names: the longest name and a space."""

_MARK: Final = 2
"""The width of a mark and a space; wrapped lines are indented by as much."""


@command("doctor", examples=("storage doctor", "storage doctor --json"), needs_file=False)
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """Show what would be used on this machine and why: files, engines, proxies, versions.

    No server is asked, and the output holds no secret and nothing that says who you are, so you can
    paste it into a bug report. Problems come first, each with its remedy; the exit code is 1 if
    there is one. Lines marked with ! are worth knowing, and no problem.
    """
    report = examined(context.ensure_object(Session).file)
    if as_json:
        output.emit_json(report.as_json())
    else:
        for line in _lines(report, min(output.width() or _WIDTH, _WIDTH)):
            output.emit(line)
    if report.problems:
        context.exit(FAILED)


def _lines(report: Report, width: int) -> Iterator[str]:
    """Problems with their remedies, then the rest by section, mostly within 24 lines."""
    yield _summary(report)
    for each in report.problems:
        mark = output.styled(output.symbol("✗", "x"), "red")
        yield from _wrapped(mark, f"{each.about}: {each.text}" if each.about else each.text, width)
        if each.remedy:
            yield from _wrapped(" ", f"{output.symbol('→', '->')} {each.remedy}", width)
    yield ""
    between = output.symbol(" · ", " | ")
    for section in SECTIONS:
        rest = [each for each in report.of(section) if each.level != PROBLEM]
        label = section.capitalize()
        for row in on_lines(rest, width - _LABEL - _MARK, between):
            text = between.join(each.sentence for each in row)
            yield from _row(label, text, width, is_note=row[0].level == NOTE)
            label = ""


def _summary(report: Report) -> str:
    said, comma, rest = report.summary.partition(",")
    return output.styled(said, "red" if report.problems else "green") + comma + rest


def _row(label: str, text: str, width: int, *, is_note: bool) -> Iterator[str]:
    """A line after a label, wrapped."""
    mark = output.styled("!", "yellow") if is_note else " "
    start = output.styled(f"{label:<{_LABEL}}", "bold")
    for line in _wrapped(mark, text, width - _LABEL):
        yield f"{start}{line}"
        start = " " * _LABEL


def _wrapped(mark: str, text: str, width: int) -> Iterator[str]:
    shown, further = output.safe(text), " " * _MARK
    lines = textwrap.wrap(shown, width - _MARK, subsequent_indent=further, break_on_hyphens=False)
    for number, line in enumerate(lines):
        yield f"{mark if number == 0 else ' '} {line}"
