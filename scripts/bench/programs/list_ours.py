"""List the default storage, in a process that stays, or once, for what memory it takes."""

import sys

from served import served

import storage_core

store = storage_core.get_store()


def listed(_: int) -> None:
    """All blobs."""
    assert sum(1 for _ in store.list("results")) > 1


def first(_: int) -> None:
    """The first of them."""
    next(iter(store.list("results")))


if "once" in sys.argv:
    listed(1)
else:
    served({"listed": listed, "first": first})
