"""What shells have in common that hand over the words of a line, without quotation marks."""

from __future__ import annotations

import os
from typing import Any, Final

from click.shell_completion import CompletionItem, ShellComplete

WORDS: Final = "_STORAGE_WORDS"
"""Environment variable with the words up to the cursor, the last one to be completed."""

SEPARATOR: Final = "\x1f"


class Words(ShellComplete):
    """A shell whose script sets `WORDS`, and reads lines of a type, a value and its help."""

    is_ours = False
    """Whether a script of ours asks, and not one of click's that was saved."""

    option = ""
    """`--from=` where the value of an option is completed behind its equals sign."""

    has_dashes = False
    """Whether `--` stands on the line, behind which nothing is an option."""

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
        """A line; what is a name may begin with a dash, which is for the script to deal with."""
        if not self.is_ours:
            return super().format_completion(item)
        kind = item.type
        if kind == "plain" and not self.has_dashes and looks_like_option(item):
            kind = "dashed"
        help = " ".join((item.help or "").split())
        return "\t".join((kind, f"{self.option if kind == 'plain' else ''}{item.value}", help))


def looks_like_option(item: CompletionItem[Any]) -> bool:
    """Whether it is a name that a command would take for an option."""
    return bool(item.is_argument) and str(item.value).startswith("-")
