"""The process that `test_scale` measures: many small files written and read back.

python -m tests.fs.scale NUMBER URL [OPTIONS]

URL is the folder, of `storage://` or of `s3://`; OPTIONS is JSON for the file system. The best
calls of fsspec are used: `pipe` of a mapping, `cat` of a list, `put` and `get` of a folder. It
prints the seconds of each as JSON.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import fsspec


def main(number: int, url: str, options: dict[str, Any]) -> dict[str, float]:
    fs, top = fsspec.url_to_fs(url, **options)
    fs.pipe_file(f"{top}/warm", b"x")
    fs.cat_file(f"{top}/warm")
    names = [f"{each:06}" for each in range(number)]
    seconds: dict[str, float] = {}

    def timed(what: str, call: Callable[[], Any]) -> Any:
        begun = perf_counter()
        result = call()
        seconds[what] = perf_counter() - begun
        return result

    blobs = {f"{top}/piped/{name}": name.encode() * 170 for name in names}
    timed("pipe", lambda: fs.pipe(blobs))
    assert timed("cat", lambda: fs.cat([*blobs])) == blobs, "something was lost"
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "source"), Path(folder, "target")
        source.mkdir()
        for name in names:
            (source / name).write_bytes(name.encode() * 170)
        timed("put", lambda: fs.put(f"{source}/", f"{top}/put/", recursive=True))
        timed("get", lambda: fs.get(f"{top}/put/", f"{target}/", recursive=True))
        assert sorted(each.name for each in target.iterdir()) == names, "something was lost"
        assert all((target / name).read_bytes() == name.encode() * 170 for name in names)
    timed("rm", lambda: fs.rm(top, recursive=True))
    assert not fs.exists(f"{top}/put"), "something was left"
    return seconds


if __name__ == "__main__":
    given = json.loads(sys.argv[3]) if len(sys.argv) > 3 else {}
    sys.stdout.write(json.dumps(main(int(sys.argv[1]), sys.argv[2], given)))
