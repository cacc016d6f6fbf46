"""`Dialog`: a small screen over another, which is dimmed."""

from __future__ import annotations

from typing import TypeVar

from textual.screen import ModalScreen

from tui.kit.screen import BaseScreen

ResultT = TypeVar("ResultT")


class Dialog(ModalScreen[ResultT], BaseScreen[ResultT]):
    """A dialog. Its result is the answer."""
