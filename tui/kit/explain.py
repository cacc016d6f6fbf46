"""What a widget is for, in its own words: help begins with that of the widget with the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from textual.dom import DOMNode


class Explanation(NamedTuple):
    """What a person should know who has come to a widget.

    A widget says it in its attribute `explains`; for those that have none it is said by the nearest
    one around them that has.
    """

    title: str
    text: str
    """A sentence or two, fit for drawing."""

    rows: tuple[tuple[str, str], ...] = ()
    """Signs or names, each with what it means."""


def explanation(node: DOMNode) -> Explanation | None:
    """What is said of a widget or a screen."""
    for each in node.ancestors_with_self:
        found = getattr(each, "explains", None)
        if isinstance(found, Explanation):
            return found
    return None
