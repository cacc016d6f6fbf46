"""The process whose memory `test_large_blobs` measures: it streams one file to a store and back.

python -m tests.stores.backends.large_blob MIB FOLDER    with a pickled store on standard input

It prints how many MiB more than after a first small blob it needed at its peak.
"""

from __future__ import annotations

import pickle
import resource
import sys
from hashlib import sha256
from pathlib import Path

from storage_core import Store

MIB = 1024 * 1024


def digest(path: Path) -> str:
    """The SHA-256 of a file, read in small pieces."""
    hashed = sha256()
    with path.open("rb") as file:
        while chunk := file.read(MIB):
            hashed.update(chunk)
    return hashed.hexdigest()


def peak() -> float:
    """The most memory this process ever had, in MiB."""
    status = Path("/proc/self/status")
    if status.exists():
        # What getrusage says on Linux includes the process that started this one.
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB


def main(store: Store, size: int, folder: Path) -> float:
    source, target = folder / "source", folder / "target"
    with source.open("wb") as file:
        for number in range(size):
            file.write(sha256(str(number).encode()).digest() * (MIB // 32))
    warm = store.write(b"first")
    store.read(warm)
    before = peak()
    key = store.write_file(source)
    store.read_file(key, target)
    assert digest(target) == digest(source)
    hashed = sha256()
    with store.open(key) as blob:
        while chunk := blob.read(MIB):
            hashed.update(chunk)
    assert hashed.hexdigest() == digest(source)
    store.delete(key)
    return peak() - before


if __name__ == "__main__":
    given: Store = pickle.loads(sys.stdin.buffer.read())
    sys.stdout.write(f"{main(given, int(sys.argv[1]), Path(sys.argv[2])):.1f}")
