"""What has been found out, in values that can be shown and pasted into a bug report."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NamedTuple

from storage_core.redaction import mask_url

OK: Final = "ok"
NOTE: Final = "note"
PROBLEM: Final = "problem"

SECTIONS: Final = ("file", "storages", "network", "environment", "machine", "terminal")
"""The sections, in the order in which they are shown."""


class Finding(NamedTuple):
    """One thing that was found out."""

    section: str
    """One of `SECTIONS`."""

    about: str
    """What it is about: a file, a configuration, a variable, a package."""

    text: str
    remedy: str = ""
    """What to do; empty if nothing has to be done."""

    level: str = OK
    """`ok`; `note`: worth knowing; `problem`: something will fail."""

    @property
    def sentence(self) -> str:
        """The whole finding in one line."""
        about = f"{self.about}: " if self.about else ""
        return f"{about}{self.text}{f'; {self.remedy}' if self.remedy else ''}"


class Report(NamedTuple):
    """Everything that was found out."""

    findings: tuple[Finding, ...]

    @property
    def problems(self) -> tuple[Finding, ...]:
        """The findings about what will fail."""
        return tuple(each for each in self.findings if each.level == PROBLEM)

    @property
    def notes(self) -> tuple[Finding, ...]:
        """The findings that are worth knowing."""
        return tuple(each for each in self.findings if each.level == NOTE)

    def of(self, section: str) -> tuple[Finding, ...]:
        """The findings of one section."""
        return tuple(each for each in self.findings if each.section == section)

    @property
    def summary(self) -> str:
        """How many problems and notes there are."""
        problems, notes = len(self.problems), len(self.notes)
        said = (
            "No problems"
            if not problems
            else "1 problem"
            if problems == 1
            else f"{problems} problems"
        )
        return said + (f", {notes} to note" if notes else "")

    def as_text(self) -> str:
        """All of it as text for a bug report: problems with their remedies, the rest by section."""
        lines = [self.summary]
        lines += [f"✗ {each.sentence}" for each in self.problems]
        for section in SECTIONS:
            rest = [each for each in self.of(section) if each.level != PROBLEM]
            if rest:
                lines += ["", section.capitalize()]
                lines += [f"{'!' if each.level == NOTE else ' '} {each.sentence}" for each in rest]
        return "\n".join(lines) + "\n"

    def as_json(self) -> dict[str, Any]:
        """All of it as plain data for JSON; `remedy` is None if there is none."""
        return {
            "healthy": not self.problems,
            "findings": [
                {**each._asdict(), "remedy": each.remedy or None} for each in self.findings
            ],
        }


def on_lines(
    findings: Iterable[Finding], room: int, between: str, width: Callable[[str], int] = len
) -> list[list[Finding]]:
    """Lay out the findings of a section in lines, so that the whole report fits on one screen.

    Findings of the level `ok` share a line if there is room; others, and each configuration, have a
    line of their own.

    Args:
        findings: the findings of one section, in order.
        room: the width of a line.
        between: the text between two findings.
        width: returns the width of a text.
    """
    lines: list[list[Finding]] = []
    for each in findings:
        shares = each.level == OK and each.section != "storages"
        size = width(each.sentence)
        for line in lines if shares else ():
            taken = width(between.join(one.sentence for one in line))
            if line[0].level == OK and taken + width(between) + size <= room:
                line.append(each)
                break
        else:
            lines.append([each])
    return lines


def split(message: str) -> tuple[str, str]:
    """Split one of our messages at its first semicolon: what is wrong, and what to do."""
    said, _, remedy = message.partition("; ")
    return said, remedy


def problem(section: str, about: str, message: str) -> Finding:
    """Make a finding of the level `problem` from one of our messages."""
    return Finding(section, about, *split(message), PROBLEM)


def note(section: str, about: str, message: str) -> Finding:
    """Make a finding of the level `note` from one of our messages."""
    return Finding(section, about, *split(message), NOTE)


def cleaned(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings, without the names of the person and of the machine."""
    clean = _cleaner()
    for each in findings:
        yield each._replace(
            about=clean(each.about), text=clean(each.text), remedy=clean(each.remedy)
        )


def _cleaner() -> Callable[[str], str]:
    import socket

    home = os.path.expanduser("~").rstrip("/")
    users = {os.environ.get(name, "") for name in ("USER", "LOGNAME")} | {_user()}
    host = socket.gethostname()
    hosts = {host, host.partition(".")[0]} - {"", "localhost"}
    patterns: list[tuple[str, str]] = []
    if os.path.isabs(home):
        patterns.append((rf"{re.escape(home)}(?=[/:;,)\s'\"]|$)", "~"))
    for user in filter(None, users):
        # Only in paths and addresses: a configuration may have the same name as the person.
        patterns.append((rf"(?<=/){re.escape(user)}(?=[/:;,)\s]|$)", "USER"))
        patterns.append((rf"\b{re.escape(user)}(?=@)", "USER"))
    patterns += [
        (rf"(?<![\w.-]){re.escape(name)}(?![\w-])", "HOST")
        for name in sorted(hosts, key=len, reverse=True)
        if len(name) > 2
    ]

    def clean(text: str) -> str:
        text = mask_url(text)
        for pattern, instead in patterns:
            text = re.sub(pattern, instead, text)
        return text

    return clean


def _user() -> str:
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return ""
