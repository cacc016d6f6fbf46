"""Names of commands, as people write them in `[app.keys]`: one name, one meaning."""

from __future__ import annotations

import pytest

from tui.features.blobs.preview import PreviewScreen
from tui.features.blobs.screen import BrowseScreen
from tui.features.check.dialog import CheckDialog
from tui.features.commands import ALL, KEYMAP, keymap
from tui.features.configurations.screen import ConfigurationsScreen
from tui.features.doctor.screen import DoctorScreen
from tui.features.exporting.dialog import ExportDialog
from tui.features.form.screen import FormScreen
from tui.features.importing.screen import ImportScreen
from tui.kit.commands import Command

SAME = {
    "choose": "choose what the cursor is on, as one of several",
    "copy_snippet": "copy the Python that opens or reads it",
    "delete": "remove what the cursor is on",
    "filter": "type words that rows have to have",
    "help": "show the keys of the screen",
    "leave": "go back to where one was",
    "move_secret": "keep a secret elsewhere",
    "palette": "find a command",
    "reload": "look again",
    "rename": "give it another name",
    "save": "write what was tried or entered into the file",
    "scroll_down": "see what is below",
    "scroll_up": "see what is above",
    "sort": "take the next order",
}
"""What a name means on every screen that has it, though each says it in words of its own."""


def declared(name: str) -> list[Command]:
    """All commands of this name, those that are declared alike only once."""
    every = [command for group in ALL for command in group if command.name == name]
    return [*{(each.keys, each.label, each.tooltip): each for each in every}.values()]


NAMES = sorted({command.name for group in ALL for command in group})
SHARED = [name for name in NAMES if len({each.tooltip for each in declared(name)}) > 1]


def test_no_two_commands_share_a_name_unless_they_mean_the_same() -> None:
    assert {*SHARED} <= {*SAME}, "give it a name of its own, or say what both mean"
    assert {*SAME} <= {name for name in NAMES if len(declared(name)) > 1}


@pytest.mark.parametrize("name", SHARED)
def test_commands_that_share_a_name_share_a_key_too(name: str) -> None:
    first, *others = ({*each.keys} for each in declared(name))
    assert first.intersection(*others)


def test_what_can_be_named_is_what_a_screen_has() -> None:
    screens = (
        *(ConfigurationsScreen, FormScreen, CheckDialog, BrowseScreen, PreviewScreen),
        *(ImportScreen, ExportDialog, DoctorScreen),
    )
    assert [screen.declared for screen in screens] == [*ALL]


def test_a_name_of_before_is_a_name_of_none_that_means_something_else_where_it_counts() -> None:
    for group in ALL:
        names = {command.name for command in group}
        assert not {command.was for command in group} & names


@pytest.mark.parametrize(
    ("wanted", "keys"),
    [
        # The names of before count where they did, and go no further than a name of now.
        ({"down": "n"}, {"scroll_down": "n,pagedown"}),
        ({"up": "n"}, {"up": "n,left,h", "scroll_up": "n,pageup"}),
        ({"up": "n", "scroll_up": "Z"}, {"up": "n,left,h", "scroll_up": "Z,pageup"}),
        ({"next": "ctrl+n"}, {"next": "ctrl+n,right,l", "next_form": "ctrl+n,right,l"}),
        ({"next_form": "ctrl+n"}, {"next_form": "ctrl+n,right,l"}),
        # What has no room on one screen is taken on the other.
        ({"up": "t"}, {"up": "t,left,h"}),
    ],
)
def test_names_of_before_still_count(wanted: dict[str, str], keys: dict[str, str]) -> None:
    assert keymap({"app": {"keys": wanted}}) == (keys, [])


def test_a_mistake_under_a_name_of_before_is_told_once_under_that_name() -> None:
    assert keymap({"app": {"keys": {"down": "t"}}}) == (
        {},
        ["app.keys.down: t is the key of Test again; choose another key"],
    )
    assert [path for path, _ in KEYMAP.read({"app": {"keys": {"down": 7}}})[1]] == [
        ("app", "keys", "down")
    ]
