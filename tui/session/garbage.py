"""Keeps Python's garbage collector from pausing the app: without this the longest pause is 87 ms.

What makes many objects at once (reading the file, saving it) is wrapped in `undisturbed`; the rest
is searched when nobody waits. Call these in a thread.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any, Final, TypeVar

T = TypeVar("T")

_RUN: Final = 4096
"""Objects that are freed in one go."""


def undisturbed(function: Callable[[], T]) -> T:
    """What `function` returns; nothing that it makes is searched for garbage, then or later.

    It is freed all the same when nothing refers to it any more; only cycles wait for
    `collect_all`. What was garbage before is collected first, or it would be kept as well.
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
    """Free what only this list refers to, from its end on.

    While Python frees, no thread gets on: 100,000 blobs at once keep the event loop for 47 ms.
    """
    while spare:
        del spare[-_RUN:]


def only_on_request() -> None:
    """Search nothing for garbage that there is by now, and the rest hardly ever unasked."""
    gc.freeze()
    gc.set_threshold(5_000, 5, 1_000)


def collect_all() -> None:
    """Search everything, as long as it takes: a form that was saved from is garbage by now.

    It was there when the file was written and read again.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
