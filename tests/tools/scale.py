"""Many small files, written and read back by a cluster: through `storage://` and through `s3://`."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from tests.servers.s3 import S3Server

FILES: Final = 10_000
ROUNDS: Final = 4
BESIDE: Final = 2
"""The round in which s3:// does the same; all of them would take minutes more."""

TASK: Final = 125
"""Files of one task."""

Task: TypeAlias = tuple[str, dict[str, Any], bool, range]
Run: TypeAlias = Callable[[Callable[[Task], int], list[Task]], list[int]]


def data_of(number: int) -> bytes:
    """What the file with this number holds."""
    return b"%d " % number * 200


def write(task: Task) -> int:
    """Writes the files of a task; gives how many."""
    fs, root, many, numbers = _opened(task)
    files = {f"{root}/{number}": data_of(number) for number in numbers}
    if many:
        fs.pipe(files)
    else:
        for path, data in files.items():
            fs.pipe_file(path, data)
    return len(files)


def read(task: Task) -> int:
    """Reads the files of a task; gives how many hold what they should."""
    fs, root, many, numbers = _opened(task)
    paths = [f"{root}/{number}" for number in numbers]
    found = fs.cat(paths) if many else {path: fs.cat_file(path) for path in paths}
    return sum(found[f"{root}/{number}"] == data_of(number) for number in numbers)


def _opened(task: Task) -> tuple[Any, str, bool, range]:
    import fsspec

    url, options, many, numbers = task
    fs, root = fsspec.url_to_fs(url, **options)
    return fs, root, many, numbers


@dataclass
class Places:
    """A new bucket for each of the two, and how each is opened."""

    ours: tuple[str, dict[str, Any]]
    theirs: tuple[str, dict[str, Any]]
    found: Any
    """The names that a bucket has, by another client."""


def places(server: S3Server, file: Path) -> Places:
    """Writes the configuration file in which `scale` is one of the buckets."""
    ours, theirs = server.new_bucket(), server.new_bucket()
    table = {
        "type": "s3",
        "bucket": ours,
        "endpoint_url": server.endpoint_url,
        "aws_access_key_id": server.access_key_id,
        "aws_secret_access_key": server.secret_access_key,
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in table.items()]
    file.write_text("\n".join(["[storage.scale]", *lines]) + "\n")
    options = {
        "key": server.access_key_id,
        "secret": server.secret_access_key,
        "client_kwargs": {"endpoint_url": server.endpoint_url},
    }

    def found() -> Iterator[str]:
        pages = server.client.get_paginator("list_objects_v2").paginate(Bucket=ours)
        for page in pages:
            yield from (each["Key"] for each in page.get("Contents", ()))

    return Places(
        ("storage://scale", {"config_path": str(file)}), (f"s3://{theirs}", options), found
    )


def measured(run: Run, places: Places, *, many: bool) -> str:
    """Writes and reads all files; raises when one is lost, and says how long it took.

    Args:
        run: has the cluster call a function with each of many tasks.
        places: where to.
        many: whether a task hands all of its files over in one call.
    """
    folder = "many" if many else "each"

    def moved(who: tuple[str, dict[str, Any]], here: range) -> float:
        url, options = who
        tasks = [
            (f"{url}/{folder}", options, many, here[start : start + TASK])
            for start in range(0, len(here), TASK)
        ]
        started = time.perf_counter()
        for step in (write, read):
            assert sum(run(step, tasks)) == len(here), (url, step)
        return time.perf_counter() - started

    ours = 0.0
    for round in range(ROUNDS):
        here = range(FILES * round // ROUNDS, FILES * (round + 1) // ROUNDS)
        ours += moved(places.ours, here)
        if round == BESIDE:
            theirs = moved(places.theirs, here) * ROUNDS
    names = {name for name in places.found() if name.startswith(f"{folder}/")}
    assert names == {f"{folder}/{number}" for number in range(FILES)}
    return f"{ours:.1f} s, {ours / theirs:.2f} of what s3:// takes"
