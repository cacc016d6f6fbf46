"""Completion typed into a real bash: what it puts on the line is the name, as one word."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator

import pexpect
import pytest

import storage_core
from storage_core.cli.completion import quoted, typed

NAMES = (
    "plain",
    "team share",
    "it's mine",
    'the "best"',
    "a:b:c",
    "cost $HOME",
    "every*thing",
    "back\\slash",
    "really!",
    "key=value",
    "~tilde",
    "#hash",
    "semi;colon & more",
    "日本 語",
    "comma, too",
    "`date`",
    "-leading",
    "(in) [brackets] {x}",
)
BREAKS = " \t\n\"'@><=;|&(:"
END = "\x05"


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pexpect.spawn]:
    """A bash that completes `storage`; `args` prints its arguments, one in each line."""
    bash = shutil.which("bash")
    assert bash, "bash is needed on the machine"
    folder = tmp_path_factory.mktemp("completion")
    file = storage_core.ConfigFile(folder / "storage.toml")
    with file.transaction() as edit:
        for name in NAMES:
            edit.add(storage_core.TemporaryLocalStorage(), name=name)
    program = folder / "storage"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m storage_core "$@"\n')
    program.chmod(0o755)
    child = pexpect.spawn(
        bash,
        ["--norc", "--noprofile", "-i"],
        env={
            **os.environ,
            "PATH": f"{folder}:{os.environ['PATH']}",
            "STORAGE_CONFIG": file.path,
            "PS1": "",
            "INPUTRC": os.devnull,
            "TERM": "dumb",
            "LC_ALL": "C.UTF-8",
        },
        cwd=str(folder),
        encoding="utf-8",
        timeout=10,
        echo=False,
        dimensions=(24, 1000),
    )
    child.delaybeforesend = None
    child.sendline("bind 'set completion-query-items 0'; bind 'set bell-style none'; PS1=")
    child.sendline("bind 'set enable-bracketed-paste off'")
    child.sendline('args() { for each in "$@"; do printf "<%s>\\n" "$each"; done; echo END; }')
    child.sendline('eval "$(_STORAGE_COMPLETE=bash_source storage)"; echo READY')
    child.expect("READY\r\n")
    yield child
    child.close(force=True)


def completed(shell: pexpect.spawn, line: str) -> list[str]:
    """The arguments of the line that a person has after typing this and Tab, as bash reads them."""
    shell.send(f"{line}\t")
    # To the beginning of the line, so that another command gets what stands there.
    shell.send("\x01args \r")
    shell.expect("END\r\n")
    return [part.split(">\r\n")[0] for part in shell.before.split("<")[1:]]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_put_on_the_line_as_one_word(shell: pexpect.spawn, name: str) -> None:
    length = next(n for n in range(1, 9) if sum(name[:n] == each[:n] for each in NAMES) == 1)
    dashes = ["--"] if name.startswith("-") else []
    start = quoted(name[:length], "")
    assert completed(shell, " ".join(["storage", "show", *dashes, start]))[2:] == [*dashes, name]


@pytest.mark.parametrize(
    ("line", "last"),
    [
        ("storage show 'team", "team share"),
        ('storage show "team', "team share"),
        ("storage show team\\ s", "team share"),
        ("storage show 'team s", "team share"),
        ('storage show "it', "it's mine"),
        ("storage show 'the", 'the "best"'),
        ('storage show "the', 'the "best"'),
        ('storage show "cost', "cost $HOME"),
        ('storage show "back', "back\\slash"),
        ('storage show "really', "really!"),
        ("storage show a:", "a:b:c"),
        ("storage show a:b", "a:b:c"),
        ("storage show a\\:b", "a:b:c"),
        ("storage show 'a:b", "a:b:c"),
        ("storage blobs --config=storage.toml key=", "key=value"),
        ("storage read x --from te", "team share"),
    ],
)
def test_what_is_typed_already_is_gone_on_with(shell: pexpect.spawn, line: str, last: str) -> None:
    assert completed(shell, line)[-1] == last


def test_the_value_of_an_option_behind_its_equals_sign(shell: pexpect.spawn) -> None:
    assert completed(shell, "storage read x --from=te")[-1] == "--from=team share"
    assert completed(shell, "storage read x --from='te")[-1] == "--from=team share"


def test_commands_and_options_are_completed(shell: pexpect.spawn) -> None:
    assert completed(shell, "storage sch") == ["storage", "schema"]
    assert completed(shell, "storage blobs --rev") == ["storage", "blobs", "--reverse"]


def test_files_are_bashs_own(shell: pexpect.spawn) -> None:
    assert completed(shell, "storage ls --config storage.t")[-1] == "storage.toml"


@pytest.mark.parametrize(
    ("line", "words", "last", "kept", "quote"),
    [
        ("storage show ", ["storage", "show"], "", 0, ""),
        ("storage 'a b' c", ["storage", "a b"], "c", 0, ""),
        ("storage a\\ b", ["storage"], "a b", 0, ""),
        ("storage a:b", ["storage"], "a:b", 2, ""),
        ("storage a\\:b", ["storage"], "a:b", 0, ""),
        ("storage 'a:b", ["storage"], "a:b", 0, "'"),
        ('storage x"a:\\$b\\c', ["storage"], "xa:$b\\c", 1, '"'),
        ("storage 'it'\\''s", ["storage"], "it's", 3, "'"),
        ("storage 'it'\\'s", ["storage"], "it's", 2, ""),
        ("storage ''", ["storage"], "", 0, ""),
    ],
)
def test_a_line_is_taken_apart_as_bash_does(
    line: str, words: list[str], last: str, kept: int, quote: str
) -> None:
    assert typed(line, BREAKS) == (words, last, kept, quote)


def test_quoting_is_readable() -> None:
    assert quoted("prod-results_2.b/c", "") == "prod-results_2.b/c"
    assert quoted("team share", "") == "team\\ share"
    assert quoted("it's", "'") == "it'\\''s"
    assert quoted('a"b$c`d\\e', '"') == 'a\\"b\\$c\\`d\\\\e'
