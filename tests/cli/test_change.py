"""`set-default`, `reset-default`, `edit`, `rename`, `duplicate` and `delete`."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

from storage_core.config import history
from storage_core.config.file import ConfigFile
from storage_core.config.transaction import Transaction
from tests.cli.conftest import Outcome

Storage = Callable[..., Outcome]
PROD_ID = "61354abf-7cc8-4c2c-b890-78b1f985a9fb"
LAPTOP_ID = "a0286a5b-1b1b-4c4c-8d8d-2e2e2e2e2e2e"


def tables(config: Path) -> dict[str, Any]:
    return tomllib.loads(config.read_text())


@pytest.mark.parametrize("ref", ["laptop", LAPTOP_ID, LAPTOP_ID.upper(), "a028"])
def test_the_default_is_set_by_name_id_or_start_of_id(
    storage: Storage, two: Path, ref: str
) -> None:
    assert storage("set-default", ref) == Outcome(0, b"Updated default storage!\n", "")
    assert tables(two)["default"] == "laptop"
    assert "# ours" in two.read_text()


def test_the_default_is_cleared(storage: Storage, two: Path) -> None:
    assert storage("reset-default") == Outcome(0, b"Cleared default storage!\n", "")
    assert "default" not in tables(two)
    # Also when there is none.
    assert storage("reset-default") == Outcome(0, b"Cleared default storage!\n", "")


def test_the_default_commands_print_json(storage: Storage, two: Path) -> None:
    assert storage("set-default", "laptop", "--json").json == {"default": "laptop"}
    assert storage("reset-default", "--json").json == {"default": None}


def test_setting_a_default_that_is_overridden_says_so(
    storage: Storage, two: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORAGE_DEFAULT", "prod-results")
    outcome = storage("set-default", "laptop")
    assert outcome.out == "Updated default storage!\n"
    assert "STORAGE_DEFAULT makes prod-results the default" in outcome.err


def test_edit_changes_what_is_named_and_nothing_else(storage: Storage, two: Path) -> None:
    before = tables(two)
    outcome = storage(
        *("edit", "6135", "--bucket", "other", "--timeout", "30"),
        *("--unset", "region-name", "--protected"),
    )
    assert outcome == Outcome(0, b"Updated S3 Storage prod-results\n", "")
    after = tables(two)
    table = before["storage"]["prod-results"]
    del table["region_name"]
    table |= {"bucket": "other", "timeout": 30, "protected": True}
    assert after == before
    assert "# ours" in two.read_text()


def test_edit_prints_the_configuration_as_json(storage: Storage, two: Path) -> None:
    outcome = storage("edit", "laptop", "--storage-path", "/new", "--json")
    assert outcome.json == storage("show", "laptop", "--json").json
    assert outcome.json["location"] == "/new"


def test_edit_changes_single_keys_of_options(storage: Storage, two: Path) -> None:
    for arguments in (
        ("--options", "requester_pays=true", "--options", "client_kwargs.verify=/a.pem"),
        ("--options", "anon=false"),
        ("--unset", "options.requester_pays"),
    ):
        assert storage("edit", "prod-results", *arguments).code == 0
    assert tables(two)["storage"]["prod-results"]["options"] == {
        "client_kwargs": {"verify": "/a.pem"},
        "anon": False,
    }
    assert storage("edit", "prod-results", "--unset", "options").code == 0
    assert "options" not in tables(two)["storage"]["prod-results"]


def test_a_secret_in_options_is_warned_of_where_others_can_see_it(
    storage: Storage, two: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("X", "x")
    options = ("anon=false", "password=x", "client.auth_token=x", 'api_key={ref="env:X"}')
    arguments = [part for each in options for part in ("--options", each)]
    outcome = storage("edit", "prod-results", *arguments)
    assert outcome.code == 0
    assert outcome.err.splitlines() == [
        "warning: others on this machine can see the value of --options "
        f'{key} among the process arguments; write {key}={{ref="env:NAME"}}'
        for key in ("password", "client.auth_token")
    ]


def test_edit_keeps_what_another_program_puts_into_options_meanwhile(
    storage: Storage, two: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    transaction = ConfigFile.transaction

    def overtaken(file: ConfigFile) -> AbstractContextManager[Transaction]:
        monkeypatch.setattr(ConfigFile, "transaction", transaction)
        ConfigFile(two).update("prod-results", options={"theirs": 1})
        return transaction(file)

    monkeypatch.setattr(ConfigFile, "transaction", overtaken)
    assert storage("edit", "prod-results", "--options", "mine=2").code == 0
    assert tables(two)["storage"]["prod-results"]["options"] == {"theirs": 1, "mine": 2}


def test_edit_mends_a_broken_table(storage: Storage, config: Path) -> None:
    config.write_text('[storage.bad]\ntype = "s3"\nbuckt = "b"\n"a.b" = 1\n')
    outcome = storage("edit", "bad", "--unset", "buckt", "--unset", "a.b", "--bucket", "acme")
    assert (outcome.code, outcome.err) == (0, "")
    assert storage("validate").code == 0


def test_an_edit_beside_a_mistake_says_where_the_mistake_is(storage: Storage, config: Path) -> None:
    config.write_text('[storage.bad]\ntype = "s3"\nbucket = "b"\nbuckt = "b"\n')
    outcome = storage("edit", "bad", "--timeout", "3")
    assert outcome.code == 1
    assert outcome.err.startswith(f"error: {config}:4: [storage.bad]: buckt is not a setting")


def test_edit_takes_a_secret_from_standard_input(storage: Storage, two: Path) -> None:
    outcome = storage(
        "edit", "prod-results", "--aws-secret-access-key", "-", stdin=b"from-a-pipe\n"
    )
    assert (outcome.code, outcome.err) == (0, "")
    assert tables(two)["storage"]["prod-results"]["aws_secret_access_key"] == "from-a-pipe"
    assert "from-a-pipe" not in outcome.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "nothing to change"),
        (("--prefix", ""), "give it a value, or remove it with --unset prefix"),
        (("--storage-path", "/x"), "--storage-path is no setting of S3 Storage; it has --bucket"),
        (("--unset", "colour"), "has no setting of this name"),
        (("--unset", "bucket"), "give it another value with --bucket"),
        (("--unset", "options.x"), "there is no options.x"),
        (("--unset", "prefix", "--prefix", "x"), "both set and unset"),
        (("--timeout", "never"), "--timeout must be a number"),
        (("--bucket", ""), "--bucket is empty"),
    ],
)
def test_a_wrong_edit_is_wrong_usage_and_changes_nothing(
    storage: Storage, two: Path, arguments: tuple[str, ...], said: str
) -> None:
    before = two.read_text()
    outcome = storage("edit", "prod-results", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert said in outcome.err
    assert outcome.err.startswith("error: ")
    assert outcome.err.count("\n") == 1
    assert two.read_text() == before


def test_one_of_two_settings_can_be_unset_only_for_the_other(
    storage: Storage, config: Path
) -> None:
    config.write_text('[storage.a]\ntype = "azure"\ncontainer = "c"\naccount_name = "acme"\n')
    outcome = storage("edit", "a", "--unset", "account-name")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == (
        "error: account_name cannot be unset, as Azure Blob Storage requires it or "
        "connection_string; give --connection-string as well\n"
    )
    reference = ("--connection-string", "env:AZURE")
    assert storage("edit", "a", "--unset", "account-name", *reference).code == 0
    assert storage("edit", "a", "--unset", "connection_string").code == 2
    assert tables(config)["storage"]["a"]["connection_string"] == "env:AZURE"


def test_renaming_carries_the_default_along(storage: Storage, two: Path) -> None:
    outcome = storage("rename", PROD_ID, "production")
    assert outcome == Outcome(0, b"Renamed prod-results to production\n", "")
    assert tables(two)["default"] == "production"
    assert tables(two)["storage"]["production"]["id"] == PROD_ID
    assert storage("rename", "production", "prod", "--json").json["name"] == "prod"


def test_a_duplicate_has_an_id_of_its_own(storage: Storage, two: Path) -> None:
    outcome = storage("duplicate", "6135", "staging")
    copy = tables(two)["storage"]["staging"]
    original = tables(two)["storage"]["prod-results"]
    assert outcome.out == f"Duplicated prod-results as staging\nID: {copy['id']}\n"
    assert copy.pop("id") != original.pop("id")
    assert copy == original
    assert storage("duplicate", "laptop", "copy", "--json").json["name"] == "copy"


@pytest.mark.parametrize("form", ["setting", "options", "url"])
def test_a_secret_copied_into_a_file_that_others_can_read_is_warned_of(
    storage: Storage, config: Path, form: str
) -> None:
    secret = token_hex(16)
    body = {
        "setting": f'type = "kv"\napi_address = "http://127.0.0.1:1"\ntoken = "{secret}"\n',
        "options": f'type = "s3"\nbucket = "b"\noptions = {{password = "{secret}"}}\n',
        "url": f'type = "file"\nbase_path = "sftp://me:{secret}@h/x"\n',
    }[form]
    team = config.parent / "team.toml"
    team.write_text(f"[storage.plain]\n{body}")
    config.write_text('include = ["team.toml"]\n')
    config.chmod(0o644)
    for arguments in ("plain", "plain", "--here"), ("plain", "again"):
        outcome = storage("duplicate", *arguments)
        assert outcome.code == 0
        assert f"warning: {config} has the mode 0644 and holds secrets as they are" in outcome.err
        assert f"{arguments[1]} (" in outcome.err
        assert secret not in outcome.out + outcome.err
    assert storage("delete", "again", "--yes").code == 0
    assert "has the mode 0644" in storage("restore", "1", "--yes").err
    config.chmod(0o600)
    assert storage("duplicate", "plain", "private").err == ""


def test_deleting_the_default_resets_it(storage: Storage, two: Path) -> None:
    outcome = storage("delete", "prod-results", "--yes")
    assert outcome.code == 0
    assert outcome.out.splitlines() == [
        "Deleted prod-results",
        "It was the default; now Temporary Local Storage is.",
    ]
    assert "default" not in tables(two)
    assert list(tables(two)["storage"]) == ["laptop"]


def test_delete_prints_what_is_gone_as_json(storage: Storage, two: Path) -> None:
    outcome = storage("delete", LAPTOP_ID, "--yes", "--json")
    assert outcome.json == {"deleted": {"id": LAPTOP_ID, "name": "laptop"}}


def test_without_a_terminal_deleting_needs_yes(storage: Storage, two: Path) -> None:
    outcome = storage("delete", "laptop", stdin=b"y\n")
    assert outcome.code == 2
    assert outcome.err == (
        "error: there is no terminal to ask on; add --yes to delete without a question\n"
    )
    assert "laptop" in tables(two)["storage"]


def test_a_protected_one_is_not_deleted_by_yes_but_by_its_name(storage: Storage, two: Path) -> None:
    two.write_text(two.read_text() + "protected = true\n")
    outcome = storage("delete", "laptop", "--yes")
    assert outcome.code == 2
    assert "'laptop' is protected, so give its name with --confirm NAME" in outcome.err
    outcome = storage("delete", "laptop", "--confirm", "prod-results")
    assert outcome.code == 2
    assert "laptop" in tables(two)["storage"]
    assert storage("delete", "laptop", "--confirm", "laptop").code == 0
    assert "laptop" not in tables(two)["storage"]


@pytest.mark.parametrize("value", ["1", '"yes"', "[]"])
def test_a_mistake_in_a_table_does_not_lift_its_protection(
    storage: Storage, config: Path, value: str
) -> None:
    config.write_text(f'[storage.x]\ntype = "temporary"\nprotected = {value}\n')
    assert storage("delete", "x", "--yes").code == 2


def test_a_broken_table_can_be_deleted(storage: Storage, config: Path) -> None:
    config.write_text('[storage.bad]\ntype = "s4"\n')
    assert storage("delete", "bad", "--yes").code == 0
    assert "storage" not in tables(config)


@pytest.mark.parametrize("arguments", [("delete", "--yes"), ("rename", "new")])
def test_the_start_of_an_id_is_not_enough_to_delete_or_rename(
    storage: Storage, two: Path, arguments: tuple[str, str]
) -> None:
    before = two.read_text()
    command, rest = arguments
    outcome = storage(command, "a028", rest)
    assert outcome.code == 3
    assert two.read_text() == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("show", "nope"),
        ("set-default", "nope"),
        ("edit", "nope", "--timeout", "3"),
        ("rename", "nope", "new"),
        ("duplicate", "nope", "new"),
        ("delete", "nope", "--yes"),
        ("test", "nope"),
        ("write", "--to", "nope"),
        ("read", "results/x", "--from", "nope"),
        ("blobs", "nope"),
        ("rm", "results/x", "--from", "nope"),
    ],
)
def test_a_ref_that_names_nothing_is_not_found(
    storage: Storage, two: Path, arguments: tuple[str, ...]
) -> None:
    outcome = storage(*arguments)
    assert (outcome.code, outcome.out) == (3, "")
    assert outcome.err.startswith("error: no storage configuration 'nope'")
    assert outcome.err.count("\n") == 1


@pytest.mark.parametrize("command", ["rename", "duplicate"])
def test_a_taken_name_is_a_failure_and_an_unusable_one_wrong_usage(
    storage: Storage, two: Path, command: str
) -> None:
    before = two.read_text()
    outcome = storage(command, "laptop", "prod-results")
    assert outcome.code == 1
    assert "is taken" in outcome.err
    outcome = storage(command, "laptop", PROD_ID)
    assert outcome.code == 2
    assert "must not look like an ID" in outcome.err
    assert two.read_text() == before


def test_a_file_of_a_newer_version_is_read_and_never_rewritten(storage: Storage, two: Path) -> None:
    two.write_text(two.read_text().replace("version = 1", "version = 2"))
    before = two.read_text()
    outcome = storage("ls")
    assert outcome.code == 0
    assert "version 2 is newer" in outcome.err
    for arguments in (
        ("create", "temporary", "--name", "x"),
        ("set-default", "laptop"),
        ("reset-default",),
        ("edit", "laptop", "--storage-path", "/x"),
        ("rename", "laptop", "x"),
        ("duplicate", "laptop", "x"),
        ("delete", "laptop", "--yes"),
    ):
        outcome = storage(*arguments)
        assert outcome.code == 1, arguments
        assert "newer than this program knows" in outcome.err
    assert two.read_text() == before


def test_edit_that_gives_a_secret_up_for_a_reference_takes_it_out_of_the_history(
    storage: Storage, two: Path
) -> None:
    secret = token_hex(20)
    storage("edit", "prod-results", "--aws-secret-access-key", secret)
    storage("edit", "prod-results", "--prefix", "team")
    versions = history.versions(str(two))
    assert secret in history.text_of(versions[0])
    outcome = storage("edit", "prod-results", "--aws-secret-access-key", "env:PROD_S3_SECRET")
    assert outcome.code == 0
    assert secret not in two.read_text()
    files = history.files(str(two))
    assert len(files) == 4  # three versions, and what was saved
    assert not [each for each in files if secret in Path(each).read_text()]
