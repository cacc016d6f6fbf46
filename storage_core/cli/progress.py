"""How far a command has come, as a bar on standard error, if that is a terminal."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Tell(Protocol):
    """Tells a bar how far it is."""

    def __call__(self, done: int, total: int | None = None) -> None:
        """Show that so many bytes are done, and of how many, where that has changed."""


def is_shown() -> bool:
    """Whether anybody sees a bar."""
    return sys.stderr is not None and sys.stderr.isatty()


@contextmanager
def bar(doing: str, total: int | None) -> Iterator[Tell]:
    """Show a bar while the block runs, and nothing afterwards.

    Args:
        doing: one word for it.
        total: bytes of everything; None where nobody knows.

    Yields:
        What tells the bar how many bytes are done, and of how many, where that changes.
    """
    if not is_shown():
        yield _unseen
        return
    # Only here: with the modules that it loads it takes 100 ms.
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
        doing: one word for it.

    Yields:
        What tells how many there are so far.
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
    """A file that tells how far it has been read or written."""

    def __init__(self, file: BinaryIO, tell: Callable[[int], None]) -> None:
        """Wrap a file at its beginning."""
        self._file = file
        self._tell = tell
        self._done = 0

    @classmethod
    def of(cls, file: BinaryIO, tell: Callable[[int], None]) -> BinaryIO:
        """The same as a file for type checkers."""
        return cast("BinaryIO", cls(file, tell))

    def __getattr__(self, name: str) -> object:
        return getattr(self._file, name)

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes."""
        data = self._file.read(size)
        self._add(len(data))
        return data

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go elsewhere: what is sent again counts from there."""
        position = self._file.seek(offset, whence)
        self._done = position
        return position

    def write(self, data: bytes) -> int:
        """Take some more bytes."""
        written = self._file.write(data)
        self._add(len(data))
        return written

    def _add(self, size: int) -> None:
        self._done += size
        self._tell(self._done)


def _unseen(done: int, total: int | None = None) -> None:
    pass
