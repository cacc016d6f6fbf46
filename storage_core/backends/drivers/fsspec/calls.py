"""How a file system that fsspec knows is opened and called. The file system backend builds on it.

The methods of an asynchronous file system are called on the event loop, those of a blocking one
each in a thread that is left to itself at the deadline.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from fsspec import url_to_fs
from fsspec.asyn import AsyncFileSystem

from storage_core.backends.drivers.fsspec import webdav
from storage_core.backends.drivers.fsspec.classes import (
    class_of,
    from_url,
    own_class,
    refuse_behind_another,
)
from storage_core.backends.remote.backend import RemoteBackend
from storage_core.backends.remote.faults import Fault
from storage_core.backends.remote.worker import in_thread
from storage_core.errors import ConfigurationError, UnsupportedOperation
from storage_core.redaction import mask_url

if TYPE_CHECKING:
    from collections.abc import Callable

_SHAREABLE: Final = frozenset({"memory", *webdav.PROTOCOLS})
"""Blocking file systems that several threads may use at once; with the others they take turns."""

_UNANSWERED: Final = (Fault.PASSING, Fault.DENIED, Fault.UNKNOWN_HOST)
"""Why a server has not said whether a file exists."""

_WORDS: Final = {
    "cat_file": "read",
    "ls": "list",
    "pipe_file": "write",
    "put_file": "write",
    "rm_file": "delete",
}
"""What a person calls what fsspec calls so."""


@dataclass(eq=False)
class FileSystem:
    """A file system, and what has to be known about it between two calls."""

    fs: Any
    root: str
    """What stands before `KIND/NAME`: empty, or with a slash at its end."""

    hang_up: Callable[[], object] | None = None
    """Closes its connections."""

    is_lost: bool = False
    """Whether its one connection has failed, or was left in the middle of a call."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    folders: set[str] = field(default_factory=set)
    """Folders that exist, as far as is known."""


class FileSystemCalls(RemoteBackend):
    """What opens a file system and calls it; the operations are up to the subclass."""

    place = "folder"
    place_setting = "Base Path"
    credentials = ""
    address = ""

    def __init__(
        self,
        base_path: str,
        *,
        options: dict[str, Any],
        timeout: float,
        secrets: tuple[str, ...] = (),
    ) -> None:
        """Name the folder; see `open_filesystem`."""
        shown = mask_url(base_path)
        super().__init__(shown.rstrip("/"), shown, timeout=timeout, secrets=secrets)
        classes = [class_of(part, shown) for part in base_path.split("::")]
        refuse_behind_another(base_path, options, shown)
        self._protocol = base_path.partition("://")[0].lower()
        self._is_async = len(classes) == 1 and issubclass(classes[0], AsyncFileSystem)
        self._is_webdav = self._protocol in webdav.PROTOCOLS
        if self._is_webdav:
            base_path, options = webdav.prepared(base_path, options, timeout)
        self._own = own_class(self._protocol)
        if self._own is not None:
            options = {"timeout": timeout, **from_url(base_path, shown), **options}
            if "host" not in options:
                raise ConfigurationError(f"{shown} names no server; write {self._protocol}://HOST")
        self._base_path = base_path
        self._options = options

    async def _connect(self) -> FileSystem:
        if self._is_async:
            loop = asyncio.get_running_loop()
            fs, root = url_to_fs(
                self._base_path, **{"skip_instance_cache": True, "loop": loop, **self._options}
            )
        elif self._own is not None:
            fs = await in_thread(self._own, **{"skip_instance_cache": True, **self._options})
            root = fs._strip_protocol(self._base_path)
        else:
            fs, root = await in_thread(
                url_to_fs, self._base_path, **{"skip_instance_cache": True, **self._options}
            )
        # "" and "/" are two folders where signing in leads to a home.
        return FileSystem(fs, f"{root.rstrip('/')}/" if root else "", self._hang_up_of(fs))

    def _hang_up_of(self, fs: Any) -> Callable[[], object] | None:
        if self._own is not None:
            return fs.close  # type: ignore[no-any-return]
        return fs.client.http.close if self._is_webdav else None

    @staticmethod
    async def _disconnect(driver: FileSystem) -> None:
        if driver.hang_up is not None:
            await in_thread(driver.hang_up)
        elif session := getattr(driver.fs, "_session", None):
            await session.close()  # That of http.

    async def _do(self, driver: FileSystem, name: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method of the file system.

        Raises:
            UnsupportedOperation: it has none.
        """
        try:
            if self._is_async:
                return await getattr(driver.fs, f"_{name}")(*args, **kwargs)
            return await self._in_turn(driver, getattr(driver.fs, name), *args, **kwargs)
        except NotImplementedError as error:
            raise UnsupportedOperation(
                f"{self.location} cannot {_WORDS.get(name, name)}: {self._protocol} has no way to; "
                "use another storage"
            ) from error

    async def _in_turn(
        self, driver: FileSystem, function: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> Any:
        if self._protocol in _SHAREABLE:
            return await in_thread(function, *args, **kwargs)
        async with driver.turn:
            if driver.is_lost:
                raise ConnectionError("the connection was lost in another call")
            try:
                return await in_thread(function, *args, **kwargs)
            except asyncio.CancelledError:
                # The call goes on in its thread, on a connection that is of no use to others now.
                self._give_up(driver)
                raise
            except Exception as error:
                # The one connection there is may be gone: another attempt on it would fail too.
                if self._fault(error) is Fault.PASSING:
                    self._give_up(driver)
                raise

    def _give_up(self, driver: FileSystem) -> None:
        driver.is_lost = True
        self.connection.forget(driver)

    async def _info(self, driver: FileSystem, path: str) -> dict[str, Any]:
        driver.fs.invalidate_cache()
        try:
            found: dict[str, Any] = await self._do(driver, "info", path)
        except FileNotFoundError as error:
            # That is what fsspec's http makes of whatever went wrong.
            cause = error.__cause__
            if cause is not None and self._fault(cause) in _UNANSWERED:
                raise cause from None
            raise
        return found

    def _fault(self, error: BaseException) -> Fault:
        if isinstance(error, IsADirectoryError | NotADirectoryError):
            return Fault.MISCONFIGURED
        if self._own is not None and str(error) == "Socket is closed":
            return Fault.PASSING  # That is how paramiko says it.
        return super()._fault(error)
