"""Completion typed into real shells: what they put on the line is the name, as one word.

bash is on every machine. zsh and fish may be missing: then their test says so in its output, and
what is checked is that their script is one that was tried in the real shell (`TRIED`), and what
the program answers it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import click
import pytest
from click.shell_completion import CompletionItem

import storage_core
from storage_core.cli.group import storage as group
from storage_core.cli.session import Session
from storage_core.cli.shells import SHELLS
from storage_core.cli.shells.bash import quoted, typed
from storage_core.cli.shells.fish import Fish
from tests.cli.conftest import Outcome, run_process
from tests.cli.shells import Shell, is_there

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
    "two\\\\of them",
    "^caret",
    "per%cent",
    "less<more>",
    "tab?",
    "ends with\\",
)
HARD = ("it's mine", 'the "best"', "a:b:c", "cost $HOME", "back\\slash", "really!", "ends with\\")
"""Those with what a shell may take for its own within quotation marks."""

BREAKS = " \t\n\"'@><=;|&(:"

TRIED = {
    "zsh": ("5.9", "4a4e349a420058729f23e8df797661a45e763d3860fbe3a3df607c51fe4b0a23"),
    "fish": ("3.6.0", "cd1ffba53102686242bff80c4bb613891b27665aa890e6cbbd36f2a166b2712d"),
}
"""The version in which all of this passed, and the SHA-256 of the script that was tried.

Whoever changes a script runs these tests where the shell is, and then writes the new digest here.
"""


@pytest.fixture(scope="module", params=SHELLS)
def shell(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shell | None]:
    """Each shell with these names in its file; None for one that the machine has not."""
    if not is_there(request.param):
        assert request.param != "bash", "bash is needed on the machine"
        print(f"no {request.param} here: its script is compared with the one that was tried")
        yield None
        return
    folder = tmp_path_factory.mktemp(request.param)
    (folder / "my dir").mkdir()
    (folder / "my dir" / "data.bin").write_bytes(b"")
    child = Shell(request.param, folder, NAMES)
    yield child
    child.close()


def shortest(name: str) -> str:
    """As much of a name as tells it from the others."""
    length = next(n for n in range(1, 9) if sum(name[:n] == each[:n] for each in NAMES) == 1)
    return name[:length]


@pytest.mark.parametrize("quote", ["", "'", '"'], ids=["unquoted", "single", "double"])
def test_a_name_is_put_on_the_line_as_one_word(shell: Shell | None, quote: str) -> None:
    if shell is None:
        return
    wrong = {}
    for name in HARD if quote else NAMES:
        start = shell.quoted(shortest(name), quote)
        if start is not None:
            dashes = ["--"] if name.startswith("-") else []
            got = shell.completed(" ".join(["storage", "show", *dashes, start]))
            if got[2:] != [*dashes, name]:
                wrong[name] = got
    assert not wrong


@pytest.mark.parametrize(
    ("line", "last"),
    [
        ("storage show team\\ s", "team share"),
        ("storage show a:b", "a:b:c"),
        ("storage blobs --config=storage.toml key=", "key=value"),
        ("storage read x --from te", "team share"),
        ("storage read x --from=te", "--from=team share"),
        ("storage read x --from='te", "--from=team share"),
        ("storage blobs --rev", "--reverse"),
        ("storage create file --key-type t", "timestamp"),
        ("storage ls --config storage.t", "storage.toml"),
        ("storage ls --config=storage.t", "--config=storage.toml"),
        ("storage write my\\ dir/d", "my dir/data.bin"),
        ("storage write 'my dir/d", "my dir/data.bin"),
        ("storage write ~/my\\ dir/d", "{folder}/my dir/data.bin"),
        ("bin/storage show pla", "plain"),
        ("~/bin/storage show pla", "plain"),
    ],
)
def test_what_is_typed_already_is_gone_on_with(shell: Shell | None, line: str, last: str) -> None:
    if shell is not None:
        assert shell.completed(line)[-1] == last.format(folder=shell.folder)


def test_a_name_with_a_dash_is_offered_as_one_that_is_no_option(shell: Shell | None) -> None:
    if shell is None:
        return
    file = storage_core.ConfigFile(shell.folder / "dash.toml")
    file.add(storage_core.TemporaryLocalStorage(), name="-leading")
    line = "storage --config dash.toml show "
    # fish would quote the blank between the two words, so it is offered neither.
    added = [] if shell.name == "fish" else ["--", "-leading"]
    assert shell.completed(line) == [*line.split(), *added]


def test_nothing_is_shown_where_the_file_is_broken(shell: Shell | None) -> None:
    if shell is None:
        return
    (shell.folder / "broken.toml").write_text("[storage.x\n")
    line = "storage --config broken.toml show pla"
    assert shell.completed(line) == line.split()
    assert "error" not in shell.shown
    assert "Traceback" not in shell.shown


def test_a_shell_without_its_completion_system_gets_it_loaded(tmp_path: Path) -> None:
    # `zsh -f` has no `compdef`, as has a start-up file that does not call compinit.
    if is_there("zsh"):
        child = Shell("zsh", tmp_path, ["plain"])
        child.close()
        assert "command not found" not in child.shown


@pytest.mark.parametrize("name", SHELLS)
def test_the_line_of_earlier_versions_still_works(tmp_path: Path, name: str) -> None:
    if not is_there(name):
        return
    line = {
        "fish": "_STORAGE_COMPLETE=fish_source storage | source",
    }.get(name, f'eval "$(_STORAGE_COMPLETE={name}_source storage)"')
    child = Shell(name, tmp_path, ["team share"], old=line)
    assert child.completed("storage show te") == ["storage", "show", "team share"]
    child.close()


@pytest.mark.parametrize("name", TRIED)
def test_the_script_is_the_one_that_was_tried_in_the_real_shell(
    storage: Callable[..., Outcome], name: str
) -> None:
    version, digest = TRIED[name]
    script = storage("completion", name).out
    assert sha256(script.encode()).hexdigest() == digest, (
        f"the script for {name} has changed since it was tried in {name} {version}: "
        f"run these tests where {name} is, and then write the new digest here"
    )


FREE = {
    *("KIND/NAME", "PATH", "FOLDER", "NUMBER", "ADDRESS", "PORT", "TEXT", "URL", "KEY=VALUE"),
    *("WORD,…", "REFERENCE|-|prompt", "TEXT|REFERENCE|-|prompt", "NEW", "REFERENCE"),
    *("SPAN", "NAME=]BUCKET"),
    # What only a server could say, or is asked for so that a person thinks of it.
    *("KEY", "NAME", "VERSION"),
}
"""What a parameter is called where nobody can know its value; below a location too."""


def parameters() -> Iterator[tuple[str, click.Parameter, list[CompletionItem]]]:
    """Every parameter of every command, and what a shell is told of an empty one."""

    def below(
        found: click.Command, context: click.Context
    ) -> Iterator[tuple[str, click.Parameter, list[CompletionItem]]]:
        if isinstance(found, click.Group):
            for name in found.list_commands(context):
                inner = found.get_command(context, name)
                assert inner is not None
                yield from below(inner, click.Context(inner, parent=context, info_name=name))
        context.params["ref"] = "laptop"
        for each in found.get_params(context):
            if not (isinstance(each, click.Option) and each.is_flag):
                what = f"{context.command_path} {each.opts[0]}"
                yield what, each, each.shell_complete(context, "")

    # A command keeps its option of help as it is first asked for, in later tests too.
    settings = group.context_settings
    yield from below(group, click.Context(group, info_name="storage", obj=Session(), **settings))


def test_every_value_that_can_be_known_is_completed(two: Path) -> None:
    two.write_text(f'{two.read_text()}tags = ["home"]\n')
    silent = []
    for what, each, items in parameters():
        context = click.Context(click.Command("x"))
        shown = (each.metavar or each.make_metavar(context)).strip("[].")
        if shown in ("REF", "[REF"):
            assert {"prod-results", "laptop"} == {item.value for item in items}, what
        elif not items and shown not in FREE:
            silent.append((what, shown))
    assert not silent, "complete them, or say in FREE that nobody can know their value"


@pytest.mark.parametrize("name", TRIED)
@pytest.mark.parametrize(
    ("words", "answers"),
    [
        (["show", "te"], ["plain\tteam share\ttemporary"]),
        (["read", "x", "--from=te"], ["plain\t--from=team share\ttemporary"]),
        (["show", "--", "-l"], ["plain\t-leading\ttemporary"]),
        (["ls", "--config", "x"], ["file\t\t"]),
        (["completion", "z"], ["plain\tzsh\t"]),
    ],
    ids=" ".join,
)
def test_what_the_program_answers_a_shell_that_hands_over_words(
    config: Path, name: str, words: list[str], answers: list[str]
) -> None:
    with storage_core.ConfigFile(config).transaction() as edit:
        for each in NAMES:
            edit.add(storage_core.TemporaryLocalStorage(), name=each)
    variables = {
        "_STORAGE_COMPLETE": f"{name}_complete",
        "_STORAGE_WORDS": "\x1f".join(["storage", *words]),
    }
    done = run_process(env={**os.environ, **variables})
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.rstrip("\n").splitlines() == answers


@pytest.mark.parametrize(
    ("word", "read"),
    [
        ("team\\ s", "team s"),
        ("'team s", "team s"),
        ('"a\\$b\\x', "a$b\\x"),
        ("'it\\'s", "it's"),
        ("'a\\\\b\\c", "a\\b\\c"),
        ("x'y z'w", "xy zw"),
    ],
)
def test_a_word_of_fish_is_read_as_fish_does(word: str, read: str) -> None:
    assert Fish.unquoted(word) == read


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
