"""zsh, which passes words without quotation marks, and quotes what it inserts."""

from __future__ import annotations

from typing import Any, Final

from click.shell_completion import CompletionItem, ZshComplete

from storage_core.cli.shells.words import Words, looks_like_option

_ZSH: Final = """\
#compdef %(prog_name)s

%(complete_func)s() {
    local program=${(Q)words[1]} files= kind value help
    local -a values shown dashed
    program=${program/#\\~\\//$HOME/}
    whence -p -- $program >/dev/null || program=%(prog_name)s
    local given=${(pj:\\x1f:)${(@Q)words[1,CURRENT-1]}}$'\\x1f'${(Q)PREFIX}
    while IFS=$'\\t' read -r kind value help; do
        case $kind in
            dir|file) files=$kind ;;
            dashed) dashed+=("$value") ;;
            plain) values+=("$value"); shown+=("$value${help:+  -- $help}") ;;
        esac
    done < <(env _STORAGE_WORDS="$given" %(complete_var)s=zsh_complete "$program" 2>/dev/null)
    (( $#values )) && compadd -U -V storage -l -d shown -a values
    (( $#dashed )) && compadd -U -V storage -P '-- ' -a dashed
    if [[ -n $files ]]; then
        [[ $PREFIX == -*=* ]] && compset -P 1 '*='
        if [[ $files == dir ]]; then _files -/; else _files; fi
    fi
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
    compdef %(complete_func)s %(prog_name)s
fi
"""


class Zsh(Words, ZshComplete):
    """Answers zsh."""

    source_template = _ZSH

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[Any]]:
        """All items; for click's script without names that look like options, which need `--`."""
        found = super().get_completions(args, incomplete)
        if self.is_ours or self.has_dashes:
            return found
        return [each for each in found if not looks_like_option(each)]

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """One line, or three for click's script, which unescapes backslashes if there is help."""
        if not self.is_ours and item.help:
            item.value = str(item.value).replace("\\", "\\\\")
        return super().format_completion(item)
