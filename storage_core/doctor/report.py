"""What is found out: values that can be shown and pasted into a bug report."""

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
"""In the order in which they are shown."""


class Finding(NamedTuple):
    """One thing that was found out."""

    section: str
    """One of `SECTIONS`."""

    about: str
    """What it is about: a file, a configuration, a variable, a package."""

    text: str
    remedy: str = ""
    """What to do; empty where nothing has to be done."""

    level: str = OK
    """`ok`; `note`: worth knowing; `problem`: something will fail."""

    @property
    def sentence(self) -> str:
        """All of it in one line."""
        about = f"{self.about}: " if self.about else ""
        return f"{about}{self.text}{f'; {self.remedy}' if self.remedy else ''}"


class Report(NamedTuple):
    """Everything that was found out."""

    findings: tuple[Finding, ...]

    @property
    def problems(self) -> tuple[Finding, ...]:
        """What will fail."""
        return tuple(each for each in self.findings if each.level == PROBLEM)

    @property
    def notes(self) -> tuple[Finding, ...]:
        """What is worth knowing."""
        return tuple(each for each in self.findings if each.level == NOTE)

    def of(self, section: str) -> tuple[Finding, ...]:
        """The findings of one section."""
        return tuple(each for each in self.findings if each.section == section)

    @property
    def summary(self) -> str:
        """How many problems there are, and how much else that is worth knowing."""
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
        """The same for a bug report: problems first, each with its remedy, then all by section."""
        lines = [self.summary]
        lines += [f"✗ {each.sentence}" for each in self.problems]
        for section in SECTIONS:
            rest = [each for each in self.of(section) if each.level != PROBLEM]
            if rest:
                lines += ["", section.capitalize()]
                lines += [f"{'!' if each.level == NOTE else ' '} {each.sentence}" for each in rest]
        return "\n".join(lines) + "\n"

    def as_json(self) -> dict[str, Any]:
        """The same as plain data."""
        return {
            "healthy": not self.problems,
            "findings": [
                {**each._asdict(), "remedy": each.remedy or None} for each in self.findings
            ],
        }


def on_lines(
    findings: Iterable[Finding], room: int, between: str, width: Callable[[str], int] = len
) -> list[list[Finding]]:
    """The findings of a section, those that are well where there is room: all is to fit one screen.

    What is worth knowing has a line of its own, and so has each configuration.

    Args:
        findings: of one section, in their order.
        room: on a line.
        between: what stands between two of them.
        width: of a text.
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
    """What an error says, and what to do about it: our messages have a semicolon between."""
    said, _, remedy = message.partition("; ")
    return said, remedy


def problem(section: str, about: str, message: str) -> Finding:
    """The finding for an error of ours."""
    return Finding(section, about, *split(message), PROBLEM)


def note(section: str, about: str, message: str) -> Finding:
    """The finding for something worth knowing, in the form of an error of ours."""
    return Finding(section, about, *split(message), NOTE)


def cleaned(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings, without who the person is and what the machine is called."""
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
        # In paths and addresses only: a configuration may have the same name as a person.
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
