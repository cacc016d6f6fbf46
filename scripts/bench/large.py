"""What takes minutes: large blobs, and long listings."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.servers.s3 import REGION

from .figures import PEAK, Figure, compared
from .measure import PROGRAMS, PYTHON, RCLONE, Sample, in_turn, process, working
from .servers import Bucket, configure_msc, configure_ours, full, linked, sink

_SIZE = 1024
"""MiB of a large blob."""

_BLOBS = 100_000


def blob(folder: Path) -> list[Figure]:
    """1 GiB to S3 and back, near and through the slow link.

    The server stores sizes only: rclone would hold an upload in memory, and answers a range with a
    status that the Rust client refuses.
    """
    with _memory(folder) as fast, sink() as near, linked(near) as far:
        file = fast / "file"
        with file.open("wb") as out:
            for _ in range(_SIZE):
                out.write(os.urandom(1 << 20))
        found = [*_moved(fast, folder, near, ""), *_moved(fast, folder, far, ", 20 ms away")]
        configure_ours(folder, near.table())
        idle = process([PYTHON, PROGRAMS / "large_ours.py", "idle"])()
    peak = max(moved.peak for moved in found) - idle.peak
    limit = 64 << 20
    memory = Figure(
        *("10", "1 GiB: memory above idle", "64 MiB", PEAK, peak, limit, peak / limit, 1.0)
    )
    return [*(moved.figure for moved in found), memory]


class _Moved(NamedTuple):
    figure: Figure
    peak: int


def _moved(fast: Path, home: Path, bucket: Bucket, where: str) -> Iterator[_Moved]:
    configure_ours(home, bucket.table())
    profiles = configure_msc(home, bucket)
    file, back = str(fast / "file"), str(fast / "back")
    samples: dict[str, list[Sample]] = {}
    for turn in range(4):
        for name in ("ours", "boto3", "rclone copyto", "multi-storage-client, Rust"):
            blob = f"results/{name.split()[0].strip(',')}-{turn}"
            for way in ("up", "down"):
                command = _command(name, way, file if way == "up" else back, blob, bucket, profiles)
                sample = process(command, crashes="Rust" in name)()
                if turn:
                    samples.setdefault(f"{way} {name}", []).append(sample)
            assert os.path.getsize(back) == _SIZE << 20  # noqa: PTH202
            Path(back).unlink()
            bucket.server.client.delete_object(Bucket=bucket.name, Key=blob)
    asked = {"boto3": 0.8, "rclone copyto": 0.7, "multi-storage-client, Rust": 1.0}
    for way, words in (("up", "to S3"), ("down", "back")):
        ours = samples[f"{way} ours"]
        peak = max(sample.peak for sample in ours)
        for name, limit in asked.items():
            work = f"1 GiB {words}{where}"
            figure = compared("10", work, name, ours, samples[f"{way} {name}"], limit)
            yield _Moved(figure, peak)


def _command(
    name: str, way: str, file: str, blob: str, bucket: Bucket, profiles: Path
) -> Sequence[str | Path]:
    if name == "ours":
        return [PYTHON, PROGRAMS / "large_ours.py", way, file, blob]
    if name == "boto3":
        return [PYTHON, PROGRAMS / "large_boto3.py", way, file, blob, *bucket.arguments]
    if "Rust" in name:
        return [PYTHON, PROGRAMS / "large_msc.py", way, file, blob, profiles, "rust"]
    there = f":s3:{bucket.name}/{blob}"
    options = {
        "--config": os.devnull,
        "--s3-provider": "Rclone",
        "--s3-endpoint": bucket.server.endpoint_url,
        "--s3-region": REGION,
        "--s3-access-key-id": bucket.server.access_key_id,
        "--s3-secret-access-key": bucket.server.secret_access_key,
    }
    words = [word for option in options.items() for word in option]
    ends = [file, there] if way == "up" else [there, file]
    return [RCLONE, "copyto", "--s3-no-check-bucket", *words, *ends]


@contextmanager
def _memory(folder: Path) -> Iterator[Path]:
    """A folder in memory if there is enough of it, so that the disk is not measured."""
    shared = Path("/dev/shm")
    has_room = shared.is_dir() and shutil.disk_usage(shared).free > 8 * _SIZE << 20
    with TemporaryDirectory(prefix="bench-", dir=shared if has_room else folder) as fast:
        yield Path(fast)


def listing(folder: Path) -> list[Figure]:
    """100,000 blobs."""
    with full(_BLOBS) as near, linked(near) as far:
        found = [*_listed(folder, near, ""), *_listed(folder, far, ", 20 ms away")]
        peaks = {}
        for count in (_BLOBS, 10 * _BLOBS):
            configure_ours(folder, Bucket(near.server, f"keys-{count}").table())
            peaks[count] = process([PYTHON, PROGRAMS / "list_ours.py", "once"])().peak
    most, least = peaks[10 * _BLOBS], peaks[_BLOBS]
    work = "list 1,000,000 blobs: peak memory"
    return [*found, Figure("11", work, "100,000 blobs", PEAK, most, least, most / least, 1.05)]


def _listed(folder: Path, bucket: Bucket, where: str) -> Iterator[Figure]:
    configure_ours(folder, bucket.table())
    with (
        working("list_ours.py") as ours,
        working("s3_s3fs.py", *bucket.arguments) as s3fs,
    ):
        samples = in_turn(
            {
                "ours": ours.doing("listed 1"),
                "first": ours.doing("first 1"),
                "s3fs": s3fs.doing("listed 1"),
            },
            rounds=3,
        )
    work = f"list 100,000 blobs on S3{where}"
    yield compared("11", work, "s3fs find", samples["ours"], samples["s3fs"], 0.4)
    yield compared(
        *("11", f"{work}: the first", "all of ours", samples["first"], samples["ours"]),
        # No goal on the slow link: there the round trip is a large part of the whole listing.
        None if where else 0.03,
    )
