"""A minimal app made with Textual."""

from textual.app import App, ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Static

TEXT = "Hello, World!"


class Dialog(ModalScreen[None]):
    """One text over another."""

    def compose(self) -> ComposeResult:
        """The text."""
        yield Static(TEXT)


class Hello(App[None]):
    """One text."""

    def compose(self) -> ComposeResult:
        """The text."""
        yield Static(TEXT)


if __name__ == "__main__":
    Hello().run()
