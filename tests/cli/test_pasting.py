"""Blocks of credentials pasted at `storage create` and into `storage import -`.

A terminal hands over a paste as if it were typed: here it is sent at once, as terminals do, and in
pieces, as slow ones do. What must not happen: a secret on the screen, or the rest of a block taken
for the answers to the questions that follow.
"""

from __future__ import annotations

import json
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex
from typing import Any

import pexpect
import pytest

from tests.cli.conftest import Outcome, ended

Storage = Callable[..., Outcome]
Terminal = Callable[..., pexpect.spawn]

SECRET = token_hex(20)
BLOCK = f"[default]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = {SECRET}\n"
KEYS = {"aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": SECRET}
KEY_FILE = json.dumps(
    {
        "type": "service_account",
        "project_id": "acme-p",
        "private_key": f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----\n",
        "client_email": "a@acme-p.iam.example",
    },
    indent=2,
)
BLOCKS = {
    "AWS's file, several sections": f"{BLOCK}region = eu-west-1\n\n\n[other]\nregion = eu-west-1\n",
    "without an end of line": BLOCK.rstrip(),
    "export, the secret first": (
        f"export AWS_SECRET_ACCESS_KEY={SECRET}\nexport AWS_ACCESS_KEY_ID=AKIAEXAMPLE\n"
    ),
    "a connection string": (
        f"DefaultEndpointsProtocol=https;AccountName=acme;AccountKey={SECRET};EndpointSuffix=x\n"
    ),
    "the JSON of a service account": KEY_FILE,
}


def table(config: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads(config.read_text())["storage"][name]
    return found


class Screen:
    """Everything that a command has shown."""

    def __init__(self, child: pexpect.spawn) -> None:
        self.text = ""
        child.logfile_read = self

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None:
        pass


@pytest.mark.parametrize("kind", BLOCKS)
def test_a_block_pasted_at_the_menu_becomes_a_configuration(
    terminal: Terminal, config: Path, kind: str
) -> None:
    child = terminal("create")
    screen = Screen(child)
    child.expect_exact("Select a storage type to create: ")
    child.send(BLOCKS[kind].replace("\n", "\r"))
    several = "several" in kind
    if not several:
        child.expect_exact("Import it? [Y/n]: ")
        child.send("\r")
    else:
        child.expect_exact("Import which?")
        child.sendline("1")
    child.expect(r"(Bucket|Container) for \S+ \(Enter leaves it out\): ")
    child.sendline("acme-results")
    child.expect(r"Name \[\S+\]: ")
    child.sendline("mine")
    child.expect_exact("Make mine the default? [Y/n]: ")
    child.send("\r")
    child.expect_exact("Test mine now? [Y/n]: ")
    child.sendline("n")
    assert ended(child) == 0
    assert SECRET not in screen.text
    assert SECRET in config.read_text()
    assert "acme-results" in table(config, "mine").values()
    assert tomllib.loads(config.read_text())["default"] == "mine"


def test_a_block_that_arrives_in_pieces_is_one_block(terminal: Terminal, config: Path) -> None:
    child = terminal("create")
    screen = Screen(child)
    child.expect_exact("Select a storage type to create: ")
    for line in BLOCK.splitlines(keepends=True):
        for piece in (line[:25], line[25:]):
            child.send(piece.replace("\n", "\r"))
            time.sleep(0.1)
    child.expect_exact("Import it? [Y/n]: ")
    child.sendline("n")
    assert ended(child) == 0
    assert SECRET not in screen.text
    assert not config.exists()


def test_answers_that_are_typed_ahead_stay_answers(
    terminal: Terminal, config: Path, tmp_path: Path
) -> None:
    child = terminal("create")
    child.send(f"local\r{tmp_path}/data\rlaptop\rn\r")
    assert ended(child) == 0
    assert table(config, "laptop")["storage_path"] == f"{tmp_path}/data"


def test_a_typed_answer_can_be_corrected(terminal: Terminal, config: Path) -> None:
    child = terminal("create")
    child.expect_exact("Select a storage type to create: ")
    for key in ("é", "x", "\x7f", "\x7f", "6"):
        child.send(key)
        time.sleep(0.05)
    child.send("\r")
    child.expect_exact("Name: ")
    child.sendline("scratch")
    child.expect_exact("[Y/n]: ")
    child.sendline("n")
    assert ended(child) == 0
    assert table(config, "scratch")["type"] == "temporary"


@pytest.mark.parametrize(
    "at", ["AWS Access Key ID (optional): ", "AWS Secret Access Key (optional): "]
)
def test_a_block_pasted_where_keys_are_asked_for_answers_all_of_them(
    terminal: Terminal, config: Path, at: str
) -> None:
    child = terminal("create")
    screen = Screen(child)
    child.expect_exact("Select a storage type to create: ")
    child.sendline("s3")
    child.expect_exact("Bucket: ")
    child.sendline("acme")
    child.expect_exact("AWS Access Key ID (optional): ")
    if at.startswith("AWS Secret"):
        child.sendline("AKIAOTHER")
        child.expect_exact(at)
    child.send(f"{BLOCK}region = eu-west-1\n".replace("\n", "\r"))
    child.expect_exact("Taken from what was pasted: AWS Access Key ID, AWS Secret Access Key, R")
    child.expect_exact("AWS Session Token (optional): ")
    child.sendline("")
    child.expect_exact("Profile Name (optional): ")
    child.sendline("")
    child.expect_exact("Name: ")
    child.sendline("mine")
    child.expect_exact("[Y/n]: ")
    child.sendline("n")
    assert ended(child) == 0
    assert SECRET not in screen.text
    assert {**KEYS, "region_name": "eu-west-1"}.items() <= table(config, "mine").items()


def test_a_block_of_another_service_is_asked_for_again(terminal: Terminal, config: Path) -> None:
    child = terminal("create")
    screen = Screen(child)
    child.expect_exact("Select a storage type to create: ")
    child.sendline("azure")
    child.expect_exact("Container: ")
    child.sendline("acme")
    child.expect_exact("Connection String: ")
    child.send(BLOCK.replace("\n", "\r"))
    child.expect_exact("That is no single block of credentials for Azure Blob Storage")
    child.expect_exact("Connection String: ")
    child.sendintr()
    assert ended(child) == 130
    assert SECRET not in screen.text


def test_import_reads_what_is_pasted_at_a_terminal(terminal: Terminal, config: Path) -> None:
    child = terminal("import", "-", "--bucket", "acme")
    screen = Screen(child)
    child.expect_exact("Paste it here; it is not shown.")
    child.send(BLOCK.replace("\n", "\r"))
    child.expect_exact("Import it? [Y/n]: ")
    child.send("\r")
    child.expect_exact("Name [default]: ")
    child.sendline("mine")
    child.expect_exact("Make mine the default? [Y/n]: ")
    child.sendline("n")
    child.expect_exact("Test mine now? [Y/n]: ")
    child.sendline("n")
    assert ended(child) == 0
    assert SECRET not in screen.text
    assert table(config, "mine") | KEYS == table(config, "mine")


def test_import_reads_a_pipe_and_asks_on_the_terminal(
    terminal: Terminal, config: Path, tmp_path: Path
) -> None:
    """Expected: what people do with `pbpaste | storage import -` works, questions and all."""
    (tmp_path / "block").write_text(BLOCK)
    child = pexpect.spawn(
        "/bin/sh",
        ["-c", f"cat '{tmp_path}/block' | '{sys.executable}' -m storage_core import -"],
        dimensions=(24, 80),
        encoding="utf-8",
        timeout=30,
    )
    screen = Screen(child)
    child.expect_exact("Import it? [Y/n]: ")
    child.sendline("")
    child.expect_exact("Bucket for default")
    child.sendline("acme")
    child.expect_exact("Name [default]: ")
    child.sendline("mine")
    child.expect_exact("Make mine the default? [Y/n]: ")
    child.sendline("n")
    child.expect_exact("Test mine now? [Y/n]: ")
    child.sendline("n")
    assert ended(child) == 0
    assert SECRET not in screen.text
    assert table(config, "mine")["bucket"] == "acme"


def test_without_a_terminal_a_block_needs_yes(storage: Storage, config: Path) -> None:
    outcome = storage("import", "-", "--bucket", "acme", stdin=BLOCK.encode())
    assert outcome.code == 2
    assert "add --yes" in outcome.err
    assert not config.exists()
    outcome = storage("import", "-", "--bucket", "acme", "--yes", stdin=BLOCK.encode())
    assert outcome.code == 0
    assert SECRET not in outcome.out + outcome.err
    assert table(config, "default") | KEYS == table(config, "default")
    again = storage("import", "aws", "-", "--bucket", "acme", "--yes", stdin=BLOCK.encode())
    assert (again.code, len(tomllib.loads(config.read_text())["storage"])) == (0, 1)


@pytest.mark.parametrize(
    ("source", "text"),
    [((), "hello"), (("azure",), BLOCK), ((), "")],
    ids=["text", "of another", "empty"],
)
def test_what_is_no_block_is_said_without_it(
    storage: Storage, config: Path, source: tuple[str, ...], text: str
) -> None:
    outcome = storage("import", *source, "-", "--yes", stdin=text.encode())
    assert outcome.code == 1
    assert outcome.err.startswith("error: this is no block ")
    assert SECRET not in outcome.err
