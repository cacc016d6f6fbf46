"""Asks for a file or folder of another tool in an unusual place, and looks into it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import events, on
from textual.binding import Binding
from textual.containers import Horizontal
from textual.suggester import Suggester
from textual.widgets import Button, Input, Static

from storage_core.printable import printable
from tui.kit.choices import ChoiceBar
from tui.kit.dialog import Box, Dialog
from tui.kit.explain import Explanation
from tui.kit.line_input import PasteInput
from tui.kit.workers import start_worker
from tui.session.background import in_thread
from tui.session.completing import completed
from tui.session.imports import SOURCES, Elsewhere, Item, found_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual.app import ComposeResult
    from textual.geometry import Region

    from tui.session.background import Jobs

LETTERS: Final = {
    "prefect": "p",
    "aws": "a",
    "rclone": "r",
    "azure": "z",
    "gcloud": "g",
    "fsspec": "f",
    "dvc": "d",
    "msc": "s",
    "mc": "m",
    "airflow": "w",
}
"""The key of each tool."""

TAKES: Final = {
    "prefect": ("~/old/.prefect", "its home, or the database in it"),
    "aws": ("~/old/.aws", "config or credentials, or the folder that both are in"),
    "rclone": ("~/old/rclone.conf", "its file, or the folder that it is in"),
    "azure": ("~/old/.azure", "its folder, or config in it"),
    "gcloud": ("~/old/key.json", "its folder, or a JSON file of credentials"),
    "fsspec": ("~/old/fsspec", "its folder, or a .json or .ini file in it"),
    "dvc": ("~/code/model", "the repository, or a file of its configuration"),
    "msc": ("~/old/msc.yaml", "its .yaml or .json, or the folder that it is in"),
    "mc": ("~/old/.mc", "config.json, or the folder that it is in"),
    "airflow": ("~/connections.json", "what `airflow connections export` wrote"),
}
"""For each tool an example of a path, and what the path may be."""


class PathSuggester(Suggester):
    """Completes a path with what is on this machine; the right arrow accepts it."""

    def __init__(self) -> None:
        # Names of files are case-sensitive, and may change at any time.
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The completed path, or None."""
        return await in_thread(lambda: completed(value)) or None


class ToolBar(ChoiceBar, can_focus=True):
    """The tools; a digit, a letter or the arrows choose one while it has the focus."""

    BINDINGS: ClassVar[list[Any]] = [
        Binding("left,h,up", "step(-1)", show=False),
        Binding("right,l,down", "step(1)", show=False),
        Binding("enter,space", "screen.focus_next", show=False),
        *(
            Binding(f"{place % 10},{letter}", f"take({place - 1})", show=False)
            for place, letter in enumerate(LETTERS.values(), 1)
        ),
    ]
    explains: ClassVar = Explanation(
        "The tool that it is of",
        "A digit or the underlined letter chooses, and goes on to the path; ← and → choose too.",
    )

    def action_step(self, way: int) -> None:
        """Choose the next tool or the one before."""
        self.post_message(self.Chosen((self.chosen + way) % len(self.values)))

    def action_take(self, place: int) -> None:
        """Choose a tool, and go on to the path."""
        self.post_message(self.Chosen(place))
        self.screen.focus_next()

    def clickable(self) -> Iterator[tuple[Region, Any]]:
        """Each tool, for a jump letter."""
        for place, region in enumerate(self.regions()):
            yield region, partial(self.action_take, place)


class ElsewhereDialog(Dialog["tuple[Elsewhere, list[Item]] | None"]):
    """Asks for tool and path. The result is the place and the items found there, or None.

    Args:
        jobs: runs blocking work.
        source: the tool to propose.
        known: the items in the list.
    """

    CSS_PATH = "elsewhere.tcss"
    BINDINGS: ClassVar = [Binding("escape", "cancel", "Cancel", show=False)]
    AUTO_FOCUS = "#tools"

    def __init__(self, jobs: Jobs, source: str, known: Sequence[Item]) -> None:
        super().__init__()
        self._jobs, self._known = jobs, known
        self._first = SOURCES.index(source) if source in SOURCES else SOURCES.index("rclone")

    def compose(self) -> ComposeResult:
        """Tools, path, a fault, buttons."""
        with Box("Import from a file or folder elsewhere"):
            yield ToolBar([*LETTERS.items()], id="tools")
            yield PasteInput(
                id="path", compact=True, select_on_focus=False, suggester=PathSuggester()
            )
            yield Static("", id="said", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Look into it", id="go", classes="-main", compact=True)
                yield Button("Cancel", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Choose the tool of the row that the cursor was on."""
        self._choose(self._first)

    @on(ChoiceBar.Chosen)
    def _chosen(self, event: ChoiceBar.Chosen) -> None:
        self._choose(event.place)

    def _choose(self, place: int) -> None:
        self.query_one(ToolBar).chosen = place
        example, _ = TAKES[SOURCES[place]]
        self.query_one("#path", Input).placeholder = example
        self._tell("")

    @property
    def _source(self) -> str:
        return SOURCES[self.query_one(ToolBar).chosen]

    def on_paste(self, event: events.Paste) -> None:
        """Put a paste into the path."""
        event.stop()
        field = self.query_one("#path", PasteInput)
        field.focus()
        field.take(event.text)

    @on(Input.Changed)
    def _typing(self) -> None:
        self._tell("")

    @on(Input.Submitted)
    @on(Button.Pressed, "#go")
    def _go(self) -> None:
        place = Elsewhere(self._source, self.query_one("#path", Input).value.strip())
        if place.path:
            start_worker(self, self._try, place, group="check", exclusive=True)
        else:
            self._tell(f"name a path, as {TAKES[place.source][0]}")
            self.query_one("#path").focus()

    async def _try(self, place: Elsewhere) -> None:
        found, fault = await self._jobs.run("looking", lambda: found_at(place, self._known))
        if fault:
            self._tell(fault)
            self.query_one("#path").focus()
        else:
            self.dismiss((place, found))

    def _tell(self, fault: str) -> None:
        said = self.query_one("#said", Static)
        _, takes = TAKES[self._source]
        said.update(f"✗ {printable(fault)}" if fault else f"{takes} · → completes")
        said.set_class(bool(fault), "-wrong")

    @on(Button.Pressed, "#cancel")
    def action_cancel(self) -> None:
        """Close without looking anywhere."""
        self.dismiss(None)
