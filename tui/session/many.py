"""Deletes several blobs, or writes them into a folder, step by step. It blocks: use threads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from storage_core.blobpath import is_blob_path
from storage_core.disk_advice import words
from storage_core.errors import ConfigurationError, StorageError
from storage_core.paths import absolute
from tui.session.download import Download, looked_at
from tui.session.store import NO_PATH

if TYPE_CHECKING:
    from tui.session.listing import Listed
    from tui.session.store import OpenedStore


class Step(NamedTuple):
    """The progress so far."""

    done: int
    """Blobs that are finished, failed ones included."""

    size: int = 0
    """Bytes written."""

    failed: tuple[tuple[str, str], ...] = ()
    """The keys of the blobs that failed, each with the reason."""


class Target(NamedTuple):
    """Where a blob is to be written."""

    key: str
    path: Path
    exists: bool = False
    problem: str = ""
    """Why it cannot be written there."""


class Plan(NamedTuple):
    """Where several blobs are to be written."""

    folder: Path
    targets: tuple[Target, ...] = ()
    problem: str = ""
    """What is wrong with the folder."""

    @property
    def there(self) -> int:
        """How many of the files exist already."""
        return sum(each.exists for each in self.targets)


def removed(opened: OpenedStore, keys: Sequence[str]) -> Iterator[Step]:
    """Delete blobs, as many in one request as the place takes."""
    failed: list[tuple[str, str]] = []
    done = 0
    for batch in opened.deleted(keys):
        failed += [(key, str(error)) for key, error in batch if error]
        done += len(batch)
        yield Step(done, failed=tuple(failed))


def planned(entered: str, blobs: Sequence[Listed]) -> Plan:
    """Plan where the blobs go in the folder that was entered, and look at what is there."""
    try:
        folder = Path(absolute(entered))
    except ConfigurationError as error:
        return Plan(Path(entered), problem=str(error))
    if not folder.is_dir():
        return Plan(folder, problem=f"there is no folder {folder}; name another")
    # Blobs of the two kinds may have the same name.
    alike = max(Counter(blob.name for blob in blobs).values(), default=0) > 1
    targets = []
    for blob in blobs:
        name = blob.key if alike else blob.name
        if not (is_blob_path(blob.key) and is_blob_path(name)):
            targets.append(Target(blob.key, folder, problem=NO_PATH))
            continue
        place = looked_at(folder / name)
        # Missing folders in between are created later.
        problem = place.problem if place.target.parent.is_dir() else ""
        targets.append(Target(blob.key, place.target, place.exists, problem))
    return Plan(folder, tuple(targets))


def written(opened: OpenedStore, targets: Sequence[Target]) -> Iterator[Step]:
    """Write blobs to files, replacing existing ones. Closing this abandons the one in progress."""
    failed: list[tuple[str, str]] = []
    size = 0
    for done, target in enumerate(targets):
        try:
            if target.problem:
                raise StorageError(target.problem)
            target.path.parent.mkdir(parents=True, exist_ok=True)
            download = Download(target.path, replace=target.exists)
            before = size
            with closing(opened.fetched(target.key, download)) as pieces:
                for piece in pieces:
                    size = before + piece
                    yield Step(done, size, tuple(failed))
        except StorageError as error:
            failed.append((target.key, str(error)))
        except OSError as error:
            failed.append((target.key, f"cannot write {target.path}: {words(error)}"))
        yield Step(done + 1, size, tuple(failed))
