"""Calls a file system's methods from the event loop, whether they block or are coroutines.

Some file systems are asynchronous; most block. Blocking calls run in threads and, where there is
only one connection, one after the other. A call that is abandoned at its deadline would hold up all
others, so its connection is given up too.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from storage_core.backends.drivers.isolated import alone, isolated
from storage_core.backends.remote.faults import Fault
from storage_core.backends.remote.worker import in_thread
from storage_core.errors import UnsupportedOperation

if TYPE_CHECKING:
    from collections.abc import Callable

_WORDS: Final = {
    "cat_file": "read",
    "ls": "list",
    "pipe_file": "write",
    "put_file": "write",
    "rm_file": "delete",
}
"""The words for people, by the names of fsspec's methods."""


class Calls:
    """One file system, and whether its connection still works."""

    def __init__(
        self,
        fs: Any,
        *,
        is_async: bool,
        is_shareable: bool,
        fault: Callable[[BaseException], Fault],
        described: tuple[str, str],
    ) -> None:
        """Take a file system.

        Args:
            fs: of fsspec's interface.
            is_async: whether its methods are coroutines.
            is_shareable: whether several threads may use it at once.
            fault: says what kind of failure a method has raised.
            described: its location and its protocol, for messages.
        """
        self.fs = fs
        self.is_async = is_async
        self.is_lost = False
        """Whether its one connection has failed, or was left in the middle of a call."""

        self._is_shareable = is_shareable
        self._fault = fault
        self._described = described
        self._turn = asyncio.Lock()

    async def do(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method of the file system.

        Raises:
            UnsupportedOperation: it does not have the method.
        """
        try:
            if self.is_async:
                with alone():
                    return await getattr(self.fs, f"_{name}")(*args, **kwargs)
            return await self.in_turn(getattr(self.fs, name), *args, **kwargs)
        except NotImplementedError as error:
            raise self.unsupported(name, "has no way to") from error

    def unsupported(self, name: str, why: str) -> UnsupportedOperation:
        """The error where the file system cannot do what a method of it is for."""
        location, protocol = self._described
        return UnsupportedOperation(
            f"{location} cannot {_WORDS.get(name, name)}: {protocol} {why}; use another storage"
        )

    async def in_turn(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call a function that uses the file system and blocks."""
        if self._is_shareable:
            return await in_thread(isolated, function, *args, **kwargs)
        async with self._turn:
            if self.is_lost:
                raise ConnectionError("the connection was lost in another call")
            try:
                return await in_thread(isolated, function, *args, **kwargs)
            except asyncio.CancelledError:
                # The call goes on in its thread, and its connection cannot be used by others now.
                self.is_lost = True
                raise
            except Exception as error:
                # The only connection may be broken, so that another attempt on it would fail too.
                if self._fault(error) is Fault.PASSING:
                    self.is_lost = True
                raise
