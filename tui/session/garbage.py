"""Keeps Python's garbage collector from pausing the app: without this the longest pause is 87 ms.

Work that makes many objects at once (reading the file, saving it) is wrapped in `undisturbed`; the
other objects are searched when nobody is waiting. Call these functions in a thread.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any, Final, TypeVar

T = TypeVar("T")

_RUN: Final = 4096
"""Objects that are freed at a time."""


def undisturbed(function: Callable[[], T]) -> T:
    """Call `function`; what it makes is not searched for garbage, neither now nor later.

    Objects are still freed when nothing refers to them any more; only cycles wait for
    `collect_all`. Existing garbage is collected first, or it would be kept as well.
    """
    gc.collect()
    enabled = gc.isenabled()
    gc.disable()
    try:
        return function()
    finally:
        gc.freeze()
        if enabled:
            gc.enable()


def let_go(spare: list[Any]) -> None:
    """Free the objects that only this list refers to, some at a time, from its end on.

    While Python frees objects no other thread runs: 100,000 blobs at once stop the event loop for
    47 ms.
    """
    while spare:
        del spare[-_RUN:]


def only_on_request() -> None:
    """Exempt all objects that exist now, and collect others hardly ever without being asked."""
    gc.freeze()
    gc.set_threshold(5_000, 5, 1_000)


def collect_all() -> None:
    """Search everything for garbage, however long it takes.

    A form that was saved, say, is found only here: it still existed while the file was written and
    read again, so `undisturbed` has exempted it.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
