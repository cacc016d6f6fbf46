"""The screen that lists configurations of other tools, and imports the chosen ones."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events, on
from textual.containers import Vertical
from textual.widgets import Static

from storage_core.config.model.names import check_new_name
from storage_core.printable import printable
from tui.features.importing.about import About
from tui.features.importing.asking import LEFT_OUT, AskAnswer
from tui.features.importing.commands import IMPORT
from tui.features.importing.finding import Finding
from tui.features.importing.table import OfferLayout, OfferTable
from tui.kit.bars import TitleBar
from tui.kit.commands import Reason, bindings
from tui.kit.screen import FullScreen
from tui.kit.table import Table
from tui.kit.workers import start_worker
from tui.session import imports
from tui.session.background import in_thread, stream
from tui.session.imports import Elsewhere, Item, Offer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual.app import ComposeResult

    from storage_core.config.model.entries import Configurations
    from storage_core.importing.looking import Failure, Looked
    from tui.session.session import Session

_BLOCKS: Final = (
    "AWS credentials, export lines, a connection string of Azure's or the JSON of a service account"
)
_NOTHING: Final = f"A block of credentials: {_BLOCKS}. It is not shown."


class ImportScreen(FullScreen[list[str]]):
    """What was found, with check boxes. The result is the names that were imported."""

    CSS_PATH = "screen.tcss"
    declared: ClassVar = IMPORT
    BINDINGS: ClassVar = [*bindings(IMPORT)]
    moving: ClassVar = Table.moving
    AUTO_FOCUS = "OfferTable"

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._items: list[Item] = []
        self._failures: list[Failure] = []
        self._places: list[Elsewhere] = []
        self._looking = False
        self._last = session.snapshot.configurations
        self._drawing = asyncio.Lock()
        self.table = OfferTable(OfferLayout(), id="offers")
        self.do(
            {
                "import_chosen": self._import,
                "toggle": self._toggle,
                "toggle_all": self._toggle_all,
                "rename": self._rename,
                "answer": self._answer_here,
                "move_secret": self._move_secret,
                "elsewhere": self._look_elsewhere,
                "reload": self._reload,
                "leave": self._leave,
            }
        )

    def body(self) -> ComposeResult:
        """The tools, what was found, and everything about the entry under the cursor."""
        yield Finding(id="finding")
        with Vertical(id="found", classes="pane") as found:
            found.border_title = "What other tools have · paste a block to add it"
            yield self.table
            with Vertical(id="nothing"):
                nothing = "Nothing of another tool was found in the usual places on this machine."
                yield Static(
                    f"{nothing} {self.key('elsewhere', 'o')} looks elsewhere.", markup=False
                )
                block = Static(_NOTHING, id="block", markup=False)
                block.border_title = "Paste here"
                yield block
        yield About(id="about", classes="pane -lined")

    def on_mount(self) -> None:
        """Begin looking at once."""
        self.query_one(TitleBar).title = "Storage  ›  Import"
        self._reload()

    @property
    def offer(self) -> Offer | None:
        """The row under the cursor."""
        return self.table.current

    @property
    def _known(self) -> Configurations:
        """The configurations when the file was last readable, as it was when this was opened."""
        self._last = self._session.snapshot.configurations or self._last
        assert self._last is not None
        return self._last

    def changed_elsewhere(self, said: str) -> str:
        """Show again which entries are there already, since that may have changed."""
        self.start(self._show())
        return said

    def why_not(self, command: str) -> str:
        """Why a command cannot work now: there may be nothing to choose."""
        offer = self.offer
        if command == "import_chosen":
            if not any(each.chosen for each in self.table.rows):
                toggle = self.key("toggle", "space")
                return Reason(f"Nothing is chosen; {toggle} chooses.", "nothing chosen")
            return self._session.why_not_save()
        nothing = Reason("There is nothing to choose from.", "nothing to choose")
        if command == "toggle_all" and not any(each.is_open for each in self.table.rows):
            return nothing
        if command in ("toggle", "rename", "answer", "move_secret"):
            if offer is None:
                return nothing
            if not offer.is_open:
                return Reason(f"{offer.name}: {offer.said}.", "cannot be imported")
            if command == "answer" and not self._items[offer.number].found.asks:
                return Reason(f"{offer.name} says where it leads.", "says where it leads")
            if command == "move_secret" and not offer.movable:
                said = f"No secret of {offer.name} would be copied that can be kept elsewhere."
                return Reason(said, "no secret to move")
        return ""

    # ---- looking

    def _reload(self) -> None:
        start_worker(self, self._look, group="load", exclusive=True)

    async def _look(self) -> None:
        """Show entries as they are found; when looking again, show them all at once at the end."""
        again = bool(self.table.rows)
        found: list[Item] = []
        failures: list[Failure] = []
        if not again:
            self._failures = failures
        self._looking = True
        finding, title = self.query_one(Finding), self.query_one(TitleBar)
        finding.states = {}
        many: Counter[str] = Counter()
        try:
            async for name, looked in stream(self._looks):
                if looked is None:
                    finding.states = {**finding.states, name: "…"}
                    title.progress = f"● looking: {name}  {self.key('leave', 'escape')} stops"
                    continue
                failures += looked.failures
                found += map(Item, looked.found)
                many[name] += len(looked.found)
                broken = any(each.source == name for each in failures)
                finding.states = {**finding.states, name: _state(many[name], broken=broken)}
                if not again and (looked.found or looked.failures):
                    self._items += map(Item, looked.found)
                    await self._show()
        finally:
            self._looking = False
            title.progress = ""
        if again:
            await self._replace(found, failures)
        else:
            await self._show()

    def _looks(self) -> Iterator[tuple[str, Looked | None]]:
        places = [*self._places]
        yield from imports.looks()
        yield from imports.looks_at(places)

    async def _look_elsewhere(self) -> None:
        """Ask for a file or folder, and list what is in it with the rest."""
        from tui.features.importing.elsewhere import ElsewhereDialog

        source = self.offer.source if self.offer else ""
        answer = await self.ask(ElsewhereDialog(self._session.jobs, source, [*self._items]))
        if answer is None:
            return
        place, found = answer
        self._places.append(place)
        self._items += found
        if self._looking:
            # Look again: the look in progress does not know of this, and would remove it.
            self._reload()
        finding = self.query_one(Finding)
        broken = any(each.source == place.source for each in self._failures)
        many = sum(each.found.source == place.source and not each.pasted for each in self._items)
        finding.states = {**finding.states, place.source: _state(many, broken=broken)}
        await self._show(len(self._items) - len(found))

    async def _replace(self, found: list[Item], failures: list[Failure]) -> None:
        """Replace what was found before; names, choices and pasted items are kept.

        Rows refer to items by index, so both are replaced in one step.
        """
        async with self._drawing:
            before: list[Item] | None = None
            while before != self._items:
                before = [*self._items]
                kept = {each.key: each for each in before}
                items = [each for each in before if each.pasted]
                items += (kept.get(each.key, each)._replace(found=each.found) for each in found)
                planned, known = [*items], self._known
                rows = await self._session.jobs.run(
                    "comparing",
                    lambda: imports.offers(planned, failures, known),  # noqa: B023
                )
            at = self.table.cursor
            self._items, self._failures = items, failures
            self._draw(rows, max(0, min(at, len(rows) - 1)))

    async def _show(self, index: int | None = None) -> None:
        """Plan again and draw, with the cursor on the item with this index, else where it is."""
        async with self._drawing:
            items, failures, known = [*self._items], [*self._failures], self._known
            rows = await self._session.jobs.run(
                "comparing", lambda: imports.offers(items, failures, known)
            )
        if index is None and self.offer is not None:
            index = self.offer.number
        self._draw(rows, next((n for n, each in enumerate(rows) if each.number == index), 0))

    def _draw(self, rows: Sequence[Offer], cursor: int) -> None:
        self.table.show(rows, cursor)
        nothing = not rows and not self._looking
        self.query_one("#nothing").display = nothing
        self.table.display = not nothing
        self.query_one(About).display = not nothing
        chosen = sum(each.chosen for each in rows)
        can = sum(each.is_open for each in rows)
        found = self.query_one("#found")
        all_of_them = f"{self.key('toggle_all', 'a')} all, none"
        found.border_subtitle = f"{chosen} of {can} chosen  {all_of_them}" if can else ""
        self.refresh_bindings()

    @on(Table.Moved)
    def _moved(self) -> None:
        self.query_one(About).offer = self.offer
        self.refresh_bindings()

    # ---- choosing

    def _toggle(self) -> None:
        offer = self.offer
        assert offer is not None
        self._choose({offer.number}, not offer.chosen)

    def _toggle_all(self) -> None:
        rows = [each for each in self.table.rows if each.is_open]
        self._choose({each.number for each in rows}, not all(each.chosen for each in rows))

    @on(Table.Opened)
    def _double_clicked(self) -> None:
        self.action_run("toggle")

    def _choose(self, places: set[int], chosen: bool) -> None:
        for place in places:
            self._items[place] = self._items[place]._replace(chosen=chosen)
        rows = self.table.rows
        self._draw(
            [row._replace(chosen=chosen) if row.number in places else row for row in rows],
            self.table.cursor,
        )

    async def _rename(self) -> None:
        offer = self.offer
        assert offer is not None
        await self._ask_name(offer)

    async def _ask_name(self, offer: Offer) -> bool:
        """Ask for a name; returns whether one was given."""
        from tui.kit.ask import AskName

        taken = {*self._known.entries}
        taken |= {each.name for each in self.table.rows if each.is_open and each != offer}
        name = await self.ask(
            AskName(
                f"Import {offer.name} as",
                "Take it",
                offer.name,
                f"{offer.source} · {offer.entry}",
                lambda entered: check_new_name(entered, taken),
            )
        )
        if name:
            self._items[offer.number] = self._items[offer.number]._replace(name=name)
            await self._show(offer.number)
        return bool(name)

    async def _answer_here(self) -> None:
        offer = self.offer
        assert offer is not None
        await self._ask_answer(offer)

    async def _ask_answer(self, offer: Offer) -> bool:
        """Ask for what is missing; returns whether it was answered or left out."""
        place = offer.number

        async def take(answer: str) -> str:
            items, known = [*self._items], self._known
            found, fault = await in_thread(lambda: imports.answer_of(items, place, answer, known))
            if found is not None:
                self._items[place] = self._items[place]._replace(found=found, chosen=True)
            return fault

        found = self._items[place].found
        asked = found.asked
        text = f"{offer.source} does not say which {asked.lower()}."
        if found.takes_folder:
            text += f" {asked.upper()}/FOLDER is a folder in it."
        about = f"{offer.source} · {offer.entry} · {offer.place}"
        answer = await self.ask(AskAnswer(asked, offer.name, about, text, take))
        if answer == LEFT_OUT:
            self._items[place] = self._items[place]._replace(chosen=False)
        if answer is not None:
            await self._show(offer.number)
        return answer is not None

    async def _move_secret(self) -> None:
        """Step to the next place for its secret."""
        offer = self.offer
        assert offer is not None
        item = self._items[offer.number]
        places = imports.PLACES
        keep = places[(places.index(item.keep) + 1) % len(places)]
        self._items[offer.number] = item._replace(keep=keep)
        await self._show(offer.number)

    # ---- pasting

    @on(events.Paste)
    def _pasted(self, event: events.Paste) -> None:
        """Take a pasted block of credentials as one more source."""
        event.stop()
        event.prevent_default()
        self.start(self._take(event.text))

    async def _take(self, text: str) -> None:
        found = await in_thread(lambda: imports.pasted(text[: imports.LONGEST]))
        if not found:
            self.app.say(
                f"Nothing was pasted: this is no block that is known: {_BLOCKS}.",
                severity="warning",
            )
            return
        self._items += found
        await self._show(len(self._items) - len(found))

    # ---- to the file

    async def _import(self) -> None:
        for place in [each.number for each in self.table.rows if each.chosen and each.asks]:
            offer = self._offer_of(place)
            if offer is not None and offer.asks and not await self._ask_answer(offer):
                return
        for offer in [each for each in self.table.rows if each.chosen]:
            item = self._items[offer.number]
            if item.pasted and not item.name and not await self._ask_name(offer):
                return
        # With the names that are on screen.
        chosen = [
            self._items[each.number]._replace(name=each.name)
            for each in self.table.rows
            if each.chosen and not each.asks
        ]
        if not chosen:
            self.app.say("Nothing is chosen any more; nothing was imported.", severity="warning")
            return
        default, goes_on = await self._default(chosen)
        if not goes_on:
            return
        wanted = chosen
        chosen = await self._session.jobs.run("keeping secrets", lambda: imports.kept(wanted))
        many = "1 configuration" if len(chosen) == 1 else f"{len(chosen)} configurations"
        names = await self._session.change(
            f"import {many}", lambda edit: imports.write(edit, chosen, default)
        )
        self.dismiss(names)

    def _offer_of(self, place: int) -> Offer | None:
        return next((each for each in self.table.rows if each.number == place), None)

    async def _default(self, chosen: list[Item]) -> tuple[int | None, bool]:
        """Ask which is to be the default; returns its index, and whether to go on."""
        from tui.kit.ask import Ask

        place = imports.favourite(chosen, self._known)
        if place is None:
            return None, True
        item = chosen[place]
        name = printable(item.name)
        as_there = f" It is that of {item.found.source}." if item.found.is_default else ""
        offers = (each for each in self.table.rows if each.chosen and each.name == item.name)
        about = next((f"{each.type} · {each.location}" for each in offers), "")
        answer = await self.ask(
            Ask(
                f"Make {name} the default?",
                "No default is set, so programs that do not ask for a storage by name use "
                f"Temporary Local Storage.{as_there}",
                [("yes", "Make it the default"), ("no", "Not now")],
                focus="yes",
                about=about,
            )
        )
        return place if answer == "yes" else None, answer is not None

    def _leave(self) -> None:
        """Stop looking, or else leave."""
        if self._looking:
            self.workers.cancel_group(self, "load")
            self.app.say("Stopped looking; this is what was found by then.")
        else:
            self.dismiss([])


def _state(many: int, *, broken: bool) -> str:
    """The state of a tool as `Finding` shows it."""
    return "⚠" if broken else str(many or "–")
