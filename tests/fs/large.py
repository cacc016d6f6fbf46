"""The process whose memory `test_large` measures: one large file written and read back.

python -m tests.fs.large MIB URL    prints how many MiB more than before it needed at its peak
"""

from __future__ import annotations

import sys
from hashlib import sha256

import fsspec

from tests.stores.backends.large_blob import MIB, peak


def main(size: int, url: str) -> float:
    fs, path = fsspec.url_to_fs(url)
    with fs.open(f"{path}-warm", "wb") as file:
        file.write(bytes(3 * MIB))
    fs.cat_file(f"{path}-warm")
    before = peak()
    written, read = sha256(), sha256()
    with fs.open(path, "wb") as file:
        for number in range(size):
            piece = sha256(str(number).encode()).digest() * (MIB // 32)
            written.update(piece)
            file.write(piece)
        assert not fs.exists(path)
    with fs.open(path) as file:
        while piece := file.read(MIB):
            read.update(piece)
    assert read.digest() == written.digest()
    fs.cp_file(path, f"{path}-copy")
    assert fs.size(f"{path}-copy") == size * MIB
    return peak() - before


if __name__ == "__main__":
    sys.stdout.write(f"{main(int(sys.argv[1]), sys.argv[2]):.1f}")
