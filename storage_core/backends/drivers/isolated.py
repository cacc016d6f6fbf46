"""File systems made of what they are given, whatever fsspec's own configuration adds.

fsspec mixes variables (`FSSPEC_S3_ENDPOINT_URL`) and files (`~/.config/fsspec`) into every file
system that is made in a process. What others make keeps them; what is made here does not, nor what
that makes in turn.
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
    """What fsspec asks for the arguments of each file system that it makes."""
    if _alone.get():
        return dict(given)
    result: dict[str, Any] = _configured(cls, given, *more, **options)
    return result


spec.apply_config = _applied


@contextmanager
def alone() -> Iterator[None]:
    """Make file systems in here of their arguments alone."""
    token = _alone.set(True)
    try:
        yield
    finally:
        _alone.reset(token)


def isolated(function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """What `function` returns, which makes file systems of their arguments alone."""
    with alone():
        return function(*args, **kwargs)
