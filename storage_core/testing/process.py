"""Uses a store in another process, for the cases: it comes as a pickle on standard input.

python -m storage_core.testing.process child KEY    read it, write, read back
python -m storage_core.testing.process fork KEY     the same here, in a fork, and here again
"""

from __future__ import annotations

import os
import pickle
import sys

from storage_core import Store
from storage_core.testing.stores import NOT_UTF8


def use(store: Store, key: str) -> bool:
    """Whether the store reads what the parent wrote, and what it writes itself."""
    own = b"written by " + str(os.getpid()).encode()
    many = [b"%d, " % number + own for number in range(5)]
    return (
        store.read(key) == NOT_UTF8
        and store.read(store.write(own)) == own
        and list(store.read_many(store.write_many(many))) == many
    )


def in_a_fork(store: Store, key: str) -> bool:
    """Whether a forked child can use a store that its parent has used, and the parent still can."""
    if not use(store, key):
        return False
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if use(store, key) else 1)
        finally:
            os._exit(2)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0 and use(store, key)


if __name__ == "__main__":
    given: Store = pickle.loads(sys.stdin.buffer.read())
    works = in_a_fork if sys.argv[1] == "fork" else use
    sys.stdout.write("ok" if works(given, sys.argv[2]) else "wrong")
