"""List the default storage in a process that stays, or once, to measure its memory."""

import sys

from served import served

import storage_core

store = storage_core.get_store()


def listed(_: int) -> None:
    """List all blobs."""
    assert sum(1 for _ in store.list("results")) > 1


def first(_: int) -> None:
    """Get the first blob of a listing."""
    next(iter(store.list("results")))


if "once" in sys.argv:
    listed(1)
else:
    served({"listed": listed, "first": first})
