"""The least that an app made with Textual can do."""

from textual.app import App, ComposeResult
from textual.widgets import Static

TEXT = "Hello, World!"


class Hello(App[None]):
    """One text."""

    def compose(self) -> ComposeResult:
        """The text."""
        yield Static(TEXT)


if __name__ == "__main__":
    Hello().run()
