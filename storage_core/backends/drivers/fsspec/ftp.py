"""FTP by the standard library, with the interface of an fsspec file system.

fsspec's own sends a blob in pieces of 64 KiB, each in a transfer of its own; lists the whole folder
to look up one file; reports every failure of a read as a missing file; and does not verify
certificates.

FTP itself has no rename that refuses to replace a file. Whether a chosen key is free is therefore
looked up just before; of two writers of one key at the same moment, the later one wins. Some
servers never replace a file by a rename; there the old one is missing for a moment. Without
`tls = true` in Options, the password and the blobs are sent as plain text.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from ftplib import FTP as ClearFTP  # noqa: N811
from ftplib import FTP_TLS, Error, error_perm, error_temp
from functools import partial
from io import BytesIO, RawIOBase, UnsupportedOperation
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from storage_core.backends.base import CHUNK_SIZE
from storage_core.backends.drivers.fsspec.ways import replace
from storage_core.backends.drivers.urls import path_in
from storage_core.backends.remote.faults import BadSettings

if TYPE_CHECKING:
    from socket import socket

    from _typeshed import WriteableBuffer

_UNKNOWN_COMMAND: Final = ("500", "501", "502", "504")
_BEYOND_THE_END: Final = "554"
_REFUSED: Final = ("530", "532", "533", "553")
_MISSING_IN_WORDS: Final = re.compile("(?i)^450.*(not found|no such|not exist)")
_WINDOWS: Final = re.compile(r"[\d-]+ +[\d:]+(?:[AP]M)? +(<DIR>|\d+) +(.+)")
_REFUSED_IN_WORDS: Final = re.compile("(?i)permission|privilege|denied|not allowed|read.only")


class FTP:
    """An FTP server; its methods raise `OSError`, and no errors of `ftplib`."""

    root_marker = "/"
    ftp: Any = None

    def __init__(
        self,
        host: str,
        port: int = 21,
        *,
        username: str | None = None,
        password: str | None = None,
        acct: str | None = None,
        timeout: float,
        encoding: str = "utf-8",
        tls: bool = False,
        context: ssl.SSLContext | None = None,
        **ignored: Any,
    ) -> None:
        """Sign in.

        Args:
            host: of the server.
            port: of the server.
            username: None to sign in anonymously.
            password: of the user.
            acct: an account, which few servers ask for.
            timeout: seconds that one step may take.
            encoding: of names.
            tls: whether to encrypt, and to look at the server's certificate.
            context: the TLS context.
            ignored: other arguments of fsspec's own, which concern its files.
        """
        if not isinstance(tls, bool):
            raise BadSettings("tls in Options must be true or false")
        if tls:
            context = context or ssl.create_default_context()
            self.ftp = _TLS(context=context, timeout=timeout, encoding=encoding)
        else:
            self.ftp = ClearFTP(timeout=timeout, encoding=encoding)
        account = {"username": username, "password": password, "acct": acct}
        self._another = partial(
            FTP,
            host,
            port,
            **account,
            timeout=timeout,
            encoding=encoding,
            tls=tls,
            context=context,
        )
        try:
            with _translated(refused=True):
                self.ftp.connect(host, port)
                self.ftp.login(username or "", password or "", acct or "")
            if tls:
                with _translated():
                    self.ftp.prot_p()
        except BaseException:
            self.close()
            raise

    @staticmethod
    def root_of(url: str) -> str:
        """The folder that a URL names."""
        return f"/{path_in(url).strip('/')}"

    def invalidate_cache(self) -> None:
        """Do nothing: there is no cache."""

    def close(self) -> None:
        """Close the connection."""
        if self.ftp is not None:
            self.ftp.close()

    def __del__(self) -> None:
        self.close()

    def cat_file(self, path: str) -> bytes:
        """Read a whole file, and compare its size with what the server says."""
        received = BytesIO()
        with _translated():
            size = self._size(path)
            self.ftp.retrbinary(f"RETR {path}", received.write, CHUNK_SIZE)
        data = received.getvalue()
        if size not in (None, len(data)):
            raise ConnectionError(f"{len(data)} bytes came instead of {size}")
        return data

    def store(self, path: str, file: BinaryIO) -> None:
        """Write a whole file."""
        with _translated():
            self.ftp.storbinary(f"STOR {path}", file, CHUNK_SIZE)

    def info(self, path: str) -> dict[str, Any]:
        """The info of one file or folder, without listing its folder."""
        if path in ("", "/"):
            return {"name": "/", "size": 0, "type": "directory"}
        with _translated():
            try:
                answer = self.ftp.sendcmd(f"MLST {path}").splitlines()
            except error_perm as error:
                if not _is_unknown(error):
                    raise
            else:
                return _entry(answer[1].strip() if len(answer) > 1 else "", path)
            if (size := self._size(path)) is not None:
                return {"name": path, "size": size, "type": "file"}
            if self._is_folder(path):
                return {"name": path, "size": 0, "type": "directory"}
        for entry in self.ls(path.rpartition("/")[0] or "/"):
            if entry["name"] == path:
                return entry
        raise FileNotFoundError(path)

    def _size(self, path: str) -> int | None:
        """The size of a file in bytes; None if the server does not say."""
        try:
            self.ftp.voidcmd("TYPE I")
            size: int | None = self.ftp.size(path)
        except error_perm as error:
            if _is_unknown(error) or self._is_folder(path):
                return None
            raise
        return size

    def _is_folder(self, path: str) -> bool:
        with _translated():
            try:
                self.ftp.cwd(path)
            except error_perm:
                return False
        return True

    def makedirs(self, path: str, exist_ok: bool = True) -> None:
        """Create a folder, and those above it where they are missing."""
        if not path or self._is_folder(path):
            return
        self.makedirs(path.rpartition("/")[0])
        try:
            with _translated():
                self.ftp.mkd(path)
        except OSError:
            # Another writer may have been faster.
            if not self._is_folder(path):
                raise

    def ls(self, path: str, detail: bool = True) -> list[dict[str, Any]]:
        """What is in a folder; names that others have made may be in any encoding."""
        with _translated():
            try:
                return [_entry(line, path, inside=True) for line in self._lines(f"MLSD {path}")]
            except error_perm as error:
                if not _is_unknown(error):
                    raise
            return [*filter(None, (_old_entry(line, path) for line in self._lines(f"LIST {path}")))]

    def _lines(self, command: str) -> list[str]:
        received = BytesIO()
        self.ftp.retrbinary(command, received.write)
        text = received.getvalue().decode(errors="replace")
        return [line.rstrip("\r") for line in text.split("\n") if line.strip()]

    def mv(self, old: str, new: str) -> None:
        """Rename a file, replacing another one of that name; with some servers in three steps."""
        try:
            self._rename(old, new)
        except OSError as error:
            answered = isinstance(error.__cause__, Error)
            if not (answered and self._is_there(old) and self._is_there(new)):
                raise
            replace(self._rename, self.rm_file, old, new)

    def _rename(self, old: str, new: str) -> None:
        with _translated():
            self.ftp.rename(old, new)

    def _is_there(self, path: str) -> bool:
        try:
            self.info(path)
        except FileNotFoundError:
            return False
        return True

    def rename_new(self, old: str, new: str) -> None:
        """Rename a file unless there is one of that name."""
        if self._is_there(new):
            raise FileExistsError(new)
        self._rename(old, new)

    def rm_file(self, path: str) -> None:
        """Delete a file."""
        with _translated():
            try:
                self.ftp.delete(path)
            except error_perm as error:
                if not _is_unknown(error):
                    raise
                raise UnsupportedOperation(str(error)) from error

    def rmdir(self, path: str) -> None:
        """Remove an empty folder."""
        with _translated():
            self.ftp.rmd(path)

    def open(self, path: str, mode: str = "rb") -> _Stream:
        """Open a file, on a connection of its own, since each can have one transfer at a time."""
        return _Stream(self._another(), path)


class _TLS(FTP_TLS):
    """Resumes the TLS session of the control connection for each transfer, as vsftpd requires."""

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[socket, int | None]:
        connection, size = ClearFTP.ntransfercmd(self, cmd, rest)
        assert isinstance(self.sock, ssl.SSLSocket)
        encrypted = self.context.wrap_socket(
            connection, server_hostname=self.host, session=self.sock.session
        )
        return encrypted, size


class _Stream(RawIOBase):
    """A file that is read as it comes, on a connection of its own."""

    def __init__(self, fs: FTP, path: str) -> None:
        self._fs, self._path = fs, path
        self._position = 0
        self._data: socket | None = None

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Begin at an offset; only before the first read."""
        self._position = offset
        return offset

    def readinto(self, buffer: WriteableBuffer) -> int:
        with _translated():
            if self._data is None:
                self._fs.ftp.voidcmd("TYPE I")
                rest = self._position or None
                try:
                    self._data = self._fs.ftp.transfercmd(f"RETR {self._path}", rest)
                except error_perm as error:
                    if rest and str(error).startswith(_BEYOND_THE_END):
                        return 0
                    raise
            count = self._data.recv_into(buffer)
            if not count:
                self._data.close()
                self._fs.ftp.voidresp()
        return count

    def close(self) -> None:
        if not self.closed:
            if self._data is not None:
                self._data.close()
            self._fs.close()
        super().close()


@contextmanager
def _translated(*, refused: bool = False) -> Iterator[None]:
    """Translate errors of `ftplib`; while signing in, a refusal is one of the credentials."""
    try:
        yield
    except error_perm as error:
        answer = str(error)
        raise PermissionError(answer) if refused else _meaning(answer) from error
    except Error as error:
        answer = str(error)
        if isinstance(error, error_temp) and _MISSING_IN_WORDS.search(answer):
            raise FileNotFoundError(answer) from error
        raise ConnectionError(answer or "an answer that is not FTP") from error


def _meaning(answer: str) -> OSError:
    code = answer[:3]
    if code in _REFUSED or (code == "550" and _REFUSED_IN_WORDS.search(answer)):
        return PermissionError(answer)
    if code == "550":
        return FileExistsError(answer) if "exists" in answer.lower() else FileNotFoundError(answer)
    return OSError(answer)


def _is_unknown(error: Error) -> bool:
    return str(error).startswith(_UNKNOWN_COMMAND)


def _entry(line: str, path: str, *, inside: bool = False) -> dict[str, Any]:
    """The info in a line of MLST or MLSD: `type=file;size=3;modify=20261122101530; name`."""
    facts, _, name = line.partition(" ")
    given = {key.lower(): value for key, _, value in (f.partition("=") for f in facts.split(";"))}
    kind = given.get("type", "").lower()
    found: dict[str, Any] = {
        "name": f"{path.rstrip('/')}/{name}" if inside else path,
        "type": {"file": "file", "dir": "directory"}.get(kind, "other"),
        "size": int(given["size"]) if given.get("size", "").isdigit() else None,
    }
    try:
        modified = datetime.strptime(f"{given.get('modify', '')[:14]}Z", "%Y%m%d%H%M%S%z")
    except ValueError:
        return found
    return {**found, "mtime": modified.astimezone(UTC)}


def _old_entry(line: str, path: str) -> dict[str, Any] | None:
    """What a line of LIST says: `-rw-r--r-- 1 me us 3 Nov 22 10:15 name`.

    On Windows it may be `11-22-26  10:15AM  3 name`, with `<DIR>` in place of a folder's size.
    """
    columns = line.split(maxsplit=8)
    if len(columns) == 9 and columns[4].isdigit():
        kind, size, name = line[0], columns[4], columns[8]
    elif found := _WINDOWS.fullmatch(line):
        kind, size, name = "d" if found[1] == "<DIR>" else "-", found[1], found[2]
    else:
        return None
    return {
        "name": f"{path.rstrip('/')}/{name}",
        "type": {"-": "file", "d": "directory"}.get(kind, "other"),
        "size": int(size) if size.isdigit() else None,
    }
