"""`Results`: how the tests of each configuration ended, kept from one run of the app to the next.

They are kept beside the app's state, in one file for each configuration file. A result belongs to
the settings that were tested, identified by a digest: once the settings have changed, in whatever
way, the result is old. Undoing the change makes it current again.

Whatever is in the file, the app starts: anything unknown or broken is ignored.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from tui.session import state
from tui.session.checks import TestResult

if TYPE_CHECKING:
    from storage_core.config.model.entry import Entry

KEPT: Final = 5
"""Results that are kept for one configuration."""

_MOST: Final = 5_000
"""Configurations whose results are kept, including those that are gone."""

_SIZE: Final = 16 * 1024 * 1024

_UNTESTED: Final = frozenset({"protected", "tags"})
"""Settings that no test depends on."""


class Results:
    """The results, by the IDs of configurations; Temporary Local Storage has the ID "".

    Args:
        path: the configuration file.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._kept: dict[str, list[TestResult]] = {}
        """Newest first."""

        self._digests: dict[str, tuple[object, str]] = {}
        """The last digest for each ID, with the table that it was made from."""

        self._saving, self._changing = Lock(), Lock()
        self._stamp: tuple[int, int] | None = None
        """The stamp of the file when it was read last."""

    def __len__(self) -> int:
        return len(self._kept)

    def load(self) -> None:
        """Read what was kept, including by another app with the same configuration file."""
        folder = self._folder()
        if folder is None or not folder.is_dir():
            # Nothing was ever kept: the first frame need not wait for hashlib.
            return
        source = self._file()
        with suppress(OSError):
            status = source.stat() if source else None
            stamp = (status.st_mtime_ns, status.st_ino) if status else None
            if stamp != self._stamp:
                self._stamp = stamp
                self._merge(self._read())

    def add(self, id: str, entry: Entry | None, result: TestResult) -> None:
        """Add how a test of `entry` ended; None for the built-in configuration."""
        kept = result._replace(digest=self._digest_of(id, entry))
        with self._changing:
            self._kept[id] = [kept, *self._kept.get(id, ())][:KEPT]

    def of(self, id: str, entry: Entry | None) -> TestResult | None:
        """The last result for these settings, else the last for earlier ones, marked as old."""
        kept = self._kept.get(id)
        if not kept:
            return None
        digest = self._digest_of(id, entry)
        found = next((each for each in kept if each.digest == digest), None)
        return found or kept[0]._replace(old=True)

    def last(self, id: str, entry: Entry | None) -> list[TestResult]:
        """The last results, newest first; those for earlier settings are marked as old."""
        digest = self._digest_of(id, entry) if self._kept.get(id) else ""
        return [
            each if each.digest == digest else each._replace(old=True)
            for each in self._kept.get(id, ())
        ]

    def save(self) -> None:
        """Write them, merged with those of another app on this file; failures are ignored."""
        target = self._file()
        if target is None:
            return
        from json import dumps

        with self._saving, suppress(OSError, ValueError):
            self._merge(self._read())
            with self._changing:
                kept = list(self._kept.items())
            newest = sorted(kept, key=lambda item: item[1][0].when, reverse=True)
            text = dumps({id: [*map(_as_json, kept)] for id, kept in newest[:_MOST]})
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            new = target.with_suffix(".new")
            with suppress(FileNotFoundError):
                new.unlink()
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(text)
            new.replace(target)

    def _merge(self, read: Mapping[str, Iterable[TestResult]]) -> None:
        for id, results in read.items():
            with self._changing:
                known = {each.when: each for each in (*results, *self._kept.get(id, ()))}
                newest = sorted(known.values(), key=lambda each: each.when, reverse=True)
                if newest:
                    self._kept[id] = newest[:KEPT]

    def _read(self) -> dict[str, list[TestResult]]:
        return {
            id: [each for each in map(_from_json, results) if each]
            for id, results in state.table_in(self._file(), _SIZE).items()
            if isinstance(results, list)
        }

    def _folder(self) -> Path | None:
        beside = state.path()
        return beside and beside.parent / "tests"

    def _file(self) -> Path | None:
        folder = self._folder()
        name = f"{Path(self._path).name[:40]}-{_sha256(os.fsencode(self._path))[:12]}.json"
        return folder and folder / name

    def _digest_of(self, id: str, entry: Entry | None) -> str:
        if entry is None:
            from storage_core.paths import prefect_home

            return _sha256(os.fsencode(prefect_home()))[:24]
        # Cached: all rows on screen ask for it with each frame.
        table, digest = self._digests.get(id, (None, ""))
        if table is not entry.table:
            digest = _digest(entry)
            self._digests[id] = entry.table, digest
        return digest


def _digest(entry: Entry) -> str:
    """A digest that differs between settings and gives no secret away.

    Secrets affect only 16 bits of it: enough to notice a change, and useless for guessing a secret,
    since one guess in 65,536 matches.
    """
    from hashlib import blake2b
    from json import dumps

    from storage_core.declaration.display import masked_settings

    settings = {name: each for name, each in entry.settings.items() if name not in _UNTESTED}
    public = masked_settings(entry.cls.settings() if entry.cls else (), settings)
    shown = dumps([entry.type, public], sort_keys=True, default=str)
    whole = dumps(settings, sort_keys=True, default=str)
    secret = blake2b(whole.encode("utf-8", "surrogatepass"), digest_size=2).hexdigest()
    return f"{_sha256(shown.encode('utf-8', 'surrogatepass'))[:24]}-{secret}"


def _sha256(data: bytes) -> str:
    from hashlib import sha256

    return sha256(data).hexdigest()


def _as_json(result: TestResult) -> list[Any]:
    steps = [
        [each.step.name, each.step.label, each.ok, each.seconds, each.message, each.lacks]
        for each in result.steps
    ]
    return [result.when.timestamp(), result.complete, result.digest, steps]


def _from_json(written: Any) -> TestResult | None:
    """The result that `_as_json` was given; None for anything else."""
    from storage_core.check import Step, StepResult

    try:
        when, complete, digest, steps = written
        return TestResult(
            datetime.fromtimestamp(float(when)),  # noqa: DTZ006 (local time is what is shown)
            tuple(
                StepResult(
                    Step(str(name), str(label)),  # type: ignore[arg-type]
                    bool(ok),
                    None if seconds is None else float(seconds),
                    str(message),
                    bool(lacks),
                )
                for name, label, ok, seconds, message, lacks in steps
            ),
            bool(complete),
            str(digest),
        )
    except (TypeError, ValueError, OverflowError, OSError):
        return None
