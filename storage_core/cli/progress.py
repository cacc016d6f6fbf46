"""Shows the progress of a command as a bar on standard error, if that is a terminal."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Tell(Protocol):
    """A function that updates a bar."""

    def __call__(self, done: int, total: int | None = None) -> None:
        """Show that `done` of `total` bytes are done; None: the total has not changed."""


def is_shown() -> bool:
    """Whether bars are shown: standard error is a terminal."""
    return sys.stderr is not None and sys.stderr.isatty()


@contextmanager
def bar(doing: str, total: int | None) -> Iterator[Tell]:
    """Show a bar while the block runs, and nothing afterwards.

    Args:
        doing: one word for what is being done.
        total: the number of all bytes; None if unknown.

    Yields:
        The function that updates the bar.
    """
    if not is_shown():
        yield _unseen
        return
    # Imported here: with the modules that it loads it takes 100 ms.
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    columns = (
        TextColumn("{task.description:<9}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(doing, total=total)

        def tell(done: int, total: int | None = None) -> None:
            progress.update(task, completed=done, total=total)

        yield tell


@contextmanager
def count(doing: str) -> Iterator[Callable[[int], None]]:
    """Show a number of blobs while the block runs, and nothing afterwards.

    Args:
        doing: one word for what is being done.

    Yields:
        The function that updates the number.
    """
    if not is_shown():
        yield _unseen
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description:<9}"),
        SpinnerColumn(),
        TextColumn("{task.completed:,} blobs"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(doing, total=None)
        yield lambda done: progress.update(task, completed=done)


class Watched:
    """A file that reports how many bytes have been read or written."""

    def __init__(self, file: BinaryIO, tell: Callable[[int], None]) -> None:
        """Wrap a file at its beginning."""
        self._file = file
        self._tell = tell
        self._done = 0

    @classmethod
    def of(cls, file: BinaryIO, tell: Callable[[int], None]) -> BinaryIO:
        """Wrap a file, typed as a file."""
        return cast("BinaryIO", cls(file, tell))

    def __getattr__(self, name: str) -> object:
        return getattr(self._file, name)

    def read(self, size: int = -1, /) -> bytes:
        """Read some bytes, and report the new position."""
        data = self._file.read(size)
        self._add(len(data))
        return data

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Change the position; bytes that are sent again are counted from there."""
        position = self._file.seek(offset, whence)
        self._done = position
        return position

    def write(self, data: bytes) -> int:
        """Write some bytes, and report the new position."""
        written = self._file.write(data)
        self._add(len(data))
        return written

    def _add(self, size: int) -> None:
        self._done += size
        self._tell(self._done)


def _unseen(done: int, total: int | None = None) -> None:
    pass
