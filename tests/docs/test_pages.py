"""What the pages say besides Python is true: files, commands, names, messages."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest

import storage_core
from storage_core.cli.group import storage
from storage_core.config.file import ConfigFile
from tests.docs.pages import DOCS, PAGES, blocks, code_in, script
from tui.features.commands import keymap

README = DOCS.parent / "README.md"


def text(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


def toml(page: str, having: str) -> str:
    """The one TOML block of a page that has a certain text."""
    (found,) = (b.code for b in blocks(text(page)) if b.info == "toml" and having in b.code)
    return found


def test_the_configuration_file_that_is_shown_is_right(tmp_path: Path) -> None:
    file = tmp_path / "storage.toml"
    file.write_text(toml("configuration-file.md", "[storage.prod-results]"))
    shown = ConfigFile(file).load()
    assert list(shown) == [shown.default]
    assert shown.problems == ()


@pytest.mark.parametrize("page", [README, *PAGES], ids=lambda page: page.name)
def test_the_files_that_are_shown_can_be_read(page: Path) -> None:
    read = {"toml": tomllib.loads, "json": json.loads}
    for block in blocks(page.read_text(encoding="utf-8")):
        if block.info in read:
            read[block.info](block.code)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_code_is_no_wider_than_a_page(page: Path) -> None:
    for block in blocks(page.read_text(encoding="utf-8")):
        if block.info in ("python", "sh", "console", "toml"):
            assert max(map(len, block.code.splitlines())) <= 90, block.code


def test_the_remapped_key_that_is_shown_is_taken() -> None:
    assert keymap(tomllib.loads(toml("app.md", "[app.keys]"))) == ({"new": "ctrl+n"}, [])


def test_the_type_that_is_shown_is_a_whole_type(tmp_path: Path) -> None:
    check = (
        "import storage_core.declaration.table as t\n"
        "from storage_core.declaration.validation import validated\n"
        "from storage_core.declaration.schema import file_schema\n"
        "values = validated(SMBStorage, {'host': 'h', 'share': 's', 'password': 'env:P'})\n"
        "print(SMBStorage(**values).location, 'smb' in str(file_schema([SMBStorage])))"
    )
    code = f"{script(DOCS / 'add-a-type.md')}\n{check}"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "smb://h/s True\n"


def test_what_is_said_when_signing_in_fails_is_what_the_tests_of_it_expect() -> None:
    rows = [
        row
        for row in re.findall(r"^\|(.*)\|$", text("signing-in.md"), flags=re.MULTILINE)
        if not re.match(r" way | ---", row)
    ]
    assert len(rows) > 20
    stores = Path(__file__).parents[1] / "stores"
    tests = [*stores.glob("test_signing_in_*.py"), *stores.glob("signing_in_*/test_*.py")]
    expected = [
        node.value
        for test in tests
        for node in ast.walk(ast.parse(test.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    for row in rows:
        messages = re.findall('"(.*?)"', row.split("|")[-1])
        assert messages, row
        for message in messages:
            assert any(message in each for each in expected), message


def test_every_error_is_listed() -> None:
    listed = set(re.findall(r"^\| `(\w+)`", text("errors.md"), flags=re.MULTILINE))
    errors = {
        each
        for each in storage_core.__all__
        if isinstance(cls := getattr(storage_core, each), type) and issubclass(cls, Exception)
    }
    assert listed == errors - {"StorageError"}


@pytest.mark.parametrize("page", [README, *PAGES], ids=lambda page: page.name)
def test_the_commands_that_are_shown_exist(page: Path) -> None:
    written = page.read_text(encoding="utf-8")
    shells = [block.code for block in blocks(written) if block.info in ("sh", "bash", "console")]
    for code in [*shells, *code_in(written)]:
        for words in _commands(code):
            _parse(storage, words, f"{page.name}: {' '.join(words)}")


def _commands(code: str) -> list[list[str]]:
    """The words behind each `storage` of a shell's lines."""
    lines = code.replace("\\\n", " ").splitlines()
    parts = [part for line in lines for part in re.split(r"[|;]|&&", line.partition(" #")[0])]
    split = [part.replace("…", "").split() for part in parts]
    typed = [words[1:] if words[:1] == ["$"] else words for words in split]
    return [words[1:] for words in typed if words[:1] == ["storage"]]


def _parse(command: click.Command, words: list[str], what: str) -> None:
    """Have click take the words as it would, without running anything."""
    # A command keeps its option of help as it is first asked for, in later tests too.
    names = storage.context_settings["help_option_names"]
    context = click.Context(command, info_name="storage", help_option_names=names)
    if words and words[0] in ("COMMAND", "TYPE"):
        return
    if isinstance(command, click.Group) and words and not words[0].startswith("-"):
        below = command.get_command(context, words[0])
        assert below is not None, what
        _parse(below, words[1:], what)
        return
    try:
        command.make_parser(context).parse_args(list(words))
    except click.UsageError as error:
        raise AssertionError(f"{what}: {error.format_message()}") from None
