"""Starts workers, coroutines that belong to a widget; and says whether its screen is left."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from textual.app import App, ScreenStackError
from textual.dom import DOMNode, NoScreen

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from textual.message_pump import MessagePump
    from textual.worker import Worker, WorkType

T = TypeVar("T")


def start_worker(
    node: DOMNode,
    function: Callable[..., Coroutine[Any, Any, T]],
    *args: Any,
    group: str,
    exclusive: bool = False,
) -> Worker[T]:
    """Start `function(*args)` as a worker.

    Textual is given the function, not a coroutine: that would never be awaited if the worker were
    cancelled before it began, of which Python warns.

    Args:
        node: the widget, screen or app that it works for.
        function: what it does.
        args: what `function` is called with.
        group: its name among the workers of `node`.
        exclusive: whether to cancel others of the group.
    """
    work: WorkType[T] = partial(function, *args)
    return node.run_worker(work, group=group, exclusive=exclusive)


def is_left(node: MessagePump) -> bool:
    """Whether the screen of a widget is being removed, or has been."""
    if isinstance(node, App) or not isinstance(node, DOMNode):
        return False
    try:
        return not node.screen.is_running
    except (NoScreen, ScreenStackError):
        return True
