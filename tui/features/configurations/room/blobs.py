"""The pane with the newest blobs of a configuration, as they were listed last."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from storage_core.printable import printable
from storage_core.quantities import human_size
from tui.kit.sheet import wrapped
from tui.kit.text import cut_middle, fit
from tui.kit.theme import MUTED
from tui.session.quantities import human_age

if TYPE_CHECKING:
    from tui.kit.sheet import Line, Lines
    from tui.session.listing import Listed
    from tui.session.recent import Seen

_KIND: Final = 8
"""Cells of the kind and a blank."""

_SIZE: Final = 9
_AGE: Final = 10
"""Cells of a size or an age, with the blanks before it."""


def newest(width: int, seen: Seen | None, key: str, now: datetime) -> Lines:
    """A line for each of the newest blobs.

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
    return [_blob(blob, width, now) for blob in seen.blobs]


def _blob(blob: Listed, width: int, now: datetime) -> Line:
    size = "—" if blob.size is None else human_size(blob.size)
    room = max(5, width - _KIND - _SIZE - _AGE)
    return (
        (fit(blob.kind, _KIND), MUTED),
        (fit(cut_middle(printable(blob.name), room), room), ""),
        (size.rjust(_SIZE), MUTED),
        (human_age(blob.modified, now).rjust(_AGE), MUTED),
    )
