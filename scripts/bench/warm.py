"""Processes that stay: single blobs, many of them, files on the disk, the configuration file."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from statistics import median

from .figures import CPU, Figure, compared
from .measure import Sample, in_turn, working
from .servers import ROUND_TRIP, Bucket, configure_ours, linked, s3
from .stage import configurations

_MANY = 1000
_FEW = 25
"""How many blobs are moved one at a time over the slow link. Each takes the same round trips, so
the time is multiplied by 40 for 1,000 blobs."""

_AT_ONCE = 256
"""The number of jobs in the comparison with obstore, which makes all 1,000 requests at once."""

_THREADS = 64


def single(folder: Path) -> list[Figure]:
    """One blob at a time on S3, in processor time."""
    with s3(folder) as bucket, ExitStack() as stack:
        configure_ours(folder, bucket.table())
        workers = {
            "ours": stack.enter_context(working("s3_ours.py")),
            **{
                name: stack.enter_context(working(f"s3_{name}.py", *bucket.arguments))
                for name in ("s3fs", "boto3", "obstore")
            },
        }
        samples = in_turn(
            {name: worker.doing("pairs 50") for name, worker in workers.items()}, rounds=21
        )
    work = "warm: put and get 1 KiB on S3, processor time of 50"
    return [
        compared("8", work, name, samples["ours"], samples[name], limit, CPU)
        for name, limit in {"s3fs": 0.2, "boto3": 0.25, "obstore": 1.6}.items()
    ]


def many(folder: Path) -> list[Figure]:
    """1,000 blobs through the slow link.

    Each program writes into a bucket of its own: rclone gets slower the more blobs there are.
    """
    found: list[Figure] = []
    with s3(folder) as near, linked(near) as far, ExitStack() as stack:

        def new() -> Bucket:
            return Bucket(far.server, near.server.new_bucket())

        deeds = {}
        for deed in (f"{way}{jobs}" for way in ("many", "amany") for jobs in ("", _AT_ONCE)):
            configure_ours(folder, new().table())
            ours = stack.enter_context(working("s3_ours.py"))
            deeds[deed] = ours.doing(f"{deed} {_MANY}")
        s3fs = stack.enter_context(working("s3_s3fs.py", *new().arguments))
        obstore = stack.enter_context(working("s3_obstore.py", *new().arguments))
        samples = in_turn(
            {
                **deeds,
                "s3fs": s3fs.doing(f"pairs {_FEW}"),
                "obstore": obstore.doing(f"amany {_MANY}"),
            },
            rounds=3,
        )
    work = "1,000 blobs of 1 KiB, write_many and read_many, 20 ms away"
    for way, name in (("many", "sync"), ("amany", "async")):
        found.append(
            compared(
                *("9", work, f"s3fs, one at a time ({name})"),
                *(samples[way], samples["s3fs"], 0.04),
                scale=_MANY / _FEW,
            )
        )
    for way, name in (("many", "sync"), ("amany", "async")):
        found.append(
            compared(
                *("9", work, f"obstore, asyncio.gather ({name}, jobs={_AT_ONCE})"),
                *(samples[f"{way}{_AT_ONCE}"], samples["obstore"], 1.2),
            )
        )
    return found


def threads(folder: Path) -> list[Figure]:
    """64 threads, through the slow link."""
    with s3(folder) as near, linked(near) as bucket:
        configure_ours(folder, bucket.table())
        with working("s3_ours.py") as ours:
            reads = 40 * _THREADS
            walls = [ours.asked(f"threads {reads}")["wall"] for _ in range(6)][1:]
    rate, ideal = reads / median(walls), _THREADS / ROUND_TRIP
    return [
        Figure(
            *("9b", "read 1 KiB from 64 threads, 20 ms away", "ideal: 64 ÷ round trip", "rate"),
            *(rate, ideal, rate / ideal, 0.8),
            at_least=True,
            low=reads / max(walls) / ideal,
            high=reads / min(walls) / ideal,
        )
    ]


def disk(folder: Path) -> list[Figure]:
    """Durable blobs on this machine's disk."""
    with working("files.py", folder) as worker:
        samples = in_turn(
            {"ours": worker.doing("ours 200"), "hand": worker.doing("hand 200")}, rounds=50
        )
    work = "10,000 durable local blobs of 1 KiB, in 50 turns"
    by_hand = "new file, fsync, rename by hand"
    return [compared("12", work, by_hand, samples["ours"], samples["hand"], 0.85)]


def config(folder: Path) -> list[Figure]:
    """One of 1,000 configurations, and of 4,000."""
    samples: dict[str, list[Sample]] = {}
    for number in (1000, 4000):
        path = folder / f"storage-{number}.toml"
        path.write_text(configurations(number, folder), encoding="utf-8")
        local, cloud = (f"storage-{number // 2 + extra:04}" for extra in (0, 1))
        with working("config.py", path, local, cloud) as worker:
            deeds = ["opened", "changed", "parsed"]
            found = in_turn({name: worker.doing(f"{name} 1") for name in deeds}, rounds=9)
        samples |= {f"{name} {number}": found[name] for name in deeds}
    parsed = samples["parsed 1000"]
    by = "tomllib parsing the file"
    return [
        compared("14", "open one of 1,000 configurations", by, samples["opened 1000"], parsed, 1.1),
        compared("14", "change one of 1,000, durably", by, samples["changed 1000"], parsed, 2.0),
        compared(
            *("14", "change one of 4,000, durably", "four times one of 1,000"),
            *(samples["changed 4000"], samples["changed 1000"]),
            scale=4,
        ),
    ]
