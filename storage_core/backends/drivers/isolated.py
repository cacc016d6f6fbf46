"""Makes file systems of their arguments alone, without what fsspec's own configuration adds.

fsspec mixes variables (`FSSPEC_S3_ENDPOINT_URL`) and files (`~/.config/fsspec`) into every file
system that is made in a process. Those that other code makes keep that; those made here do not, nor
those that they make in turn.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final, TypeVar

from fsspec import spec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")

_alone: Final[ContextVar[bool]] = ContextVar("alone", default=False)
_configured: Final = spec.apply_config


def _applied(cls: Any, given: dict[str, Any], *more: Any, **options: Any) -> dict[str, Any]:
    """Replaces fsspec's function that completes the arguments of each file system that it makes."""
    if _alone.get():
        return dict(given)
    result: dict[str, Any] = _configured(cls, given, *more, **options)
    return result


spec.apply_config = _applied


@contextmanager
def alone() -> Iterator[None]:
    """Make file systems inside this block of their arguments alone."""
    token = _alone.set(True)
    try:
        yield
    finally:
        _alone.reset(token)


def isolated(function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Return what `function` does; the file systems that it makes have their arguments alone."""
    with alone():
        return function(*args, **kwargs)
