"""Flows: what a command does when it takes more than a moment, questions included.

A flow runs as a worker of its screen, one after the other; until it has ended or asks something,
keys wait (`typed.py`). What goes wrong in it is told in one line; a bug is a crash, without the
values of variables.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from storage_core.errors import StorageError

if TYPE_CHECKING:
    from textual.worker import Worker

    from tui.kit.screen import StorageScreen

P = ParamSpec("P")
S = TypeVar("S", bound="StorageScreen[Any]")


def flow(
    method: Callable[Concatenate[S, P], Coroutine[Any, Any, None]],
) -> Callable[Concatenate[S, P], Worker[None]]:
    """Make a method of a screen a flow: calling it starts it and returns at once."""

    @wraps(method)
    def start(screen: S, /, *args: P.args, **kwargs: P.kwargs) -> Worker[None]:
        async def run() -> None:
            try:
                async with screen.turn:
                    await method(screen, *args, **kwargs)
            except StorageError as error:
                screen.app.fail(str(error))
            finally:
                screen.flows -= 1
                screen.app.typed.look_again()

        # At once: the next key may have arrived already.
        screen.flows += 1
        return screen.run_worker(run(), name=method.__name__, group="flow")

    return start
