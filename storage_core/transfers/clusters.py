"""Executors of Dask and of Ray, for clusters that somebody else has started."""

from __future__ import annotations

import logging
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar

from storage_core.errors import StorageUnavailable, UnsupportedOperation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")

_SECONDS_TO_REACH: Final = 10


@contextmanager
def dask(address: str) -> Iterator[Executor]:
    """The executor of a Dask cluster.

    Args:
        address: of its scheduler.

    Raises:
        UnsupportedOperation: Dask is not installed.
        StorageUnavailable: no scheduler answers.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise UnsupportedOperation(
            "a Dask cluster needs the package distributed; install it: pip install distributed"
        ) from error
    for name in ("distributed.client", "distributed.core", "distributed.comm"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(address, timeout=_SECONDS_TO_REACH, set_as_default=False)
    except (OSError, ValueError) as error:
        raise StorageUnavailable(
            f"no Dask scheduler answers at {address}; see that it runs, and give its address as "
            "it prints it: tcp://HOST:8786"
        ) from error
    with client:
        # `pure=False`: a repeated task must run again, not return the earlier result.
        yield client.get_executor(pure=False)


@contextmanager
def ray(address: str) -> Iterator[Executor]:
    """An executor of a Ray cluster.

    Args:
        address: `auto`, `HOST:6379`, or `ray://HOST:10001`.

    Raises:
        UnsupportedOperation: Ray is not installed.
        StorageUnavailable: no cluster answers.
    """
    try:
        import ray as library
    except ImportError as error:
        raise UnsupportedOperation(
            "a Ray cluster needs the package ray; install it: pip install ray"
        ) from error
    is_ours = not library.is_initialized()
    try:
        if is_ours:
            library.init(address, log_to_driver=False, logging_level=logging.CRITICAL)
    except (OSError, RuntimeError, ValueError) as error:
        raise StorageUnavailable(
            f"no Ray cluster answers at {address}; see that it runs, with: ray status"
        ) from error
    try:
        yield RayExecutor(library.remote)
    finally:
        if is_ours:
            library.shutdown()


class RayExecutor(Executor):
    """Calls functions of one argument as tasks of Ray, which runs those of lost workers again."""

    def __init__(self, remote: Callable[..., Any]) -> None:
        """Take what makes tasks: `ray.remote`."""
        self._remote = remote
        self._made: dict[Callable[..., Any], Any] = {}

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Call a function on a worker of the cluster."""
        if fn not in self._made:
            self._made[fn] = self._remote(fn)
        future: Future[T] = self._made[fn].remote(*args, **kwargs).future()
        return future
