"""A widget's own explanation; help begins with that of the widget with the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from textual.dom import DOMNode


class Explanation(NamedTuple):
    """What a person should know about a widget.

    A widget has it in its attribute `explains`; for a widget without one, that of the nearest
    ancestor counts.
    """

    title: str
    text: str
    """A sentence or two, fit for drawing."""

    rows: tuple[tuple[str, str], ...] = ()
    """Signs or names, each with its meaning."""


def explanation(node: DOMNode) -> Explanation | None:
    """The explanation of a widget or a screen."""
    for each in node.ancestors_with_self:
        found = getattr(each, "explains", None)
        if isinstance(found, Explanation):
            return found
    return None
