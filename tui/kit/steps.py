"""Opens or resizes a screen in several callbacks, so that keys are handled in between.

Textual lays a screen out and paints it in one callback, then sets the classes for its size, which
styles all widgets again, and does both once more. The longest callback until the first frame,
where the limit is 50 ms: 12 ms as it is here, 26 without `paint`, 41 to 56 without `fit` as well.
"""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from typing import Any

from textual.errors import NoWidget
from textual.screen import Screen
from textual.widget import Widget


def fit(screen: Screen[Any]) -> None:
    """Set the classes of `screen` for the size of the terminal."""
    width, height = screen.app.size
    app = screen.app
    sides = (width, app.HORIZONTAL_BREAKPOINTS or []), (height, app.VERTICAL_BREAKPOINTS or [])
    classes: dict[str, bool] = {}
    for size, breakpoints in sides:
        names = [name for least, name in breakpoints if size >= least]
        classes |= {name: name == names[-1] for _, name in breakpoints}
    screen.update_classes(classes, animate=False)


def paint(screen: Screen[Any]) -> None:
    """Draw each widget by itself, then let Textual paint, which finds the lines in its caches."""
    batch = ExitStack()
    batch.enter_context(screen.app.batch_update())
    if not screen.call_later(_draw, screen, batch):
        batch.close()


async def _draw(screen: Screen[Any], batch: ExitStack) -> None:
    with batch:
        # The screen below shows through a dialog; only Textual knows which screen that is.
        solid = screen.styles.background.a == 1
        for widget in screen.walk_children(Widget, with_self=solid):
            await asyncio.sleep(0)
            try:
                place = screen.find_widget(widget)
            except NoWidget:
                continue
            widget.render_lines(place.visible_region.translate(-place.region.offset))
