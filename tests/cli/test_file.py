"""`path`, `validate` and `schema`; and what every command says to a file it cannot use."""

from __future__ import annotations

import json
import os
import shlex
import tomllib
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

from storage_core.types import all_types
from tests.cli.conftest import TWO, Outcome, run_process
from tui.features.commands import keymap

Storage = Callable[..., Outcome]


def test_the_path_is_printed_whether_the_file_exists_or_not(
    storage: Storage, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert storage("path") == Outcome(0, f"{home}/storage.toml\n".encode(), "")
    assert storage("path", "--json").json == {"path": f"{home}/storage.toml", "exists": False}
    monkeypatch.setenv("STORAGE_CONFIG", str(tmp_path / "a.toml"))
    assert storage("path").out == f"{tmp_path}/a.toml\n"
    assert storage("path", "--config", str(tmp_path / "b.toml")).out == f"{tmp_path}/b.toml\n"


def test_a_file_without_problems_is_valid(storage: Storage, two: Path, home: Path) -> None:
    assert storage("validate") == Outcome(0, f"{two}: no problems\n".encode(), "")
    assert storage("validate", "--json").json == {"path": str(two), "problems": [], "warnings": []}


def test_no_file_is_valid_unless_it_was_named(storage: Storage, home: Path, tmp_path: Path) -> None:
    assert storage("validate").code == 0
    outcome = storage("validate", str(tmp_path / "none.toml"))
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == f"error: there is no file {tmp_path}/none.toml\n"


def test_a_file_that_is_no_toml_is_named_once(storage: Storage, tmp_path: Path) -> None:
    file = tmp_path / "some.toml"
    for text in ("x = " + "9" * 5000, "x = " + "[" * 5000):
        file.write_text(text)
        assert storage("validate", str(file)).out.count(str(file)) == 1


@pytest.mark.parametrize(
    "command", [["ls"], ["validate"], ["doctor"], ["show", "a"], ["set-default", "a"], ["test"]]
)
def test_a_pipe_in_place_of_the_file_is_not_waited_for(tmp_path: Path, command: list[str]) -> None:
    os.mkfifo(tmp_path / "pipe")
    variables = {**os.environ, "STORAGE_CONFIG": str(tmp_path / "pipe")}
    done = run_process(*command, env=variables)
    assert done.returncode == 1
    assert "pipe, not a file" in " ".join((done.stdout + done.stderr).split())


def test_what_a_shell_hands_over_as_a_file_is_read(storage: Storage) -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as file:
        file.write(b'[storage.piped]\ntype = "temporary"\n')
    try:
        outcome = storage("ls", "--config", f"/dev/fd/{reading}")
    finally:
        os.close(reading)
    assert "piped" in outcome.out


def test_every_problem_is_printed_with_its_line(storage: Storage, tmp_path: Path) -> None:
    file = tmp_path / "some.toml"
    file.write_text(
        'version = "one"\n'
        'default = "gone"\n'
        "[storage.a]\n"
        'type = "s3"\n'
        'buckt = "b"\n'
        'region_name = ""\n'
        "[storage.b]\n"
        'id = "61354abf-7cc8-4c2c-b890-78b1f985a9fb"\n'
        'type = "temporary"\n'
        "[storage.c]\n"
        'id = "61354abf-7cc8-4c2c-b890-78b1f985a9fb"\n'
        'type = "temporary"\n'
        "[storage.d.e]\n"
        'type = "temporary"\n'
    )
    outcome = storage("validate", str(file))
    assert outcome.code == 1
    lines = outcome.out.splitlines()
    starts = [f"{file}:{line}: " for line in (1, 2, 3, 5, 6, 11, 13)]
    assert [line.startswith(start) for line, start in zip(lines, starts, strict=True)] == [True] * 7
    assert outcome.err == f"error: 7 problems in {file}\n"
    found = storage("validate", str(file), "--json")
    assert found.code == 1
    assert [problem["line"] for problem in found.json["problems"]] == [1, 2, 3, 5, 6, 11, 13]
    assert found.json["problems"][3]["name"] == "a"


def test_plain_secrets_in_a_file_that_others_can_read_are_warned_of(
    storage: Storage, two: Path
) -> None:
    secret = token_hex(16)
    two.write_text(two.read_text().replace("env:PROD_S3_SECRET", secret))
    two.chmod(0o600)
    private = storage("validate")
    assert private.code == 0
    assert private.err.startswith(f"warning: {two}:10: AWS Secret Access Key stands in the file")
    assert "storage move-secret prod-results keyring:storage/prod-results" in private.err
    assert "mode" not in private.err
    two.chmod(0o644)
    for command in ("validate", "ls"):
        outcome = storage(command)
        assert outcome.code == 0
        assert f"{two} has the mode 0644 and holds secrets as they are" in outcome.err
        assert "prod-results (AWS Secret Access Key)" in outcome.err
        assert secret not in outcome.err + outcome.out
    assert len(storage("validate", "--json").json["warnings"]) == 2
    assert storage("validate", "--fix").code == 0
    assert two.stat().st_mode & 0o777 == 0o600
    assert storage("ls").err == ""


@pytest.mark.parametrize(
    ("options", "line", "key"),
    [
        ('options = {{port = 22, password = "{}"}}\n', 4, "password"),
        ('[storage.f.options]\nport = 22\npassword = "{}"\n', 6, "password"),
        ('[storage.f.options.a]\ntoken = "{}"\n', 5, "a.token"),
    ],
)
def test_a_plain_secret_in_options_is_warned_of_and_not_shown(
    storage: Storage, config: Path, options: str, line: int, key: str
) -> None:
    secret = token_hex(16)
    head = '[storage.f]\ntype = "file"\nbase_path = "sftp://me@host/x"\n'
    config.write_text(head + options.format(secret))
    config.chmod(0o600)
    outcome = storage("validate")
    assert outcome.code == 0
    assert outcome.err == (
        f"warning: {config}:{line}: f: {key} in Options stands in the file as it is; write "
        '{ref = "env:NAME"} in its place\n'
    )
    assert secret not in outcome.out + outcome.err
    assert "a secret stands in the file as it is" in storage("doctor").out
    own = config.parent / "own.toml"
    own.write_text('include = ["storage.toml"]\n')
    beneath = storage("validate", str(own)).err
    assert f"{config}:{line}: f: {key} in Options stands in the file as it is, for all" in beneath
    config.write_text(head + 'options = {password = {ref = "env:PASS"}, key_filename = "/k/id"}\n')
    config.chmod(0o644)
    assert storage("validate").err == ""


def test_a_password_in_a_url_is_warned_of_and_not_shown(storage: Storage, config: Path) -> None:
    secret = token_hex(16)
    config.write_text(f'[storage.f]\ntype = "file"\nbase_path = "ftp://me:{secret}@host/x"\n')
    config.chmod(0o644)
    outcome = storage("validate")
    clear, exposed, stored = outcome.err.splitlines()
    assert outcome.code == 0
    assert f"{config}:3: f: base_path: the password travels in plain text" in clear
    assert "holds secrets as they are: f (Base Path); run: storage validate --fix" in exposed
    assert f"{config}:3: f: the password in Base Path stands in the file as it is" in stored
    assert secret not in outcome.out + outcome.err


def test_remapped_keys_that_the_app_does_not_take_are_warned_of_in_its_words(config: Path) -> None:
    config.write_text(
        '[app.keys]\nnew = "ctrl+x"  # fine\nsav = "x"\nsort = "ctrl"\nsave = "s"\ndelete = "t"\n'
    )
    config.chmod(0o600)
    expected = [
        f"{config}:3: app.keys.sav is no command; `?` lists them",
        f'{config}:4: app.keys.sort is no key; write something like "ctrl+n" or "N"',
        f'{config}:5: app.keys.save: s is typed into fields; choose one such as "ctrl+t"',
        f"{config}:6: app.keys.delete: t is the key of Test; choose another key",
    ]
    _, notes = keymap(tomllib.loads(config.read_text()))
    assert [f"{config}:{line}: {note}" for line, note in enumerate(notes, 3)] == expected
    done = run_process("validate", program="tui")
    assert (done.returncode, done.stdout) == (0, f"{config}: no problems\n")
    assert done.stderr.splitlines() == [f"warning: {each}" for each in expected]
    printed = run_process("validate", "--json", program="tui")
    assert (printed.returncode, printed.stderr) == (0, "")
    assert json.loads(printed.stdout)["warnings"] == expected


def test_keys_that_are_no_table_are_warned_of_with_their_line(config: Path) -> None:
    config.write_text("version = 1\n[app]\nkeys = 7\n")
    done = run_process("validate", program="tui")
    assert done.returncode == 0
    assert done.stderr == (
        f"warning: {config}:3: app.keys must be a table; its keys are left as they are\n"
    )


@pytest.mark.parametrize(
    ("content", "arguments", "advised"),
    [
        ("", ("ls",), "create"),
        ("", ("test", "--all"), "create"),
        ("", ("create",), "create TYPE --name NAME …"),
        (TWO, ("show", "nothing"), "ls"),
        (TWO, ("read", "results/x", "--from", "nothing"), "ls"),
        (TWO, ("restore", "7"), "restore"),
        (TWO.replace("env:", ""), ("ls",), "validate --fix"),
        (
            TWO.replace("env:", ""),
            ("validate",),
            (
                "move-secret prod-results keyring:storage/prod-results/aws_secret_access_key "
                "--setting aws_secret_access_key"
            ),
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_advice_is_about_the_file_that_was_named(
    storage: Storage,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    content: str,
    arguments: tuple[str, ...],
    advised: str,
) -> None:
    file = tmp_path / "a folder" / "storage.toml"
    file.parent.mkdir()
    file.write_text(content)
    file.chmod(0o644)
    named = storage(*arguments, "--config", str(file))
    assert f"storage {advised} --config {shlex.quote(str(file))}" in named.out + named.err
    monkeypatch.setenv("STORAGE_CONFIG", str(file))
    usual = storage(*arguments)
    assert f"storage {advised}" in usual.out + usual.err
    assert "--config" not in usual.out + usual.err


def test_a_list_of_versions_says_how_to_bring_one_of_that_file_back(
    storage: Storage, tmp_path: Path
) -> None:
    file = str(tmp_path / "other.toml")
    for name in ("a", "b"):
        assert storage("create", "temporary", "--name", name, "--config", file).code == 0
    last = storage("restore", "--config", file).out.splitlines()[-1]
    assert last.endswith(f": storage restore NUMBER --config {shlex.quote(file)}")


COMMANDS = [
    ("ls",),
    (),
    ("ls", "--json"),
    ("show", "x"),
    ("set-default", "x"),
    ("reset-default",),
    ("create", "temporary", "--name", "new"),
    ("edit", "x", "--timeout", "3"),
    ("rename", "x", "y"),
    ("duplicate", "x", "y"),
    ("delete", "x", "--yes"),
    ("test", "x"),
    ("test", "--all"),
    ("write",),
    ("read", "results/x"),
    ("blobs",),
    ("rm", "results/x"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'version = 1\n[storage.x]\ntype = "local\n', ":3: not TOML: "),
        (b"[storage.x]\ntype = 'temporary'\n[storage.x]\n", ":3: not TOML: "),
        (b"# \xff\n", ":1: not UTF-8 text; save the file as UTF-8"),
    ],
    ids=["open quote", "table twice", "not UTF-8"],
)
def test_a_file_that_cannot_be_read_is_one_line_with_the_place_and_stays(
    storage: Storage, config: Path, content: bytes, said: str, command: tuple[str, ...]
) -> None:
    config.write_bytes(content)
    outcome = storage(*command)
    assert (outcome.code, outcome.output) == (1, b"")
    assert outcome.err.startswith(f"error: {config}{said}")
    assert outcome.err.count("\n") == 1
    assert config.read_bytes() == content
    assert list(config.parent.iterdir()) == [config] or command[0] in _CHANGES


_CHANGES = ("set-default", "reset-default", "create", "edit", "rename", "duplicate", "delete")
"""Commands that lock the file, for which another file stands beside it."""


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_folder_in_place_of_the_file_is_said_in_one_line(
    storage: Storage, config: Path, command: tuple[str, ...]
) -> None:
    config.mkdir()
    outcome = storage(*command)
    assert (outcome.code, outcome.output) == (1, b"")
    assert outcome.err.startswith("error: ")
    assert f"{config}" in outcome.err
    assert " is a folder" in outcome.err
    assert "--config or STORAGE_CONFIG" in outcome.err
    assert outcome.err.count("\n") == 1
    assert config.is_dir()


def test_a_file_that_is_not_toml_is_a_problem_with_its_line(storage: Storage, config: Path) -> None:
    config.write_text("a = 1\nb =\n")
    outcome = storage("validate")
    assert outcome.code == 1
    assert outcome.out.startswith(f"{config}:2: not TOML: ")
    (problem,) = storage("validate", "--json").json["problems"]
    assert problem["line"] == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[storage.x]\ntype = "s33"\n',
            ":2: [storage.x]: type 's33' is unknown; did you mean 's3'?",
        ),
        ('[storage.x]\n\nbucket = "b"\n', ":1: [storage.x]: type is missing; add a line such as"),
        ('[storage.x]\ntype = "s3"\n', ":1: [storage.x]: bucket is missing; add bucket (Bucket)"),
        (
            '[storage.x]\ntype = "s3"\nbucket = 3\n',
            ":3: [storage.x]: bucket must be text in quotes",
        ),
        (
            '[storage.x]\ntype = "s3"\nbucket = "b"\nregon_name = "r"\n',
            ":4: [storage.x]: regon_name is not a setting of S3 Storage; did you mean region_name?",
        ),
    ],
)
def test_using_a_broken_configuration_says_where_and_what_to_do(
    storage: Storage, config: Path, text: str, said: str
) -> None:
    config.write_text(text)
    for command in (("set-default", "x"), ("duplicate", "x", "z")):
        outcome = storage(*command)
        assert (outcome.code, outcome.out) == (1, "")
        assert outcome.err.startswith(f"error: {config}{said}")
        assert outcome.err.count("\n") == 1
    assert f"{config}{said}" in storage("ls").out
    assert config.read_text() == text


def test_two_configurations_with_one_id_are_listed_and_that_id_names_neither(
    storage: Storage, config: Path
) -> None:
    shared = "61354abf-7cc8-4c2c-b890-78b1f985a9fb"
    config.write_text(
        f'[storage.y]\nid = "{shared}"\ntype = "temporary"\n'
        f'[storage.x]\nid = "{shared}"\ntype = "temporary"\n'
    )
    assert f"{config}:5: [storage.x]: id is also that of [storage.y]" in storage("ls").out
    outcome = storage("show", shared)
    assert outcome.code == 1
    assert outcome.err.startswith(f"error: {config}:5: the ID {shared} stands in several ")
    assert "'y', 'x'" in outcome.err
    assert "use the name, and give each its own ID" in outcome.err


def test_the_command_that_moves_a_secret_takes_no_name_for_an_option(
    storage: Storage, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other.toml"
    secret = token_hex(8)
    other.write_text(f'[storage.-k]\ntype = "kv"\napi_address = "http://h"\ntoken = "{secret}"\n')
    other.chmod(0o600)
    said = storage("validate", "--config", str(other)).err
    command = shlex.split(said.partition("; run: storage ")[2])
    assert command[-3:] == ["--", "-k", "keyring:storage/-k/token"]
    monkeypatch.setenv("K_TOKEN", secret)
    assert storage(*command[:-1], "env:K_TOKEN").code == 0
    assert 'token = "env:K_TOKEN"' in other.read_text()


def test_the_schema_defines_each_type_from_its_declaration(storage: Storage) -> None:
    schema: dict[str, Any] = storage("schema").json
    assert schema == storage("schema", "--json").json
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    definitions = schema["$defs"]
    for cls in all_types():
        definition = definitions[cls.type]
        assert definition["additionalProperties"] is False
        assert definition["properties"]["type"] == {"const": cls.type}
        names = [setting.name for setting in cls.settings()]
        assert list(definition["properties"]) == ["id", "type", *names]
        assert definition["required"] == ["type", *(s.name for s in cls.settings() if s.required)]
        for setting in cls.settings():
            found = definition["properties"][setting.name]
            assert found["title"] == setting.label
            assert found["description"].startswith(setting.help)
            assert found.get("writeOnly", False) is setting.secret
            assert ({"$ref": "#/$defs/reference"} in found.get("anyOf", ())) is setting.reference
    assert {each["$ref"] for each in definitions["configuration"]["oneOf"]} == {
        f"#/$defs/{cls.type}" for cls in all_types()
    }
    assert definitions["azure"]["allOf"] == [
        {"oneOf": [{"required": ["connection_string"]}, {"required": ["account_name"]}]}
    ]


def test_the_schema_agrees_with_validate_on_what_is_empty_or_too_much(
    storage: Storage, config: Path
) -> None:
    definitions = storage("schema").json["$defs"]
    s3 = definitions["s3"]["properties"]
    assert "minLength" not in s3["prefix"]
    assert s3["bucket"]["minLength"] == s3["region_name"]["minLength"] == 1
    assert (s3["timeout"]["exclusiveMinimum"], s3["timeout"]["maximum"]) == (0, 86400)
    # In `validate`, the same.
    for settings, code in (
        ('prefix = ""\ntimeout = 86400', 0),
        ('region_name = ""', 1),
        ("timeout = 86401", 1),
        ("timeout = 0", 1),
    ):
        config.write_text(f'[storage.x]\ntype = "s3"\nbucket = "b"\n{settings}\n')
        assert storage("validate").code == code, settings
    config.write_text(
        '[storage.x]\ntype = "azure"\ncontainer = "c"\naccount_name = "a"\n'
        'connection_string = "env:AZURE"\n'
    )
    assert "account_name goes instead of Connection String" in storage("validate").out
