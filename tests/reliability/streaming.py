"""The process whose memory is measured: a store arrives as a pickle, a large file goes through it.

python -m tests.reliability.streaming FILE COPY WAY…

FILE is written, read into COPY, and read again from an open file. For each WAY, which is
`write_file`, `read_file`, `open` or, as a control, `write`, one line says by how many bytes the
process grew above what it had when it was idle: the driver loaded and a small blob written.
"""

from __future__ import annotations

import pickle
import resource
import sys
from collections import deque
from pathlib import Path

from storage_core import Store


def peak() -> int:
    """Bytes of memory that this process has had at most."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main(file: str, copy: str, *ways: str) -> None:
    """Move the file and print what it took."""
    store: Store = pickle.loads(sys.stdin.buffer.read())
    assert store.read(store.write(b"small")) == b"small"
    idle = peak()
    key = ""
    for way in ways:
        if way == "write":
            key = store.write(Path(file).read_bytes())
        elif way == "write_file":
            key = store.write_file(file)
        elif way == "read_file":
            store.read_file(key, copy)
        else:
            with store.open(key) as blob:
                deque(iter(lambda: blob.read(1024 * 1024), b""), maxlen=0)
        print(way, peak() - idle, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
