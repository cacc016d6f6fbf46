"""bash, which passes the whole line, and inserts what it gets unchanged.

click's own script makes two words of `team share`, and splits words at colons. bash replaces only a
part of the last word; here it gets the text for exactly that part, quoted in the same way.
"""

from __future__ import annotations

import os
import re
from typing import Any, Final, NamedTuple

from click.shell_completion import BashComplete, CompletionItem, ShellComplete

from storage_core.cli.shells.words import looks_like_option

_LINE: Final = "_STORAGE_LINE"
_BREAKS: Final = "_STORAGE_BREAKS"

_BASH: Final = """\
%(complete_func)s() {
    local type value program=${1/#\\~\\//$HOME/}
    type -P -- "$program" >/dev/null || program=%(prog_name)s
    COMPREPLY=()
    while IFS=, read -r type value; do
        case $type in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain) COMPREPLY+=("$value") ;;
        esac
    done < <(env _STORAGE_LINE="${COMP_LINE:0:COMP_POINT}" _STORAGE_BREAKS="$COMP_WORDBREAKS" \\
        %(complete_var)s=bash_complete "$program" 2>/dev/null)
}

complete -o nosort -F %(complete_func)s %(prog_name)s 2>/dev/null ||
    complete -F %(complete_func)s %(prog_name)s
"""

_SPECIAL: Final = re.compile(r"[^\w%+,./\x80-\U0010ffff-]", re.ASCII)
_ESCAPED_IN_QUOTES: Final = '"\\$`\n'


class Typed(NamedTuple):
    """The line up to the cursor."""

    words: list[str]
    """The words before the last one, without quotation marks; the program comes first."""

    last: str
    """The word that is to be completed, without quotation marks."""

    kept: int
    """How many of its characters bash keeps; it replaces the rest."""

    quote: str
    """The quotation mark that is open at its end; empty if there is none."""


def typed(line: str, breaks: str) -> Typed:
    """Split a line into words as bash does.

    Args:
        line: the line up to the cursor.
        breaks: unquoted, these characters make bash replace only what follows them.
    """
    words: list[str] = []
    word: list[str] | None = None
    kept, quote, escaped = 0, "", False
    for character in line:
        if not (quote or escaped) and character.isspace():
            if word is not None:
                words.append("".join(word))
            word, kept = None, 0
            continue
        word = [] if word is None else word
        if escaped:
            escaped = False
            if quote and character not in _ESCAPED_IN_QUOTES:
                word.append("\\")
            word.append(character)
        elif character == "\\" and quote != "'":
            escaped = True
        elif character == quote or (not quote and character in "'\""):
            quote = "" if quote else character
            kept = len(word)
        else:
            word.append(character)
            if not quote and character in breaks:
                kept = len(word)
    return Typed(words, "".join(word or ()), kept, quote)


def quoted(text: str, quote: str) -> str:
    """`text` quoted for bash, to follow the quotation mark that is open, if there is one."""
    if not quote:
        return _SPECIAL.sub(r"\\\g<0>", text)
    if quote == "'":
        text = text.replace("'", "'\\''")
    else:
        text = re.sub(r'["\\$`]', r"\\\g<0>", text).replace("!", '"\\!"')
    # bash adds the closing mark itself, unless the text ends with such a mark.
    return f"{text}{quote}" if text.endswith(quote) else text


class Bash(BashComplete):
    """Answers bash."""

    source_template = _BASH

    def source(self) -> str:
        """The script. click would run bash to check its version, but older ones work too."""
        return ShellComplete.source(self)

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the cursor, and the last one."""
        line = os.environ.get(_LINE)
        if line is None:
            # The shell was started before this script existed, and uses click's.
            arguments, last = super().get_completion_args()
            self._typed = Typed(["", *arguments], last, 0, "")
        else:
            self._typed = typed(line, os.environ.get(_BREAKS, ""))
        return self._typed.words[1:], self._typed.last

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """One line: the type of the item, and the text that replaces the end of the word."""
        if item.type != "plain":
            return f"{item.type},"
        words, last, kept, quote = self._typed
        # For `--from=na`, click's item completes only `na`.
        option = last[: last.find("=") + 1] if last.startswith("-") else ""
        whole = f"{option}{item.value}"
        dashes = "-- " if looks_like_option(item) and "--" not in words else ""
        return f"plain,{dashes}{quoted(whole[kept:], quote)}"
