"""What shells have in common that pass the line as words, without quotation marks."""

from __future__ import annotations

import os
from typing import Any, Final

from click.shell_completion import CompletionItem, ShellComplete

WORDS: Final = "_STORAGE_WORDS"
"""The environment variable with the words up to the cursor; the last one is to be completed."""

SEPARATOR: Final = "\x1f"


class Words(ShellComplete):
    """Answers a shell whose script sets `WORDS`, and reads lines of type, value and help."""

    is_ours = False
    """Whether our script asks, not a saved one of click's."""

    option = ""
    """`--from=` if the value after it is completed; empty otherwise."""

    has_dashes = False
    """Whether `--` is on the line, after which nothing is an option."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the cursor, and the last one."""
        given = os.environ.get(WORDS)
        if given is None:
            arguments, last = super().get_completion_args()
        else:
            self.is_ours = True
            _, *arguments, last = given.split(SEPARATOR)
            last = self.unquoted(last)
            if last.startswith("-"):
                self.option = last[: last.find("=") + 1]
        self.has_dashes = "--" in arguments
        return arguments, last

    @staticmethod
    def unquoted(word: str) -> str:
        """The word at the cursor without its quotation marks."""
        return word

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """A line of type, value and help; type `dashed` is for names that begin with a dash."""
        if not self.is_ours:
            return super().format_completion(item)
        kind = item.type
        if kind == "plain" and not self.has_dashes and looks_like_option(item):
            kind = "dashed"
        help = " ".join((item.help or "").split())
        return "\t".join((kind, f"{self.option if kind == 'plain' else ''}{item.value}", help))


def looks_like_option(item: CompletionItem[Any]) -> bool:
    """Whether an item is a name that a command would take for an option."""
    return bool(item.is_argument) and str(item.value).startswith("-")
