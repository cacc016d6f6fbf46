"""`Sheet`: lines to be read, in a pane of their own."""

from __future__ import annotations

from textual.app import App, ComposeResult

from tui.kit.sheet import Line, Sheet, wrapped


class Reader(App[None]):
    """A sheet that is given its lines before it has been laid out."""

    def __init__(self) -> None:
        super().__init__()
        self.sheet = Sheet("Notes")
        self.bars: list[bool] = []
        """Whether there was a bar to scroll by, from the first layout on."""

    def compose(self) -> ComposeResult:
        yield self.sheet

    def on_mount(self) -> None:
        self.watch(self.sheet, "show_vertical_scrollbar", self.barred)
        self.sheet.show(self.lines)

    def barred(self, shown: bool) -> None:
        self.bars.append(shown)

    def lines(self, width: int) -> list[Line]:
        """One line where there is room, dozens in two columns."""
        return wrapped("one two three four five six seven eight " * 2, width)


async def test_a_bar_is_never_shown_for_lines_that_have_room() -> None:
    async with Reader().run_test(size=(120, 12)) as pilot:
        await pilot.pause()
        assert isinstance(pilot.app, Reader)
        assert len(pilot.app.sheet.lines) == 1
        assert pilot.app.bars == [False]


async def test_a_bar_comes_with_lines_that_have_none() -> None:
    async with Reader().run_test(size=(12, 6)) as pilot:
        await pilot.pause()
        assert isinstance(pilot.app, Reader)
        assert pilot.app.bars[-1]
