"""Changes the theme step by step.

Textual reads all styles again and applies them to all widgets in one callback of 54 ms, where the
limit is 50; here the longest takes 20.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from textual.css.stylesheet import Stylesheet

from tui.kit import steps

if TYPE_CHECKING:
    from textual.app import App
    from textual.dom import DOMNode

_TOGETHER: Final = 8
"""Widgets that are styled in one step."""


async def restyle(app: App[Any]) -> None:
    """Read the styles of `app` with the colours of its theme and apply them."""
    styles = Stylesheet(variables=app.get_css_variables())
    # A screen that is opened meanwhile adds its own styles.
    while missing := app.stylesheet.source.keys() - styles.source.keys():
        for place in [place for place in app.stylesheet.source if place in missing]:
            css, is_default, tie_breaker, scope = app.stylesheet.source[place]
            styles.add_source(css, place, is_default, tie_breaker, scope)
            _ = styles.rules  # Makes Textual parse it.
            await asyncio.sleep(0)
    with app.batch_update():
        app.stylesheet = styles
        nodes: list[DOMNode] = [app]
        for screen in app.screen_stack:
            nodes += screen.walk_children(with_self=True)
        for start in range(0, len(nodes), _TOGETHER):
            styles.update_nodes(nodes[start : start + _TOGETHER])
            await asyncio.sleep(0)
    app.screen.refresh(layout=True)
    steps.paint(app.screen)
