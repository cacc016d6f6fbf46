"""fish, which quotes what it inserts, and passes the last word as it was typed."""

from __future__ import annotations

from typing import Any, Final

from click.shell_completion import CompletionItem, FishComplete

from storage_core.cli.shells.words import Words, looks_like_option

_FISH: Final = """\
function %(complete_func)s
    set -l words (commandline -opc)
    set -l last (commandline -ct)
    set -l program (string replace -r '^~/' $HOME/ -- $words[1])
    command -q -- $program; or set program %(prog_name)s
    set -lx _STORAGE_WORDS (string join \\x1f -- $words $last | string collect)
    set -lx %(complete_var)s fish_complete
    for line in (command $program 2>/dev/null)
        set -l found (string split --max 2 \\t -- $line)
        switch $found[1]
            case dir
                complete -C "'' $last" | string match -r '.*/$'
            case file
                complete -C "'' $last"
            case plain
                printf '%%s\\t%%s\\n' $found[2] $found[3]
        end
    end
end

complete --keep-order --no-files --command %(prog_name)s --arguments '(%(complete_func)s)'
"""


class Fish(Words, FishComplete):
    """fish."""

    source_template = _FISH

    @staticmethod
    def unquoted(word: str) -> str:
        """The word without quotation marks and escapes; a quotation may still be open."""
        read, quote, escaped = [], "", False
        for character in word:
            if escaped:
                escaped = False
                if quote and character not in (quote, "\\", "$" if quote == '"' else quote):
                    read.append("\\")
                read.append(character)
            elif character == "\\":
                escaped = True
            elif character == quote or (not quote and character in "'\""):
                quote = "" if quote else character
            else:
                read.append(character)
        return "".join(read)

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[Any]]:
        """All items but names that look like options: fish would quote the space in `-- NAME`."""
        found = super().get_completions(args, incomplete)
        return [each for each in found if self.has_dashes or not looks_like_option(each)]
