"""fsspec's SFTP with what it lacks for keeping blobs.

fsspec accepts whatever key a server shows, and so hands the password to anybody in between; waits
for the answer to every 32 KiB; and goes on waiting for a server that is gone. Here the server's key
has to be in `known_hosts`, as `ssh` puts it there, unless Options say `host_key_policy`.

A chosen key is never overwritten, as far as the server refuses to rename onto a file that exists:
OpenSSH does so in one step.
"""

from __future__ import annotations

import errno
import logging
import os
import stat
from io import RawIOBase
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import paramiko
from fsspec.implementations.sftp import SFTPFileSystem
from paramiko.sftp import CMD_CLOSE, CMD_OPENDIR, CMD_READDIR

from storage_core.backends.base import CHUNK_SIZE
from storage_core.backends.drivers.fsspec.transfers import OneTransferEach, replace
from storage_core.backends.remote.faults import BadSettings

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_KNOWN_HOSTS: Final = ("/etc/ssh/ssh_known_hosts", "~/.ssh/known_hosts")
_GIVEN: Final = ("password", "pkey", "key_filename")


class SFTP(OneTransferEach, SFTPFileSystem):  # type: ignore[misc]
    """An SFTP server."""

    client: Any = None

    def __init__(self, host: str, *, host_key_policy: str = "reject", **options: Any) -> None:
        if host_key_policy not in ("reject", "auto_add"):
            raise BadSettings('host_key_policy in Options must be "reject" or "auto_add"')
        self._trusts_any = host_key_policy == "auto_add"
        super().__init__(host, **options)

    def _connect(self) -> None:
        # What paramiko's own thread has to say would otherwise go to standard error.
        logging.getLogger("paramiko").addHandler(logging.NullHandler())
        options = dict(self.ssh_kwargs)
        timeout = options.setdefault("timeout", None)
        for step in ("banner_timeout", "auth_timeout", "channel_timeout"):
            options.setdefault(step, timeout)
        if any(options.get(name) for name in _GIVEN):
            # Credentials that are given are the ones meant: no others are tried.
            options = {"allow_agent": False, "look_for_keys": False, **options}
        self.client = paramiko.SSHClient()
        if self._trusts_any:
            self.client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
        else:
            for path in map(os.path.expanduser, _KNOWN_HOSTS):
                if os.path.exists(path):
                    self.client.load_system_host_keys(path)
            self.client.set_missing_host_key_policy(_OnlyKnown())
        try:
            self._sign_in(options)
        except BaseException:
            self.close()
            raise
        self.ftp.get_channel().settimeout(timeout)

    def _sign_in(self, options: dict[str, Any]) -> None:
        try:
            self.client.connect(self.host, **options)
            self.ftp = self.client.open_sftp()
        except paramiko.ssh_exception.NoValidConnectionsError as error:
            raise ConnectionRefusedError(error.strerror) from error
        except paramiko.BadHostKeyException as error:
            raise BadSettings(
                f"the key of {self.host} is not the one in known_hosts: another server may be "
                "answering"
            ) from error

    def close(self) -> None:
        """Hang up."""
        if self.client is not None:
            self.client.close()

    def _load(self, path: str) -> tuple[bytes, int | None]:
        with self._open(path) as file:
            return file.readall(), file.size

    def store(self, path: str, file: BinaryIO) -> None:
        """Write a whole file."""
        with self.ftp.open(path, "wb") as target:
            # Does not wait for each answer; how much has arrived is asked afterwards.
            target.set_pipelined(True)
            while chunk := file.read(CHUNK_SIZE):
                target.write(chunk)

    def _make_folder(self, path: str) -> None:
        self.ftp.mkdir(path)

    def _is_folder(self, path: str) -> bool:
        try:
            return stat.S_ISDIR(self.ftp.stat(path).st_mode or 0)
        except FileNotFoundError:
            return False

    def mv(self, old: str, new: str) -> None:
        """Rename a file; another one of that name is replaced, by old servers in three steps."""
        try:
            self.ftp.posix_rename(old, new)
        except OSError as error:
            if error.errno is not None:
                raise
            self.ftp.stat(old)
            if self._is_there(new):
                replace(self.ftp.rename, self.ftp.remove, old, new)
            else:
                self.ftp.rename(old, new)

    def rename_new(self, old: str, new: str) -> None:
        """Rename a file unless there is one of that name."""
        try:
            self.ftp.rename(old, new)
        except OSError as error:
            # The protocol has no word for it: servers say that it failed.
            if error.errno in (None, errno.EEXIST) and self._is_there(new):
                raise FileExistsError(new) from error
            raise

    def _is_there(self, path: str) -> bool:
        try:
            self.ftp.stat(path)
        except FileNotFoundError:
            return False
        return True

    def ls(self, path: str, detail: bool = True) -> list[dict[str, Any]]:
        """What is in a folder; names of others may be in any encoding, which paramiko refuses."""
        found = []
        handle = self.ftp._request(CMD_OPENDIR, path.encode())[1].get_binary()
        try:
            while True:
                _, answer = self.ftp._request(CMD_READDIR, handle)
                for _ in range(answer.get_int()):
                    name = answer.get_string().decode(errors="replace")
                    answer.get_string()
                    given = paramiko.SFTPAttributes._from_msg(answer, name)
                    found.append(_entry(f"{path}/{name}", given))
        except EOFError:
            pass
        self.ftp._request(CMD_CLOSE, handle)
        return found

    def info(self, path: str) -> dict[str, Any]:
        """One file or folder."""
        return _entry(path, self.ftp.stat(path or "."))

    def rm_file(self, path: str) -> None:
        self.ftp.remove(path)

    def _open(self, path: str, mode: str = "rb", **_: Any) -> _Stream:
        file = self.ftp.open(path, "rb")
        ask = file._prefetch_thread

        def ask_quietly(*args: Any) -> None:
            # A thread of paramiko's, which would print a traceback; who reads hears of it as well.
            try:
                ask(*args)
            except Exception:
                pass

        file._prefetch_thread = ask_quietly
        return _Stream(file)


class _Stream(RawIOBase):
    """A file for reading, of which several pieces are asked for at a time."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._position = 0
        self.size: int = file.stat().st_size

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0, /) -> int:
        self._position = offset
        return offset

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        piece = self._piece(len(view))
        view[: len(piece)] = piece
        return len(piece)

    def read(self, size: int | None = -1, /) -> bytes:
        return self.readall() if size is None or size < 0 else self._piece(size)

    def readall(self) -> bytes:
        return b"".join(iter(lambda: self._piece(CHUNK_SIZE), b""))

    def _piece(self, size: int) -> bytes:
        end = min(self._position + min(size, CHUNK_SIZE), self.size)
        if end <= self._position:
            return b""
        data = b"".join(self._file.readv([(self._position, end - self._position)]))
        self._position += len(data)
        return data

    def close(self) -> None:
        if not self.closed:
            # Without waiting for the answer: another thread may be waiting for one of its own.
            self._file._close(async_=True)
        super().close()


def _entry(path: str, given: Any) -> dict[str, Any]:
    """What a server says about a file; all of it is optional."""
    is_file = given.st_mode is None or stat.S_ISREG(given.st_mode)
    kind = "file" if is_file else "directory" if stat.S_ISDIR(given.st_mode) else "other"
    return {"name": path, "type": kind, "size": given.st_size, "mtime": given.st_mtime}


class _OnlyKnown(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]
    """Refuses a server whose key nobody has confirmed."""

    def missing_host_key(self, client: Any, hostname: str, key: Any) -> None:
        raise BadSettings(
            f"the server's key ({key.fingerprint}) is not in ~/.ssh/known_hosts; connect once with "
            'ssh to confirm it, or trust any by host_key_policy = "auto_add" in Options'
        )
