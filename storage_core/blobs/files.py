"""Reads blobs into files of the caller: in bounded memory, and verified.

A streamed blob that is named by its hash can only be verified at its end: `fetch_to_file` puts the
file in place after that, and a `VerifyingReader` raises at the last read instead of returning it.
"""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from hashlib import sha256
from io import BufferedReader, RawIOBase
from secrets import token_hex
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from storage_core.backends.base import CHUNK_SIZE
from storage_core.disk_advice import unkept, words
from storage_core.errors import IntegrityError, StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from _typeshed import WriteableBuffer


_STREAMS: Final = ("stdin", "stdout", "stderr")
_DESCRIPTORS: Final = ("/dev/fd", "/proc/self/fd")


def content_name_of(file: BinaryIO) -> str:
    """The SHA-256 of a file from its beginning, as 64 hexadecimal digits; read in pieces."""
    digest = sha256()
    try:
        file.seek(0)
        while chunk := file.read(CHUNK_SIZE):
            digest.update(chunk)
        file.seek(0)
    except OSError as error:
        raise unreadable(str(file.name), error) from error
    return digest.hexdigest()


def is_written_into(path: str | os.PathLike[str]) -> bool:
    """Whether `fetch_to_file` writes into what is at `path`, and does not replace it.

    That is so for a device, a named pipe, and an open descriptor such as /dev/stdout.
    """
    given = os.fspath(path)
    if _descriptor(given) is not None:
        return True
    try:
        mode = os.stat(given).st_mode
    except (OSError, ValueError):
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def fetch_to_file(
    path: str | os.PathLike[str],
    fetch: Callable[[BinaryIO], None],
    expected: str | None,
    described: str,
    *,
    private: bool = False,
) -> int:
    """Let `fetch` write a new file, verify it, and only then put it at `path`; return its size.

    An existing file is replaced and keeps its mode; if `path` is a symbolic link, its target is
    replaced. What is not a regular file (a device, a named pipe) cannot be replaced: the verified
    bytes are written into it.

    Args:
        path: where the bytes go.
        fetch: writes the blob into the file that it is given.
        expected: the SHA-256 that the bytes must have; None to take them as they are.
        described: what messages call the blob.
        private: whether only the owner may read the file, whatever its mode was.

    Raises:
        IntegrityError: the bytes have another hash.
        StorageError: the file cannot be written, or what `fetch` raises.
    """
    given = os.fspath(path)
    try:
        if (descriptor := _descriptor(given)) is not None:
            return _passed_on(os.dup(descriptor), fetch, expected, described)
        target = os.path.realpath(given)
        mode = _mode(target)
        if mode is not None and stat.S_ISDIR(mode):
            raise StorageError(f"cannot write {given}: it is a folder; name a file in it")
        if mode is None or stat.S_ISREG(mode):
            if private:
                mode = 0o600
            with _private_folder(target) as folder:
                return _replaced(target, mode, fetch, expected, described, folder)
        return _passed_on(target, fetch, expected, described)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "not a valid path"
        raise StorageError(f"cannot write {given}: {why}; name another file") from error


@contextmanager
def _private_folder(target: str) -> Iterator[str]:
    """A folder beside a file, so that nobody reads on its way what they may not read once there."""
    above, name = os.path.split(target)
    # Not longer than the name of the file may be.
    folder = os.path.join(above, f".{name[:50]}.{token_hex(4)}.tmp")
    os.mkdir(folder, 0o700)
    try:
        yield folder
    finally:
        os.rmdir(folder)


def _replaced(
    target: str,
    mode: int | None,
    fetch: Callable[[BinaryIO], None],
    expected: str | None,
    described: str,
    folder: str,
) -> int:
    temporary = os.path.join(folder, "blob")
    try:
        with open(temporary, "xb+") as file:
            _fetch(file, fetch, expected, described)
            if mode is not None and os.name != "nt":
                os.fchmod(file.fileno(), stat.S_IMODE(mode))
            file.flush()
            os.fsync(file.fileno())
            size = os.fstat(file.fileno()).st_size
        os.replace(temporary, target)
    except BaseException:
        if os.path.lexists(temporary):
            os.unlink(temporary)
        raise
    return size


def _descriptor(path: str) -> int | None:
    """The descriptor that a path such as /dev/stdout stands for.

    It may be a file that a shell has redirected to: that is written to, not replaced.
    """
    if os.name == "nt":
        return None
    folder, _, name = os.path.normpath(path).rpartition("/")
    if folder == "/dev" and name in _STREAMS:
        return _STREAMS.index(name)
    return int(name) if folder in _DESCRIPTORS and name.isdecimal() else None


def _passed_on(
    target: str | int, fetch: Callable[[BinaryIO], None], expected: str | None, described: str
) -> int:
    from shutil import copyfileobj
    from tempfile import TemporaryFile

    try:
        opened = TemporaryFile()  # noqa: SIM115 (closed below)
    except OSError as error:
        raise StorageError(unkept("the blob", error)) from error
    with opened as spool:
        _fetch(cast("BinaryIO", spool), fetch, expected, described)
        size = spool.seek(0, os.SEEK_END)
        spool.seek(0)
        with open(target, "wb") as file:
            copyfileobj(spool, file, CHUNK_SIZE)
    return size


def _fetch(
    file: BinaryIO, fetch: Callable[[BinaryIO], None], expected: str | None, described: str
) -> None:
    fetch(file)
    if expected is not None and content_name_of(file) != expected:
        raise damaged(described)


def verifying(file: BinaryIO, expected: str, described: str) -> BinaryIO:
    """`file`, raising `IntegrityError` at its end unless the bytes have the hash `expected`."""
    return cast("BinaryIO", BufferedReader(VerifyingReader(file, expected, described), CHUNK_SIZE))


class VerifyingReader(RawIOBase):
    """Hashes what is read through it. It cannot seek, since it could not verify the bytes then."""

    def __init__(self, file: BinaryIO, expected: str, described: str) -> None:
        self._file = file
        self._expected = expected
        self._described = described
        self._digest = sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        # Reading only the beginning (`read1`) must not fetch the whole piece that follows.
        some = getattr(self._file, "read1", None) if len(view) < CHUNK_SIZE else None
        chunk = (some or self._file.read)(len(view))
        if not chunk and self._digest.hexdigest() != self._expected:
            raise damaged(self._described)
        view[: len(chunk)] = chunk
        self._digest.update(chunk)
        return len(chunk)

    def close(self) -> None:
        self._file.close()
        super().close()


def damaged(described: str) -> IntegrityError:
    """The error for a blob whose bytes do not have the hash that is its name."""
    return IntegrityError(
        f"{described}: the bytes are not those that were written; "
        "restore the blob from a backup, or delete it"
    )


def _mode(path: str) -> int | None:
    try:
        return os.stat(path).st_mode
    except FileNotFoundError:
        return None


def unreadable(path: str, error: OSError) -> StorageError:
    """The error for a file of the caller that cannot be read."""
    return StorageError(f"cannot read {path}: {words(error)}; name another file")
