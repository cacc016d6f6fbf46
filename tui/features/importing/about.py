"""Everything about one entry of another tool, below the list of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tui.kit.table import LOOKS, chip_look
from tui.kit.text import fit, wrap
from tui.kit.theme import MUTED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.session.imports import Offer

_LABEL = 10


class About(Widget):
    """Where an entry is from and would lead, where its secrets will be kept, what is left out."""

    DEFAULT_CSS = "About { height: 8; padding: 0 1; }"

    offer: reactive[Offer | None] = reactive(None)

    def watch_offer(self, offer: Offer | None) -> None:
        """Put its name into the frame."""
        badge, name = (offer.badge, offer.name) if offer else ("", "")
        chip = Content.styled(f" {badge} ", LOOKS[chip_look(badge)]) if badge else Content("")
        self.border_title = Content.assemble(chip, " " if badge else "", name)

    def render(self) -> Content:
        """Draw as many lines as there is room for."""
        width, height = self.content_size
        lines: list[Content] = []
        for label, text, style in _said(self.offer) if self.offer else ():
            for part in wrap(text, max(8, width - _LABEL)):
                lines.append(Content.assemble((fit(label, _LABEL), MUTED), (part, style)))
                label = ""
        return Content("\n").join(lines[:height])


def _said(offer: Offer) -> Iterator[tuple[str, str, str]]:
    yield "From", " · ".join(filter(None, (offer.source, offer.entry, offer.place))), ""
    if not offer.type:
        yield "", f"⚠ It cannot be imported: {offer.said}", "$warning" if offer.number < 0 else ""
        return
    yield "Becomes", " · ".join(filter(None, (offer.type, offer.location or offer.said))), ""
    label = "Secrets"
    for each in offer.secrets:
        yield label, each, "$warning" if "⚠" in each else ""
        label = ""
    label = "Note"
    for each in offer.notes:
        yield label, each, MUTED
        label = ""
