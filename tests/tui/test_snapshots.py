"""How every screen looks, at three sizes, empty, full, wrong and with awkward text.

After a change of looks: `make test ARGS="tests/tui/test_snapshots.py --snapshot-update"`, then open
`snapshot_report.html`.
"""

from __future__ import annotations

import base64
import gzip
import os
import pickle
import secrets
import struct
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from textual.command import CommandList
from textual.pilot import Pilot

from storage_core.check import Step, StepResult
from storage_core.config.history import kept as history
from tests.tui.driving import TWO, enter, picture, press, settle, the_list
from tests.tui.test_list import ODD
from tui.app import StorageApp
from tui.features.check import dialog as probe_screen
from tui.session import checks

SIZES = [(120, 40), (80, 24), (60, 20)]
NOW = datetime(2026, 11, 24, 12, 4, tzinfo=UTC)

FULL = (
    TWO
    + """
[storage."team share"]
id = "85f213bd-1a0c-4f7e-8a2d-3f5b8c9d0e1f"
type = "file"
base_path = "memory://share"
key_type = "uuid"

[storage.staging]
id = "0b6ccd2e-7f7d-4a35-b1a5-6b7c8d9e0f10"
type = "gcs"
bucket = "acme-staging"
prefix = "nightly"
protected = true
options = { requester_pays = true }

[storage.misspelt]
id = "2c1d8a90-5b3e-4f60-9a7b-1c2d3e4f5a6b"
type = "s3"
bucke = "acme"
"""
)
AWKWARD = "\n".join(
    f"[storage.{__import__('json').dumps(name, ensure_ascii=False)}]\n"
    f'type = "local"\nstorage_path = "/data/{"long/" * 30}[red]"\n'
    for name in ODD
)

BLOBS = {
    "results/forecast-2026-11-23.json": b'{"flow": "nightly", "stores": ["Z\xc3\xbcrich"]}',
    "results/scores.pickle": b"\x80\x05" + bytes(range(256)) * 4,
    f"results/{'0123456789abcdef' * 4}": b"x" * 3_000_000,
    "flows/nightly_forecast.py": b"print('hello')\n",
    f"results/{'long' * 50}": b"",
}

# Made once, since pyarrow tells in a file which version of it has written it.
FRAME = base64.b64decode(
    "UEFSMRUEFUQVVkwVBhUAEgAAKLUv/SAiEQEABwAAAFrDvHJpY2gGAAAA5p2x5LqsCQAAAEfDtnRlYm9yZxUAFRQVJi"
    "wVCBUQFQYVBhw2AigG5p2x5LqsGAlHw7Z0ZWJvcmcREQAAACi1L/0gClEAAAIAAAADBwIDJAAVBBUwFUJMFQYVABIA"
    "ACi1L/0gGMEAAAAAAAAAipNAAAAAAAAACsAAAAAAgIQuQRUAFRQVJiwVCBUQFQYVBhwYCAAAAACAhC5BGAgAAAAAAA"
    "AKwBYCKAgAAAAAgIQuQRgIAAAAAAAACsAREQAAACi1L/0gClEAAAIAAAADBwIDJAAVBBUgFTJMFQgVABIAACi1L/0g"
    "EIEAABZRAAAXUQAAGFEAABlRAAAVABUUFSYsFQgVEBUGFQYcGAQZUQAAGAQWUQAAFgAoBBlRAAAYBBZRAAAREQAAAC"
    "i1L/0gClEAAAIAAAAIAQID5AAVBBUoFTpMFQYVABIAACi1L/0gFKEAAAMAAABuZXcEAAAAc2FsZQEAAAB4FQAVIhU0"
    "LBUKFRAVBhUGHDYEKAF4GANuZXcREQAAACi1L/0gEYkAAAIAAAADAgMAAAADHwMCAyQAFQQZfDUAGAZzY2hlbWEVCA"
    "AVDCUCGAVzdG9yZSUATBwAAAAVCiUCGAVzYWxlcwAVAiUCGANkYXklDExsAAAANQIYBHRhZ3MVAhUGTDwAAAA1BBgE"
    "bGlzdBUCABUMJQIYB2VsZW1lbnQlAEwcAAAAFggZHBlMJgAcFQwZNQAGEBkYBXN0b3JlFQwWCBbIARbsASZ6JggcNg"
    "IoBuadseS6rBgJR8O2dGVib3JnEREAGSwVBBUAFQIAFQAVEBUCADwWLBkGGSYCBgAAACYAHBUKGTUABhAZGAVzYWxl"
    "cxUMFggW3gEWggIm0gIm9AEcGAgAAAAAgIQuQRgIAAAAAAAACsAWAigIAAAAAICELkEYCAAAAAAAAArAEREAGSwVBB"
    "UAFQIAFQAVEBUCADwpBhkmAgYAAAAmABwVAhk1AAYQGRgDZGF5FQwWCBauARbSASbEBCb2AxwYBBlRAAAYBBZRAAAW"
    "ACgEGVEAABgEFlEAABERABksFQQVABUCABUAFRAVAgA8KQYZJgAIAAAAJgAcFQwZNQAGEBk4BHRhZ3MEbGlzdAdlbG"
    "VtZW50FQwWChakARbIASaeBibIBRw2BCgBeBgDbmV3EREAGSwVBBUAFQIAFQAVEBUCADwWEBkmCAIZRgICAAYAAAAW"
    "+AUWCCYIFogHACggcGFycXVldC1jcHAtYXJyb3cgdmVyc2lvbiAyNi4wLjEZTBwAABwAABwAABwAAAAkAgAAUEFSMQ"
    "=="
)

SAVED = {
    "frame.parquet": FRAME,
    "wide.csv": "\n".join(
        ",".join(f"{name} {row}" for name in ("Zürich", "東京", *map(str, range(20))))
        for row in range(50)
    ).encode(),
    "array.npy": b"\x93NUMPY\x01\0\x76\0"
    + b"{'descr': '<f8', 'fortran_order': False, 'shape': (40, 4), }".ljust(117)
    + b"\n"
    + struct.pack("<160d", *(number / 7 for number in range(160))),
    "model.cp311.cloudpickle": pickle.dumps(
        [OrderedDict(a=1), datetime(2026, 11, 24, tzinfo=UTC)], 4
    ),
    "wrong.json": b"no JSON, whatever its name says\n",
    "summary.json.gz": gzip.compress(b'{"flow": "nightly", "n": [1.5, null, true]}', mtime=0),
}
"""What programs save, by `Store.save` or otherwise."""

Steps = Callable[[Pilot[Any]], Awaitable[None]]


def keys(*pressed: str) -> Steps:
    """Press these keys."""

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, *pressed)

    return steps


async def wrong_form(pilot: Pilot[Any]) -> None:
    """A form that cannot be saved."""
    await press(pilot, "n", "6")
    await enter(pilot, "s3://acme")
    await press(pilot, "tab")
    await enter(pilot, "AKIAEXAMPLE")
    await press(pilot, "ctrl+s")


async def filled_form(pilot: Pilot[Any]) -> None:
    """A form with a masked secret and settings under Advanced."""
    await press(pilot, "n", "6")
    await enter(pilot, "acme-results")
    await press(pilot, "tab")
    await enter(pilot, "AKIAEXAMPLE")
    await press(pilot, "tab")
    await enter(pilot, secrets.token_hex(10))
    await press(pilot, "f3")
    await enter(pilot, "team-a")


async def conflict(pilot: Pilot[Any]) -> None:
    """Both versions of one configuration."""
    await press(pilot, "e", "end")
    await enter(pilot, "2")
    path = Path(pilot.app.session.workspace.file.path)  # type: ignore[attr-defined]
    path.write_text(FULL.replace("eu-west-1", "us-east-1"))  # noqa: ASYNC240
    await press(pilot, "ctrl+s")


async def plain_secret(pilot: Pilot[Any]) -> None:
    """A secret in a file that others can read; where to move it."""
    path = Path(pilot.app.session.workspace.file.path)  # type: ignore[attr-defined]
    path.write_text(FULL.replace("env:PROD_S3_SECRET", secrets.token_hex()))  # noqa: ASYNC240
    path.chmod(0o644)  # noqa: ASYNC240
    await press(pilot, "f5")


async def move(pilot: Pilot[Any]) -> None:
    """The question where to, after what did not work."""
    await plain_secret(pilot)
    await press(pilot, "m", "down", "down", "enter")


def with_versions(pressed: tuple[str, ...], *texts: str) -> Steps:
    """These texts as earlier versions of the file, each of its own minute."""

    async def steps(pilot: Pilot[Any]) -> None:
        path: str = pilot.app.session.workspace.file.path  # type: ignore[attr-defined]
        folder = Path(history._folder(path))
        folder.mkdir(parents=True)  # noqa: ASYNC240
        for minute, text in enumerate(texts):
            (folder / f"20261122T12{minute:02}00.000000Z.toml").write_text(text)
        await press(pilot, "f5", *pressed)

    return steps


async def after_tests(pilot: Pilot[Any]) -> None:
    """The list with results of tests."""
    screen = the_list(pilot)
    when = datetime.now()  # noqa: DTZ005 (local time is what is shown)
    good = StepResult(Step("open", "read the settings"), True, 0.084)
    bad = StepResult(
        Step("find", "find the bucket"),
        False,
        0.5,
        "the bucket exists in eu-west-1; Region Name is us-east-1: change it",
    )
    for row, steps in zip(screen.table.rows, ((good, bad), (good,)), strict=False):
        result = checks.TestResult(when, steps, True)
        screen.app.session.workspace.results.add(row.id, row.entry, result)
    screen.redraw()
    await settle(pilot)


async def filtered(pilot: Pilot[Any]) -> None:
    """The list while a filter is typed."""
    await press(pilot, "slash")
    await enter(pilot, "storage")


def with_blobs(*pressed: str) -> Steps:
    """Blobs of a local storage, all written at one moment; then these keys."""

    async def steps(pilot: Pilot[Any]) -> None:
        folder = Path.home() / "data" / "storage"
        for number, (key, data) in enumerate(BLOBS.items()):
            file = folder / key
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
            os.utime(file, (1_795_348_800 - number, 1_795_348_800 - number))
        await press(pilot, "j", "b", *pressed)

    return steps


def looking_into(name: str, *pressed: str) -> Steps:
    """What is in one of `SAVED`; then these keys."""

    async def steps(pilot: Pilot[Any]) -> None:
        file = Path.home() / "data" / "storage" / "results" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(SAVED[name])
        os.utime(file, (1_795_348_800, 1_795_348_800))
        await press(pilot, "j", "b", "enter", *pressed)

    return steps


async def in_a_folder(pilot: Pilot[Any]) -> None:
    """A folder of another program's, beside the blobs."""
    raw = Path.home() / "data" / "storage" / "raw"
    for number, name in enumerate(("2026/11/sales.csv", "2025/sales.csv", "read me.txt")):
        file = raw / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"day,sales\n" * (number + 1))
        os.utime(file, (1_795_348_800, 1_795_348_800))
    await with_blobs("4", "s", "j", "enter", "j", "j")(pilot)


async def found_blobs(pilot: Pilot[Any]) -> None:
    """Blobs while a filter is typed."""
    await with_blobs("slash")(pilot)
    await enter(pilot, "fore")


REMOTES = """\
[minio]
type = s3
provider = Minio
access_key_id = AKIAEXAMPLE
secret_access_key = not-a-secret
endpoint = http://127.0.0.1:9000

[archive]
type = alias
remote = minio:acme-archive/nightly

[files]
type = sftp
host = files.acme.example
user = me

[safe]
type = crypt
remote = minio:acme
"""


def importing(*pressed: str) -> Steps:
    """What another tool has; then these keys."""

    async def steps(pilot: Pilot[Any]) -> None:
        file = Path.home() / ".config" / "rclone" / "rclone.conf"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(REMOTES)
        await press(pilot, "i", *pressed)

    return steps


def with_palette(key: str, typed: str) -> Steps:
    """The command palette, or the themes, when something has been typed."""

    async def steps(pilot: Pilot[Any]) -> None:
        styled = [worker for worker in pilot.app.workers if worker.group == "warm"]
        await pilot.app.workers.wait_for_complete(styled)
        await pilot.press(key, *typed)
        found = pilot.app.screen.query_one(CommandList)
        while not found.option_count or found.region.height == 0:
            await pilot.pause()

    return steps


SCREENS: dict[str, tuple[str | None, Steps]] = {
    "list": (FULL, keys()),
    "list-of-none": (None, keys()),
    "list-awkward": (AWKWARD, keys()),
    "list-broken": (FULL, keys("G", "k")),
    "list-unreadable": ("default = \n", keys()),
    "list-tested": (FULL, after_tests),
    "list-filter": (FULL, filtered),
    "list-groups": (FULL, keys("z", "space", "space", "j")),
    "list-plain-secret": (FULL, plain_secret),
    "list-restorable": ("default = \n", with_versions((), TWO, FULL)),
    "move-secret": (FULL, move),
    "versions": (FULL, with_versions(("v",), "", "[", TWO, FULL)),
    "versions-awkward": (FULL, with_versions(("v",), *[AWKWARD] * 20)),
    "restore": ("default = \n", with_versions(("v", "enter"), TWO, FULL)),
    "help": (FULL, keys("question_mark")),
    "picker": (FULL, keys("n")),
    "form-new": (None, keys("n", "6")),
    "form-wrong": (None, wrong_form),
    "form-filled": (None, filled_form),
    "form-json": (None, keys("n", "3")),
    "form-choice": (FULL, keys("j", "j", "e")),
    "form-awkward": (AWKWARD, keys("j", "e")),
    "form-broken": (FULL, keys("G", "k", "e")),
    "form-leave": (FULL, keys("e", "x", "escape")),
    "delete": (FULL, keys("x")),
    "delete-protected": (FULL, keys("j", "j", "j", "x")),
    "delete-awkward": (AWKWARD, keys("j", "j", "j", "j", "x")),
    "rename": (FULL, keys("r", "x")),
    "conflict": (FULL, conflict),
    "test": (FULL, keys("j", "t")),
    "import": (FULL, importing("space", "j")),
    "export": (FULL, keys("E")),
    "test-failed": (FULL, keys("t")),
    "browse": (FULL, with_blobs()),
    "browse-filter": (FULL, found_blobs),
    "browse-empty": (FULL, keys("j", "b")),
    "browse-folders": (FULL, in_a_folder),
    "preview": (FULL, with_blobs("enter")),
    "preview-bytes": (FULL, with_blobs("j", "enter")),
    "preview-frame": (FULL, looking_into("frame.parquet")),
    "preview-schema": (FULL, looking_into("frame.parquet", "v")),
    "preview-columns": (FULL, looking_into("wide.csv", ">", ">")),
    "preview-array": (FULL, looking_into("array.npy")),
    "preview-classes": (FULL, looking_into("model.cp311.cloudpickle")),
    "preview-unpacked": (FULL, looking_into("summary.json.gz")),
    "preview-wrong": (FULL, looking_into("wrong.json")),
    "download": (FULL, with_blobs("w")),
    "delete-blob": (FULL, with_blobs("x")),
    "palette": (FULL, with_palette("ctrl+p", "te")),
    "themes": (FULL, with_palette("f8", "st")),
}


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    """The day and the time zone of the pictures."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", SCREENS)
def test_looks(
    name: str,
    size: tuple[int, int],
    snap_compare: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text, steps = SCREENS[name]
    user = tmp_path / "user"
    monkeypatch.setenv("PREFECT_HOME", str(user / ".prefect"))
    monkeypatch.setattr(probe_screen, "milliseconds", lambda seconds: "12 ms")
    monkeypatch.setattr(probe_screen.CheckDialog, "_bar", lambda *_: "━━━╸    ")
    # Its name would have the temporary folder in it, and is shown.
    kept = user / ".prefect" / "history" / "storage.toml-7e447d6db048"
    monkeypatch.setattr(history, "_folder", lambda _: str(kept))
    path = user / ".prefect" / "storage.toml"
    if text is not None:
        path.parent.mkdir()
        path.write_text(text.replace("/data/storage", "~/data/storage"))

    async def before(pilot: Pilot[Any]) -> None:
        await settle(pilot)
        await steps(pilot)
        await picture(pilot)

    assert snap_compare(StorageApp(path), terminal_size=size, run_before=before)
