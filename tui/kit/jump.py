"""Jump letters: one over everything that can have the focus or be clicked; typing it goes there.

The letters are drawn over the screen below, on which nothing moves. There is one for each widget
that can have the focus, for each place that a widget declares as clickable (`Clickable`) and each
part of a frame's title that has an action, and for each visible row of the list with the focus
(`Listed`). Each of these three takes its letters from a set of its own, in reading order, so that
what is there again has the same letter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple, Protocol, runtime_checkable

from rich.segment import Segment
from textual.errors import NoWidget
from textual.geometry import Offset, Region
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import OptionList, Static

from tui.kit.dialog import Dialog

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.screen import Screen

    from tui.kit.screen import BaseScreen

_BLANK: Final = " ─│╭┌━╔"

_FOCUSED, _CLICKED, _ROWS = "asdfghjkl", "qwertyuiop", "123456789zxcvbnm"
"""The keys for what can have the focus, for what can be clicked, and for rows."""

KEYS: Final = _FOCUSED + _CLICKED + _ROWS
"""All of them, used once a set has run out."""


@runtime_checkable
class Clickable(Protocol):
    """A widget with places that can be clicked."""

    def clickable(self) -> Iterable[tuple[Region, Callable[[], object]]]:
        """Each clickable place within the content, and what a click on it does."""


@runtime_checkable
class Listed(Protocol):
    """A list with a cursor."""

    def rows_in_sight(self) -> Iterable[tuple[int, Callable[[], object]]]:
        """The first line of each visible row within the content; what moves the cursor there."""


class Spot(NamedTuple):
    """Where a letter leads."""

    place: Offset
    """Where on the screen the letter is drawn."""

    go: Callable[[], object] | None
    """What goes there; None reserves the letter of a list whose rows have letters instead."""

    keys: str
    """The set of keys that its letter is from."""

    @property
    def is_row(self) -> bool:
        """Whether it is in a column of letters, which have one cell each."""
        return self.keys == _ROWS


class JumpScreen(Dialog["Spot | None"]):
    """The letters over the screen `below`. The result is the chosen spot."""

    CSS_PATH = "jump.tcss"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"jump--letter", "jump--typed"}

    def __init__(self, below: Screen[Any]) -> None:
        super().__init__()
        spots = spots_of(below)
        labelled = zip(labels([spot.keys for spot in spots]), spots, strict=False)
        self.spots = {label: spot for label, spot in labelled if spot.go}
        """The spot of each label."""

        self._typed = ""
        self._terminal = self.app.size
        self.drawn: dict[int, list[tuple[int, str]]] = {}
        """The labels of each line of the screen, with the column of each."""

        self._place()

    def _place(self) -> None:
        """Give each label cells of its own."""
        self.drawn = {}
        right = self.app.size.width
        for label, spot in self.spots.items():
            if not label.startswith(self._typed):
                continue
            x, y = spot.place
            line = self.drawn.setdefault(y, [])
            if line:
                x = max(x, line[-1][0] + len(label) + 1)
            if x + len(label) <= right:
                line.append((x, label))

    def compose(self) -> ComposeResult:
        """A line in place of the keys that says what to do."""
        yield Static(
            "Press a key that is shown to go there, or to click it; any other ends this.",
            id="jump-hint",
        )

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw the screen below, and the letters over it."""
        strips = super().render_lines(crop)
        style = self.get_component_rich_style("jump--letter")
        typed = self.get_component_rich_style("jump--typed")
        for y, line in self.drawn.items():
            if not crop.y <= y < crop.bottom:
                continue
            strip = strips[y - crop.y]
            for x, label in line:
                start, end = x - crop.x, x - crop.x + len(label)
                if start < 0 or end > strip.cell_length:
                    continue
                done = len(self._typed)
                # Pad the label if there is room, without covering or touching a word.
                left, right = _is_spare(strip, start - 1, -1), _is_spare(strip, end, 1)
                if self.spots[label].is_row:
                    # A label of two letters begins one cell earlier if that is free.
                    back = int(_is_free(strip, start - 1) and len(label) > 1)
                    start, end, left, right = start - back, end - back, False, False
                pieces = [
                    Segment(" " * left, style),
                    Segment(label[:done], typed),
                    Segment(label[done:], style),
                    Segment(" " * right, style),
                ]
                letter = Strip([each for each in pieces if each.text], left + len(label) + right)
                for each in self.app.get_line_filters():
                    # The screen below is filtered already, such as by `NO_COLOR`.
                    letter = letter.apply_filter(each, self.background_colors[1])
                before = strip.crop(0, start - left)
                after = strip.crop(end + right, strip.cell_length)
                strip = Strip.join([before, letter, after])
            strips[y - crop.y] = strip
        return strips

    def on_key(self, event: events.Key) -> None:
        """Take a letter of a label; any other key closes this and changes nothing."""
        event.stop()
        letter = (event.character or "").casefold()
        chosen = self._typed + letter
        if letter and chosen in self.spots:
            self.dismiss(self.spots[chosen])
        elif letter and any(label.startswith(chosen) for label in self.spots):
            self._typed = chosen
            self._place()
            self.query_one("#jump-hint", Static).update(f"{chosen} and one letter more.")
            self.refresh()
        else:
            self.dismiss(None)

    def on_click(self) -> None:
        """Close: the mouse does not jump."""
        self.dismiss(None)

    def on_paste(self, _event: events.Paste) -> None:
        """Ignore pastes."""

    def on_resize(self) -> None:
        """Close, since everything has moved."""
        if self.app.size != self._terminal and self.is_current:
            self.dismiss(None)


async def jump(screen: BaseScreen[Any], _: object) -> None:
    """Show the letters over `screen`, and go to the spot whose letter is typed."""
    spot = await screen.ask(JumpScreen(screen))
    if spot is not None and spot.go is not None and isawaitable(done := spot.go()):
        await done


def spots_of(screen: Screen[Any]) -> list[Spot]:
    """The visible spots of a screen, from the top."""
    focusable = set(screen.focus_chain)
    found: list[Spot] = []
    for widget in screen.walk_children(Widget):
        try:
            seen = screen.find_widget(widget).visible_region
        except NoWidget:
            continue
        if not seen:
            continue
        rows = [*_rows(widget)] if widget is screen.focused else []
        if rows:
            # The list has the focus already, so its rows have letters instead.
            start = widget.content_region.offset
            lines = ((start + Offset(0, line), act) for line, act in rows)
            found += [Spot(place, act, _ROWS) for place, act in lines if seen.contains_point(place)]
        if widget in focusable:
            # Without scrolling: it is visible enough.
            go = None if rows else partial(screen.set_focus, widget, scroll_visible=False)
            found.append(Spot(_corner(widget, seen), go, _FOCUSED))
        if isinstance(widget, Clickable):
            start = widget.content_region.offset
            places = ((region.offset + start, act) for region, act in widget.clickable())
            found += [
                Spot(place, act, _CLICKED) for place, act in places if seen.contains_point(place)
            ]
        if _has_links(widget):
            found += _links(widget)
    found.sort(key=lambda spot: (spot.place.y, spot.place.x))
    return found


def _rows(widget: Widget) -> Iterable[tuple[int, Callable[[], object]]]:
    """The visible rows of a list; none for other widgets."""
    if isinstance(widget, Listed):
        yield from widget.rows_in_sight()
    elif isinstance(widget, OptionList):
        before: int | None = None
        corner = widget.content_region.offset
        for line in range(widget.content_size.height):
            # Only the drawn style tells which option a line belongs to.
            option = widget.screen.get_style_at(corner.x, corner.y + line).meta.get("option")
            if option is not None and option != before:
                yield line, partial(setattr, widget, "highlighted", option)
            before = option


def _has_links(widget: Widget) -> bool:
    """Whether parts of the title in its frame can be clicked."""
    return "@click" in (widget.border_title or "")


def _links(widget: Widget) -> Iterator[Spot]:
    """The parts of the title that can be clicked; the letter is drawn before each."""
    region, x = widget.region, 0
    before: str | None = None
    for segment in widget.render_lines(Region(0, 0, region.width, 1))[0]:
        action = segment.style.meta.get("@click") if segment.style else None
        if action is not None and action != before:
            # After the first part, the letter replaces the separator between two blanks.
            place = region.offset + Offset(x - (1 if before is None else 2), 0)
            yield Spot(place, partial(widget.app.run_action, action, widget), _CLICKED)
        before = action or before
        x += segment.cell_length


def _corner(widget: Widget, seen: Region) -> Offset:
    """Where the letter hides least: before the title in its frame, or in the frame around it."""
    for framed in (widget, widget.parent):
        if isinstance(framed, Widget) and framed.border_title and framed.styles.border_top[0]:
            corner = framed.region.offset
            if (seen.x - corner.x, seen.y - corner.y) in ((0, 0), (1, 1), (0, 1)):
                # There has to be room before the first letter in the title.
                inside = framed.styles.border_left[0] and not _has_links(framed)
                return corner + Offset(1 if inside else 0, 0)
    return seen.offset


def _is_free(strip: Strip, x: int) -> bool:
    """Whether the cell holds no text: a blank, or the line of a frame."""
    return 0 <= x < strip.cell_length and strip.crop(x, x + 1).text in _BLANK


def _is_spare(strip: Strip, x: int, way: int) -> bool:
    """Whether a label may be extended by this cell without touching the next word."""
    if not _is_free(strip, x):
        return False
    beyond = x + way
    is_last = not 0 <= beyond < strip.cell_length
    return is_last or strip.crop(x, x + 1).text != " " or _is_free(strip, beyond)


def labels(wanted: Sequence[str]) -> list[str]:
    """A label for each, a single key as long as there are enough; none is the start of another.

    Args:
        wanted: for each the set of keys that its label is taken from, while one is left.
    """
    starts = 0
    while len(KEYS) - starts + starts * len(KEYS) < len(wanted) and starts < len(KEYS):
        starts += 1
    alone, first = KEYS[: len(KEYS) - starts], KEYS[len(KEYS) - starts :]
    free = dict.fromkeys(alone)
    found = []
    for keys in wanted:
        found.append(next((key for key in keys if key in free), ""))
        free.pop(found[-1], None)
    others = iter([*free, *(one + other for one in first for other in KEYS)])
    return [label or next(others) for label in found[: len(alone) + len(first) * len(KEYS)]]
