"""The panes with where the secrets of a configuration are kept, and which file it is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from tui.kit.sheet import wrapped
from tui.kit.text import cut_middle, fit, wrap_value
from tui.kit.theme import MUTED
from tui.session.keeping import secrets_of
from tui.session.snapshot import BENEATH
from tui.session.sources import HERE, SIGNS, said

if TYPE_CHECKING:
    from tui.kit.commands import KeyOf
    from tui.kit.sheet import Line, Lines
    from tui.session.keeping import Kept
    from tui.session.snapshot import Row


def secrets(width: int, row: Row, key: KeyOf) -> Lines:
    """A line for each secret with where it is kept; never its value."""
    if row.entry is None:
        return wrapped("Files on this machine need none.", width, MUTED)
    found = list(secrets_of(row.entry))
    if not found:
        return wrapped("No setting of it is a secret.", width, MUTED)
    places = [_place(each) for each in found]
    column = max(cell_len(each.label) for each in found) + 2
    beside = all(column + sum(cell_len(text) for text, _ in place) <= width for place in places)
    lines: list[Line] = []
    for each, place in zip(found, places, strict=True):
        if beside:
            lines.append(((fit(each.label, column), MUTED), *place))
        else:
            (where, look), end = place
            room = max(5, width - 1)
            lines.append(((cut_middle(each.label, width), MUTED),))
            if cell_len(where + end[0]) <= room:
                lines.append(((" ", ""), (where, look), end))
            else:
                lines.append(((" ", ""), (cut_middle(where, room), look)))
                if end[0]:
                    lines.append(((" ", ""), end))
    if row.plain and not (row.problem or row.origin):
        lines += wrapped(f"{key('move_secret', 'm')} moves one out of the file.", width, MUTED)
    return lines


def _place(kept: Kept) -> tuple[tuple[str, str], tuple[str, str]]:
    if kept.source == HERE:
        return (said(HERE), "$warning"), ("", "")
    where = (f"{SIGNS[kept.source]} {kept.where}", "")
    if kept.is_set is None:
        return where, ("", "")
    return where, ("  set", "$success") if kept.is_set else ("  not set ⚠", "$warning")


def origin(width: int, row: Row, own: str, key: KeyOf) -> Lines:
    """The file that it is in, and the files in which it hides another.

    Args:
        width: cells of a line.
        row: the configuration.
        own: one's own file, as people read it.
        key: the keys of commands.
    """
    if row.entry is None:
        return wrapped("Built in: no file has it.", width, MUTED)
    sign = f"{BENEATH} " if row.origin else ""
    lines: list[Line] = [((part, ""),) for part in wrap_value(f"{sign}{row.origin or own}", width)]
    for problem in row.entry.problems[:1]:
        if problem.line:
            lines += wrapped(f"⚠ line {problem.line}", width, "$warning")
    if row.origin and not row.problem:
        copies = f"{key('copy_here', 'C')} copies it into your own file."
        lines += wrapped(copies, width, MUTED)
    for file in row.hides:
        lines += wrapped(f"hides the one of this name in {file}", width, MUTED)
    if not (row.origin or row.hides):
        lines += wrapped("Your own file.", width, MUTED)
    return lines
