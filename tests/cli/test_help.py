"""Help, examples, `types`, `--version` and completion: all made from what is declared."""

from __future__ import annotations

import dataclasses
import os
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from secrets import token_hex
from typing import ClassVar

import click
import pytest

import storage_core
from storage_core.cli.group import storage as group
from storage_core.declaration.setting import setting
from storage_core.types import all_types
from storage_core.types.local import LocalStorage
from tests.cli.conftest import Outcome, run_process
from tests.quoting import in_toml

Storage = Callable[..., Outcome]


def commands() -> Iterator[tuple[str, ...]]:
    """The words of every command, `create TYPE` included."""
    context = click.Context(group)
    for name in group.list_commands(context):
        yield (name,)
    for cls in all_types():
        yield ("create", cls.type)


COMMANDS = list(commands())


RUN = {
    *("ls", "show", "types", "set-default", "reset-default", "rename", "duplicate", "test"),
    *("write", "read", "blobs", "rm", "path", "validate", "schema"),
}
"""Commands whose examples are run; the others ask, serve or need a server, and are parsed."""


def examples(outcome: Outcome) -> list[str]:
    _, _, below = outcome.out.partition("Examples:\n")
    return [line.strip() for line in below.partition("\n\n")[0].splitlines()]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example_and_the_file_option(
    storage: Storage, command: tuple[str, ...]
) -> None:
    outcome = storage(*command, "--help")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome == storage(*command, "-h")
    assert outcome.out.startswith(f"Usage: storage {' '.join(command)} ")
    assert "--config FILE" in outcome.out
    assert any(f"storage {' '.join(command)}" in example for example in examples(outcome))


@pytest.mark.parametrize("command", [(), *COMMANDS], ids=" ".join)
def test_help_fits_80_columns_and_explains_ref(
    storage: Storage, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    help = storage(*command, "--help").out
    # An example is to be copied, so it stays in one line.
    assert max(map(len, help.partition("Examples:")[0].splitlines())) <= 80
    assert ("REF" in help.replace("REFERENCE", "")) == ("REF is " in help)


def test_no_summary_of_a_command_is_cut(storage: Storage) -> None:
    for outcome in (storage("--help"), storage("create", "--help")):
        _, _, listed = outcome.out.partition("Commands:\n")
        assert "..." not in listed.partition("Examples:")[0]


@pytest.mark.parametrize("command", [(), *COMMANDS], ids=" ".join)
def test_every_example_can_be_typed_as_it_stands(
    storage: Storage,
    two: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("results.bin", "data.csv"):
        Path(name).write_bytes(b"results")
    two.write_text(
        'default = "prod-results"\n'
        '[storage.prod-results]\nid = "61354abf-7cc8-4c2c-b890-78b1f985a9fb"\n'
        f'type = "local"\nstorage_path = {in_toml(tmp_path / "prod")}\n'
        '[storage.laptop]\ntype = "temporary"\n'
    )
    found = examples(storage(*command, "--help"))
    assert found
    for example in found:
        # What stands before a pipe is the shell's, and so is what follows a redirection.
        words = shlex.split(example.rpartition(" | ")[2].partition(" > ")[0])
        assert words.pop(0) == "storage"
        parses(words)
        if words[0] in RUN:
            for path in ("results/latest", "raw/2026/11/data.csv"):
                (tmp_path / "prod" / path).unlink(missing_ok=True)
                if words[0] in ("read", "blobs"):
                    storage("write", "--path", path, stdin=b"x")
            outcome = storage(*words)
            assert (outcome.code, outcome.err) == (0, ""), example


def parses(words: list[str]) -> None:
    context = click.Context(group, info_name="storage")
    command: click.Command | None = group
    while isinstance(command, click.Group) and words:
        command = command.get_command(context, words[0])
        words = words[1:]
    assert command is not None
    command.make_context(command.name, list(words), parent=context)


def test_types_shows_every_type_and_setting(storage: Storage) -> None:
    outcome = storage("types")
    for cls in all_types():
        assert f"{cls.type}  {cls.label}\n    {cls.description}\n" in outcome.out
        for each in cls.settings():
            assert each.name in outcome.out
    assert storage("types", "s3").out in outcome.out


def test_types_as_json_has_what_is_declared(storage: Storage) -> None:
    printed = {each["type"]: each for each in storage("types", "--json").json}
    for cls in all_types():
        settings = printed[cls.type]["settings"]
        assert [each["name"] for each in settings] == [each.name for each in cls.settings()]
        assert [each["required"] for each in settings] == [each.required for each in cls.settings()]
    assert printed["kv"]["note"].startswith("For testing only")


def test_the_version_is_printed(storage: Storage) -> None:
    assert storage("--version").out == f"storage {storage_core.__version__}\n"


@dataclasses.dataclass(frozen=True, kw_only=True, repr=False)
class TapeStorage(LocalStorage):
    """An eighth type, as a third party would declare it."""

    type: ClassVar[str] = "tape"
    label: ClassVar[str] = "A Tape Storage"
    description: ClassVar[str] = "Store data on a tape."

    reel: str = setting("Reel", "Which reel.", placeholder="A-1")
    drive_pin: str | None = setting("Drive PIN", "Opens the drive.", default=None, secret=True)


@pytest.fixture
def tape(monkeypatch: pytest.MonkeyPatch) -> None:
    """The eighth type, installed by its entry point."""
    from importlib import metadata

    point = metadata.EntryPoint("tape", f"{__name__}:TapeStorage", "storage_core.types")
    original = metadata.entry_points

    def entry_points(**wanted: str) -> metadata.EntryPoints:
        found = list(original(**wanted))
        if wanted.get("group") == "storage_core.types" and wanted.get("name", "tape") == "tape":
            found.append(point)
        return metadata.EntryPoints(found)

    monkeypatch.setattr(metadata, "entry_points", entry_points)


def test_an_eighth_type_gets_its_command_by_itself(
    storage: Storage, config: Path, tape: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIN", token_hex())
    help = storage("create", "tape", "--help").out
    assert "--reel TEXT" in help
    assert "Which reel.  [required]" in help
    assert "storage create tape --name my-tape --reel A-1" in help
    assert "A Tape Storage: Store data on a tape." in storage("create", "--help").out
    outcome = storage(
        *("create", "tape", "--name", "t", "--reel", "B", "--drive-pin", "env:PIN"),
        *("--storage-path", "/tape"),
    )
    assert (outcome.code, outcome.err) == (0, "")
    assert storage("ls", "--json").json["storages"][0]["settings"] == {
        "reel": "B",
        "drive_pin": "env:PIN",
        "storage_path": "/tape",
    }
    assert "tape" in storage("schema").json["$defs"]


def test_an_eighth_type_leaves_the_numbers_of_the_others(storage: Storage, tape: None) -> None:
    assert [cls.type for cls in all_types()][-2:] == ["temporary", "tape"]
    assert storage("types", "--json").json[-1]["type"] == "tape"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("storage se", {"set-default"}),
        ("storage show p", {"prod-results"}),
        ("storage write --to l", {"laptop"}),
        ("storage create s", {"s3"}),
        ("storage create file --key-type t", {"timestamp"}),
        ("storage edit laptop --storage-", {"--storage-path"}),
    ],
)
def test_the_shell_completes_commands_names_types_and_values(
    two: Path, words: str, expected: set[str]
) -> None:
    environment = {
        **os.environ,
        "_STORAGE_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
    }
    done = run_process(env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert {line.partition(",")[2] for line in done.stdout.splitlines()} == expected


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_completion_script(shell: str) -> None:
    done = run_process(env={**os.environ, "_STORAGE_COMPLETE": f"{shell}_source"})
    assert done.returncode == 0
    assert "_STORAGE_COMPLETE" in done.stdout
