"""Keeps work that grows with the number of bytes, such as hashing, off the event loop."""

from __future__ import annotations

from asyncio import to_thread
from typing import TYPE_CHECKING, Any, TypeVar

from storage_core.backends.base import CHUNK_SIZE

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


async def off_loop(function: Callable[..., T], *args: Any) -> T:
    """Call `function`, in a thread if the last argument is large: hashing 64 MiB takes 50 ms."""
    if len(args[-1]) <= CHUNK_SIZE:
        return function(*args)
    return await to_thread(function, *args)
