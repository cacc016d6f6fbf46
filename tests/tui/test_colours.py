"""The app's own themes, where a terminal shows every colour and where it shows the nearest of 256.

Rich chooses that nearest one: what it makes of each colour is what a person sees there.
"""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from rich.color import ColorSystem
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme
from textual.widgets import Input

from tests.tui.driving import press, settle, write
from tui.__main__ import loaded_app
from tui.app import StorageApp
from tui.kit import table
from tui.kit.legible import contrast, legible
from tui.kit.theme import FAINT, MUTED, PAPER, THEMES
from tui.kit.theme import themes as themes_for

GROUNDS = ("background", "surface", "panel")
TINTS = ("primary-muted", "error-muted", "warning-muted")
TEXTS = ("foreground", "primary", "accent", "warning", "error", "success")
TINTED = tuple(f"tint-{number}" for number in range(table.TINTS))

themes = pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)


def nearest(color: Color) -> Color:
    """What a terminal of 256 colours shows."""
    return Color(*color.rich_color.downgrade(ColorSystem.EIGHT_BIT).get_truecolor())


def color(theme: Theme, name: str) -> Color:
    """A colour of a theme by its name in the styles."""
    variables = {**theme.to_color_system().generate(), **theme.variables}
    return Color.parse(legible(variables, dark=theme.dark, ansi=False)[name.removeprefix("$")])


def both(one: Color, other: Color) -> float:
    """The contrast of two colours where it is worse: in all colours, or in 256."""
    return min(contrast(one, other), contrast(nearest(one), nearest(other)))


@themes
def test_grounds_are_greys_of_their_own_among_256_colours(theme: Theme) -> None:
    button = color(theme, "surface").blend(color(theme, "foreground"), 0.14)
    shown = [nearest(color(theme, name)) for name in GROUNDS] + [nearest(button)]
    assert all(ground.r == ground.g == ground.b for ground in shown)
    assert len(set(shown)) == len(shown)


@themes
def test_what_has_the_focus_is_blue_among_256_colours(theme: Theme) -> None:
    for name in ("primary-muted", "primary", "input-selection-background"):
        ground = nearest(color(theme, name))
        assert ground.b > ground.r
        assert ground.b >= ground.g


@themes
def test_what_is_wrong_is_red_among_256_colours_and_redder_with_the_focus(theme: Theme) -> None:
    wrong = color(theme, "error-muted")
    focused = wrong.tint(Color.parse("red").with_alpha(0.25))
    for ground in (nearest(wrong), nearest(focused)):
        assert ground.r > ground.g == ground.b
    assert nearest(wrong) != nearest(focused)
    assert both(color(theme, "foreground"), focused) >= 4.5


@themes
def test_grounds_that_say_something_differ_from_each_other_and_from_plain_ones(
    theme: Theme,
) -> None:
    names = (*GROUNDS, *TINTS, "input-selection-background")
    for one, other in combinations(names, 2):
        assert nearest(color(theme, one)) != nearest(color(theme, other)), (one, other)


@themes
@pytest.mark.parametrize("ground", GROUNDS)
def test_text_is_legible_on_every_plain_ground(theme: Theme, ground: str) -> None:
    for text in (*TEXTS, *TINTED):
        assert both(color(theme, text), color(theme, ground)) >= (4.5 if text in TEXTS else 4), text


EVERY = {**{theme.name: theme for theme in THEMES}, **BUILTIN_THEMES}
MARKED = (
    *((f"tint-{number}", f"chip-{number}") for number in range(table.TINTS)),
    *((text, "field-focus") for text in ("foreground", "muted", "warning", "error", "primary")),
    *((text, "panel") for text in (*TEXTS, "muted", "footer-key-foreground")),
    ("muted", "block-cursor-blurred-background"),
    ("muted", "primary-muted"),
    ("accent", "primary-muted"),
    ("foreground", "error-muted"),
    ("foreground", "warning-muted"),
    ("error", "error-muted"),
    ("warning", "warning-muted"),
    ("input-selection-foreground", "input-selection-background"),
)
"""What is written, and on what: chips, fields, bars, rows that are pointed at, messages."""


@pytest.mark.parametrize("name", [name for name, theme in EVERY.items() if not theme.ansi])
def test_what_is_marked_is_legible_in_every_theme(name: str) -> None:
    for text, ground in MARKED:
        below = color(EVERY[name], "background").blend(
            color(EVERY[name], ground), color(EVERY[name], ground).a, 1.0
        )
        assert contrast(color(EVERY[name], text), below) >= 3, (text, ground)


@pytest.mark.parametrize("name", [name for name, theme in EVERY.items() if not theme.ansi])
def test_frames_are_seen_and_are_calmer_than_text(name: str) -> None:
    ground, frame = (color(EVERY[name], each) for each in ("background", "frame"))
    assert 1.2 <= contrast(frame, ground) < contrast(color(EVERY[name], "muted"), ground)


@pytest.mark.parametrize("ground", [*GROUNDS, "block-cursor-blurred-background"])
def test_all_text_has_seven_to_one_on_paper(ground: str) -> None:
    for text in (*TEXTS, MUTED, "footer-key-foreground"):
        assert contrast(color(EVERY[PAPER], text), color(EVERY[PAPER], ground)) >= 7, text


@themes
@pytest.mark.parametrize("ground", TINTS)
def test_text_is_legible_where_the_ground_says_something(theme: Theme, ground: str) -> None:
    assert both(color(theme, "foreground"), color(theme, ground)) >= 4.5


@themes
@pytest.mark.parametrize("text", [*TEXTS, *TINTED])
def test_signs_are_legible_under_the_cursor(theme: Theme, text: str) -> None:
    assert both(color(theme, text), color(theme, "primary-muted")) >= 3


@themes
@pytest.mark.parametrize("ground", [*GROUNDS, "primary-muted"])
def test_muted_text_is_legible_on_every_ground_it_stands_on(theme: Theme, ground: str) -> None:
    below = color(theme, ground)
    for name in (MUTED, "text-muted"):
        assert both(color(theme, name), below) >= 3


@themes
@pytest.mark.parametrize("ground", GROUNDS)
def test_what_cannot_be_used_is_fainter_than_what_is_read_second(theme: Theme, ground: str) -> None:
    below = color(theme, ground)
    faint, muted = color(theme, FAINT), color(theme, MUTED)
    assert 3 <= both(faint, below) <= both(muted, below)
    assert contrast(faint, below) < contrast(muted, below)


@themes
@pytest.mark.parametrize("name", ["primary", "error"])
def test_the_label_of_a_focused_button_is_legible(theme: Theme, name: str) -> None:
    assert both(color(theme, "background"), color(theme, name)) >= 4.5


@themes
def test_selected_text_is_legible(theme: Theme) -> None:
    ink = color(theme, "input-selection-foreground")
    assert both(ink, color(theme, "input-selection-background")) >= 4.5


@themes
def test_no_ground_turns_colourful_behind_a_dialog_among_256_colours(theme: Theme) -> None:
    shade = color(theme, "background")
    for name in (*GROUNDS, "primary-muted"):
        dimmed = nearest(color(theme, name).blend(shade, 0.8, alpha=1.0))
        assert dimmed.r == dimmed.g == dimmed.b, name


def among_16(color: Color) -> int | None:
    """The number of what a terminal of 16 colours shows."""
    return color.rich_color.downgrade(ColorSystem.STANDARD).number


@pytest.mark.parametrize("theme", themes_for(few_colours=True), ids=lambda theme: theme.name)
def test_grounds_that_say_something_are_told_apart_among_16_colours(theme: Theme) -> None:
    names = ("background", "panel", *TINTS)
    shown = [color(theme, name) for name in names]
    assert len({among_16(ground) for ground in shown}) == len(names)
    for ground in shown:
        assert contrast(color(theme, "foreground"), ground) >= 3


@pytest.mark.parametrize("name", [theme.name for theme in THEMES])
async def test_fields_and_the_focus_are_seen_in_a_terminal_of_16_colours(
    tmp_path: Path, name: str
) -> None:
    app = StorageApp(write(tmp_path / "storage.toml"), few_colours=True)
    async with app.run_test() as pilot:
        app.theme = name
        await settle(pilot)
        await press(pilot, "e")
        first, second = list(app.screen.query(Input))[:2]
        around = app.screen.background_colors[1]
        grounds = [field.background_colors[1] for field in (first, second)]
        assert len({among_16(ground) for ground in (around, *grounds)}) == 3


@pytest.mark.parametrize(
    ("term", "colorterm", "panel"),
    [
        ("xterm-16color", "", "#555555"),
        ("xterm", "", "#555555"),
        ("xterm-256color", "", THEMES[0].panel),
        ("xterm", "truecolor", THEMES[0].panel),
    ],
)
def test_grounds_are_chosen_for_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, term: str, colorterm: str, panel: str
) -> None:
    monkeypatch.setenv("TERM", term)
    monkeypatch.setenv("COLORTERM", colorterm)
    app = loaded_app(str(write(tmp_path / "storage.toml")))
    assert app.theme_variables["panel"] == panel
