"""The pane with the newest blobs of a configuration, as they were listed last."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from rich.cells import cell_len

from storage_core.printable import printable
from storage_core.quantities import human_size
from tui.kit.sheet import wrapped
from tui.kit.text import cut_middle, fit
from tui.kit.theme import MUTED
from tui.session.quantities import human_age, short_age

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tui.kit.sheet import Line, Lines
    from tui.session.listing import Listed
    from tui.session.recent import Seen


def newest(width: int, seen: Seen | None, key: str, now: datetime) -> Lines:
    """A line for each, in which the name has what it needs as far as there is room.

    What gives way to it first: the words of the age, then the kind.

    Args:
        width: cells of a line.
        seen: the last listing; None before the first.
        key: the key that lists blobs.
        now: the time, in UTC.
    """
    if seen is None:
        return wrapped(f"Not looked at yet; {key} does it.", width, MUTED)
    if not seen.blobs:
        what = f"It holds no blob of {seen.only}." if seen.only else "It holds no blob."
        return wrapped(what, width, MUTED)
    return [*_lines(seen.blobs, width, now)]


def _lines(blobs: Sequence[Listed], width: int, now: datetime) -> Iterator[Line]:
    names = [printable(blob.name) for blob in blobs]
    kinds = _column([blob.kind for blob in blobs], after=1)
    sizes = _column(["—" if blob.size is None else human_size(blob.size) for blob in blobs], 1)
    ages = _column([human_age(blob.modified, now) for blob in blobs], 2)
    short = _column([_short(blob.modified, now) for blob in blobs], 2)
    ways = ((kinds, ages), (kinds, short), ([""] * len(blobs), short))
    rooms = [max(5, width - sum(cell_len(each[0]) for each in (sizes, *way))) for way in ways]
    longest = min(rooms[-1], max(map(cell_len, names)))
    room, (kinds, ages) = next(each for each in zip(rooms, ways, strict=True) if each[0] >= longest)
    for name, kind, size, age in zip(names, kinds, sizes, ages, strict=True):
        yield (
            (kind, MUTED),
            (fit(cut_middle(name, room), room), ""),
            (size, MUTED),
            (age, MUTED),
        )


def _short(modified: datetime | None, now: datetime) -> str:
    age = human_age(modified, now)
    return short_age(modified, now) if modified and age[0].isdigit() else age.removeprefix("just ")


def _column(texts: Sequence[str], before: int = 0, after: int = 0) -> list[str]:
    """Texts as wide as the widest: the ends below each other, or with cells `after` the starts."""
    width = max(map(cell_len, texts))
    if after:
        return [fit(text, width + after) for text in texts]
    return [text.rjust(before + width) for text in texts]
