#!/usr/bin/env bash
# click 8.4.2: completion in bash puts a value with a blank on the line as two words, and one with a * as file names.
#
# Expected: what a parameter's `shell_complete` returns comes onto the line as one argument, quoted, as it does in zsh
#           and fish, whose scripts are click's as well.
# Seen:     bash is offered `team share` without quotation marks and puts it on the line as it is, so that the command is
#           called with `team` and `share`; `every*` is replaced by the files that it matches before bash is offered any.
source "$(dirname "${BASH_SOURCE[0]}")/lib/environment.sh"
install click==8.4.2

expect <<'OUT'
team -> [team share]
every -> [everybody][everything]
OUT

run <<'PY'
import os
import subprocess
import sys
from pathlib import Path

Path("every").mkdir()
for name in ("everybody", "everything"):
    Path("every", name).touch()
Path("tool").write_text(
    f"#!{sys.executable}\n"
    "import click\n"
    "from click.shell_completion import CompletionItem\n"
    "def names(context, parameter, start):\n"
    "    found = ('team share', 'every*')\n"
    "    return [CompletionItem(name) for name in found if name.startswith(start)]\n"
    "@click.command()\n"
    "@click.argument('name', shell_complete=names)\n"
    "def tool(name): pass\n"
    "tool(prog_name='tool')\n"
)
Path("tool").chmod(0o755)

# As bash calls the function: the words that it has split the line into, and which of them is completed.
SCRIPT = """
eval "$(_TOOL_COMPLETE=bash_source tool)"
compopt() { :; }
cd every
complete_words() {
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
    _tool_completion tool
}
for start in team every; do
    complete_words tool $start
    echo "$start -> $(printf '[%s]' "${COMPREPLY[@]}")"
done
"""
environment = {**os.environ, "PATH": f"{os.getcwd()}:{os.environ['PATH']}"}
subprocess.run(["bash", "--norc", "-c", SCRIPT], env=environment, check=True)
PY
