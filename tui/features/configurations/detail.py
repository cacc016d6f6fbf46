"""The pane beside the list: settings of one configuration, where its blobs go, its last test."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from rich.cells import cell_len
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from storage_core.paths import shortened
from storage_core.printable import printable
from tui.features.configurations.explained import DETAILS
from tui.kit.table import LOOKS, chip_look
from tui.kit.text import fit, pieces, wrap, wrap_value
from tui.kit.theme import MUTED
from tui.session.quantities import milliseconds
from tui.session.snapshot import BENEATH
from tui.session.sources import HERE, SIGNS, said, sources_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.kit.commands import KeyOf
    from tui.session.checks import TestResult
    from tui.session.snapshot import Row


_ROOM: Final = 16
"""Cells that values need to be drawn beside their labels, not below them."""


class Line(NamedTuple):
    """One line of the pane, before it is fitted to the width."""

    text: str = ""
    style: str = ""
    label: str | None = None
    """A setting's name, in the column on the left; None for text over the whole width."""

    below: bool = False
    """Whether the text is always drawn below the label, since it is long."""

    sign: str = ""
    """The sign of where the secret in it is kept."""

    def value(self, width: int) -> list[str]:
        """The lines of a setting's value, after the sign unless that would take another line."""
        lines = [*wrap_value(self.text, width)]
        signed = [*wrap_value(f"{self.sign} {self.text}", width)] if self.sign else lines
        return signed if len(signed) == len(lines) else lines


class Detail(VerticalScroll, can_focus=True):
    """The pane. `show` gives it another configuration."""

    DEFAULT_CSS = """
    Detail {
        padding: 0 0 0 1;
        scrollbar-size-vertical: 1;
        &:focus { background-tint: $foreground 3%; }
        & > Static { width: 1fr; height: auto; min-height: 100%; }
    }
    """

    explains: ClassVar = DETAILS

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id, classes="pane -lined")
        self._heading = ""
        self._lines: list[Line] = []
        self._text = Static(markup=False)
        """Mounted with its first lines, after the first frame, which then comes 1 ms earlier."""

    def show(self, name: str, lines: list[Line], badge: str) -> None:
        """Draw these lines from the top; the name is in the frame, or above them without one."""
        if lines == self._lines and name == self._heading:
            return
        self._heading, self._lines = name, lines
        chip = (f" {badge} ", LOOKS[chip_look(badge)]) if badge else ""
        self.border_title = Content.assemble(name, " ", chip)
        self.scroll_home(animate=False)
        self._draw()

    def on_resize(self) -> None:
        """Lines are wrapped to the width."""
        self._draw()

    def _draw(self) -> None:
        room = self.scrollable_content_region
        if room.width > 1 and (self._lines or self._text.is_attached):
            lines = self._lines
            if not self.styles.border_top[0] or cell_len(self._heading) > self.size.width:
                lines = [Line(self._heading, "bold $text"), *lines]
            drawn = _fitted(lines, room.width - 1)
            # Keep the height: a new layout of the screen with each cursor move would be too slow.
            height = max(drawn.plain.count("\n") + 1, room.height)
            self._text.update(drawn, layout=height != self._text.size.height)
            if not self._text.is_attached:
                self.mount(self._text)


def _fitted(lines: list[Line], width: int) -> Content:
    # All values begin in one column: beside their labels if no value is cut there, else below.
    short = [(line.label, line.text) for line in lines if line.label and not line.below]
    column = max((cell_len(label) for label, _ in short), default=0) + 2
    room = width - column
    beside = room >= _ROOM and all(
        cell_len(piece) <= room for _, text in short for piece in pieces(text)
    )
    drawn: list[Content] = []
    for line in lines:
        if line.label is None:
            drawn += [Content.styled(part, line.style) for part in wrap(line.text, width)]
        elif beside and not line.below:
            label = fit(line.label, column)
            for part in line.value(room):
                drawn.append(Content.assemble((label, MUTED), (part, line.style)))
                label = " " * column
        else:
            drawn.append(Content.styled(line.label, MUTED))
            drawn += [Content.assemble(" ", (part, line.style)) for part in line.value(width - 1)]
    return Content("\n").join(drawn)


def lines_of(
    row: Row, result: TestResult | None, now: datetime, key: KeyOf, *, whole: bool = True
) -> list[Line]:
    """What the pane says about `row`.

    Args:
        row: the configuration.
        result: its last connection test, if there was one.
        now: local time, to say how long ago the test was.
        key: the keys of commands.
        whole: whether to say why a failed test failed; the panes below the list say it too.
    """
    if row.entry is None:
        return list(_built_in(row, result, now, key, whole))
    state = "★ default" if row.default else ""
    limits = "⊘ read-only" if row.read_only else ""
    kept = "◆ protected" if row.entry.settings.get("protected") is True else ""
    found = [
        Line(
            " · ".join(filter(None, (printable(row.type), state, limits, kept))),
            "$accent" if row.default else MUTED,
        )
    ]
    found += _layers(row, key)
    configuration = row.entry.configuration
    if configuration:
        found += _test(result, now, key, whole)
    if row.problem:
        found.append(Line())
        for problem in row.entry.problems:
            file = printable(shortened(problem.path))
            place = f"{file}, line {problem.line}" if problem.line else file
            found.append(Line(f"⚠ {printable(problem.message)}", "$warning"))
            found.append(Line(f"  {place}", MUTED))
        found.append(Line())
        if row.origin:
            found.append(Line(f"Whoever keeps {row.origin} has to mend it.", MUTED))
            return [*found, Line(), *_settings(row, key), Line(), Line(row.id, MUTED, "ID", True)]
        how = "in" if row.entry.by_hand else f"with {key('edit', 'e')}, or in"
        found.append(Line(f"Mend it {how} the file; {key('open_file', 'o')} opens it.", MUTED))
    elif row.entry.cls:
        for name, message in row.entry.cls.doubts_before(row.entry.settings):
            setting = row.entry.cls.setting_named(name)
            label = setting.label if setting else name
            found += [Line(), Line(f"⚠ It cannot be opened: {label} {message}", "$warning")]
    found += [Line(), *_settings(row, key), Line()]
    if configuration:
        found.append(Line(printable(_landing(configuration)), "", "Blobs land at", True))
    found.append(Line(row.id, MUTED, "ID", True))
    return found


def _layers(row: Row, key: KeyOf) -> Iterator[Line]:
    if row.origin:
        yield Line(f"{BENEATH} from {row.origin}", MUTED)
        if not row.problem:
            yield Line(f"{key('copy_here', 'C')} copies it into your own file", MUTED)
    for file in row.hides:
        yield Line(f"hides the one of this name in {file}", MUTED)


def _landing(configuration: object) -> str:
    place: str = configuration.blob_location("results")  # type: ignore[attr-defined]
    return place + ("…" if place.endswith("-") else "/…")


def _settings(row: Row, key: KeyOf) -> Iterator[Line]:
    from storage_core.declaration.display import masked, shown

    assert row.entry is not None
    cls = row.entry.cls
    values = row.entry.settings
    for setting in cls.settings() if cls else ():
        if setting.name in values:
            value = printable(_safely(shown, setting, values[setting.name]))
            kept = sources_of(cls, {setting.name: values[setting.name]}) if cls else ()
            if HERE in kept:
                can_move = setting in row.plain and not (row.problem or row.origin)
                moved = f"; {key('move_secret', 'm')} moves it" if can_move else ""
                yield Line(f"{value} {said(HERE)}{moved}", "$warning", setting.label)
                continue
            style, sign = "" if value != "********" else MUTED, "".join(SIGNS[at] for at in kept)
            yield Line(value, style, setting.label, sign=sign)
    for name, value in values.items():
        if cls is None or cls.setting_named(name) is None:
            yield Line(printable(str(masked(None, value))), "$warning", printable(name))


def _safely(shown: object, setting: object, value: object) -> str:
    try:
        return str(shown(setting, value))  # type: ignore[operator]
    except (TypeError, ValueError, AttributeError):
        # A hand-written value of the wrong type; the problem is listed above.
        return "********"


def _built_in(
    row: Row, result: TestResult | None, now: datetime, key: KeyOf, whole: bool
) -> Iterator[Line]:
    yield Line("★ used now" if row.default else "built in", "$accent" if row.default else MUTED)
    yield from _test(result, now, key, whole)
    yield Line()
    if row.default:
        yield Line("No default is set, so programs that ask for the default keep their blobs here.")
    else:
        again = f"{key('default', 'd')} makes it so again."
        yield Line(f"Programs keep their blobs here when no default is set. {again}")
    yield Line()
    yield Line(f"{row.location}/results/…", "", "Blobs land at", True)


def _test(result: TestResult | None, now: datetime, key: KeyOf, whole: bool) -> Iterator[Line]:
    if result is None:
        yield Line(f"not tested yet; {key('test', 't')} does it", MUTED)
        return
    when = result.when.strftime("%H:%M" if result.when.date() == now.date() else "%Y-%m-%d %H:%M")
    if result.old:
        outcome = "worked" if result.ok else "failed"
        yield Line(f"? tested {when} and {outcome}; the settings are others now", MUTED)
        yield Line(f"{key('test', 't')} tests them", MUTED)
    elif result.ok:
        yield Line(f"✓ tested {when}, {milliseconds(result.seconds)}", "$success")
    elif failure := result.failure:
        yield Line(f"✗ tested {when}: could not {failure.step.label}", "$error")
        if whole:
            yield Line(printable(failure.message), "$error")
