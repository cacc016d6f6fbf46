"""Calls in one process that runs already: blobs, reading the configuration file, editing it."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from itertools import count
from pathlib import Path
from statistics import median
from unittest import mock

import tomlkit
from fsspec.implementations.local import LocalFileSystem

import storage_core

from .measure import Subject, call, in_turn
from .stage import configurations
from .table import Row, Section, compared, duration

_SMALL = bytes(1024)
_LARGE = bytes(range(256)) * 256 * 1024
_BLOBS = 200
"""Small blobs a round; five rounds make a thousand."""


def small_blobs(folder: Path) -> Section:
    """1,000 small blobs, and what it costs to have the disk confirm each."""
    store = storage_core.open_store(storage_core.LocalStorage(storage_path=str(folder / "ours")))
    others = folder / "others"
    others.mkdir()
    files, names = LocalFileSystem(), count()

    def ours() -> None:
        for _ in range(_BLOBS):
            store.read(store.write(_SMALL))

    def fsspec() -> None:
        for _ in range(_BLOBS):
            path = f"{others}/{next(names)}"
            files.pipe_file(path, _SMALL)
            files.cat_file(path)

    def fsspec_confirmed() -> None:
        for _ in range(_BLOBS):
            path = others / str(next(names))
            new = path.with_suffix(".new")
            files.pipe_file(str(new), _SMALL)
            _confirm(new)
            new.replace(path)
            _confirm(others)
            files.cat_file(str(path))

    samples = in_turn(
        {
            "ours": call(ours),
            "fsspec": call(fsspec),
            "unconfirmed": call(_without_fsync(ours)),
            "confirmed": call(fsspec_confirmed),
        },
        rounds=5,
    )
    whole, rest = (median(s.wall for s in samples[name]) for name in ("ours", "unconfirmed"))
    return compared(
        "3 · warm process: 1,000 blobs of 1 KiB written and read, Local Storage (five times 200)",
        [
            Row("fsspec, which confirms nothing", samples["ours"], samples["fsspec"]),
            Row("fsspec; ours with fsync left out", samples["unconfirmed"], samples["fsspec"]),
            Row("fsspec, fsync and rename by hand", samples["ours"], samples["confirmed"]),
        ],
        note=f"one blob of ours, written and read: {duration(whole / _BLOBS)}, of which "
        f"{duration((whole - rest) / _BLOBS)} are the disk's two confirmations (fsync)",
    )


def large_blob(folder: Path) -> Section:
    """64 MiB at once."""
    store = storage_core.open_store(storage_core.LocalStorage(storage_path=str(folder / "ours")))
    files, path = LocalFileSystem(), folder / "large"
    key = "results/large"

    def clear() -> None:
        store.delete(key)
        path.unlink(missing_ok=True)
        # What others left to be written would be waited for by whoever comes next.
        os.sync()

    def ours() -> None:
        store.write(_LARGE, key=key)

    def fsspec() -> None:
        files.pipe_file(str(path), _LARGE)

    def fsspec_confirmed() -> None:
        fsspec()
        _confirm(path)

    writes = in_turn(
        {
            "ours": call(ours, clear),
            "fsspec": call(fsspec, clear),
            "unconfirmed": call(_without_fsync(ours), clear),
            "confirmed": call(fsspec_confirmed, clear),
        },
        rounds=7,
    )
    clear()
    ours()
    fsspec()
    reads = in_turn(
        {
            "ours": call(lambda: store.read(key)),
            "fsspec": call(lambda: files.cat_file(str(path))),
        },
        rounds=7,
    )
    return compared(
        "3 · warm process: one blob of 64 MiB, Local Storage",
        [
            Row("fsspec, write, confirms nothing", writes["ours"], writes["fsspec"]),
            Row("fsspec, write; ours with fsync left out", writes["unconfirmed"], writes["fsspec"]),
            Row("fsspec, write and fsync", writes["ours"], writes["confirmed"]),
            Row("fsspec, read", reads["ours"], reads["fsspec"]),
        ],
    )


def reading(folder: Path) -> Section:
    """The configuration file, one configuration and all of them."""
    path = folder / "large.toml"
    path.write_text(configurations(1000, folder), encoding="utf-8")
    file = storage_core.ConfigFile(path)
    samples = in_turn(
        {
            "get": call(lambda: file.get("storage-0500")),
            "load": call(file.load),
            "tomllib": call(lambda: tomllib.loads(path.read_text(encoding="utf-8"))),
            "tomlkit": call(lambda: tomlkit.parse(path.read_text(encoding="utf-8"))),
        },
        rounds=7,
    )
    return compared(
        "4 · reading a file of 1,000 configurations",
        [
            Row("tomllib.loads; ours: get one by name", samples["get"], samples["tomllib"]),
            Row("tomllib.loads; ours: load all", samples["load"], samples["tomllib"]),
            Row("tomlkit.parse; ours: get one by name", samples["get"], samples["tomlkit"]),
            Row("tomlkit.parse; ours: load all", samples["load"], samples["tomlkit"]),
        ],
    )


def editing(folder: Path) -> Section:
    """One setting changed and saved."""
    rows: list[Row] = []
    for number, rounds in ((20, 15), (1000, 7)):
        ours, kept, theirs = _editors(folder, number)
        samples = in_turn({"ours": ours, "kept": kept, "tomlkit": theirs}, rounds)
        rows += [
            Row(f"tomlkit, {number:,} configurations", samples["ours"], samples["tomlkit"]),
            Row("  the same, ours with fsync left out", samples["kept"], samples["tomlkit"]),
        ]
    return compared(
        "5 · one edit of the file: ConfigFile.update beside parse, change, dumps, write",
        rows,
        note="ours also locks, checks, keeps the last version and has the disk confirm the new one",
    )


def _editors(folder: Path, number: int) -> tuple[Subject, Subject, Subject]:
    """The same edit with ours, with ours without fsync, and with tomlkit."""
    name = f"storage-{number // 2 // 5 * 5 + 1:04}"
    own, other = folder / f"own-{number}.toml", folder / f"other-{number}.toml"
    for path in (own, other):
        path.write_text(configurations(number, folder), encoding="utf-8")
    file, buckets = storage_core.ConfigFile(own), count()

    def edit() -> None:
        file.update(name, bucket=f"bucket-{next(buckets)}")

    def edit_with_tomlkit() -> None:
        document = tomlkit.parse(other.read_text(encoding="utf-8"))
        document["storage"][name]["bucket"] = f"bucket-{next(buckets)}"
        other.write_text(tomlkit.dumps(document), encoding="utf-8")

    def change_elsewhere() -> None:
        # Most programs make one edit and end, so none may profit from what the last one learnt.
        with own.open("a", encoding="utf-8") as end:
            end.write(f"# {next(buckets)}\n")

    return (
        call(edit, change_elsewhere),
        call(_without_fsync(edit), change_elsewhere),
        call(edit_with_tomlkit),
    )


def _without_fsync(function: Callable[[], None]) -> Callable[[], None]:
    def run() -> None:
        with mock.patch("os.fsync", _nothing):
            function()

    return run


def _nothing(_: int) -> None:
    """What stands for fsync where it is left out."""


def _confirm(path: str | Path) -> None:
    """What has to be done for a new file or name to survive a power failure."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
