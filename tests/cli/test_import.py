"""`storage import`: what was found, what is asked, what is written."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex
from typing import Any

import pexpect
import pytest

from tests.cli.conftest import Outcome, ended
from tests.importing.prefect_home import PrefectHome

Storage = Callable[..., Outcome]
Terminal = Callable[..., pexpect.spawn]

SECRET = token_hex(20)
KEYS = {"aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": SECRET}


def tables(config: Path) -> dict[str, Any]:
    return tomllib.loads(config.read_text())["storage"] if config.exists() else {}


@pytest.fixture
def made(config: Path, tmp_path: Path) -> PrefectHome:
    """A home of Prefect's with a default, what asks for a bucket, and what cannot be imported."""
    made = PrefectHome(config.parent, beta=True)
    made.add("Local Storage", "laptop", {"storage_path": str(tmp_path / "data")})
    made.add("S3 Storage", "prod", {"bucket": "acme", **KEYS}, default=True)
    made.add("AWS Credentials", "corp", {"profile_name": "corp"})
    made.add("SMB", "share", {"share_path": "x", "smb_password": SECRET})
    return made


def test_what_was_found_is_shown_and_nothing_is_written(
    storage: Storage, made: PrefectHome, config: Path
) -> None:
    outcome = storage("import", "--dry-run")
    assert (outcome.code, outcome.err) == (0, "")
    assert not config.exists()
    text = " ".join(outcome.out.split())
    assert f"1 prefect block aws-credentials/corp corp S3 Storage {made.path}" in text
    assert "asks for its bucket" in text
    assert "prefect block s3-storage/prod prod S3 Storage s3://acme" in text
    assert "AWS Secret Access Key is copied; `storage move-secret` takes it out" in text
    assert "cannot be imported: it is a Windows share; mount it, and use Local Storage" in text
    assert text.endswith("3 can be imported, 1 cannot be.")


def test_yes_takes_what_needs_no_answer_and_says_what_is_left_out(
    storage: Storage, made: PrefectHome, config: Path
) -> None:
    outcome = storage("import", "--yes")
    assert outcome.code == 0
    assert "left out: corp: its Bucket is not known; give it with --bucket corp=BUCKET" in (
        outcome.err
    )
    assert "prod is the default now." in outcome.out
    assert [*tables(config)] == ["laptop", "prod"]
    assert tomllib.loads(config.read_text())["default"] == "prod"
    before = config.read_bytes()
    again = storage("import", "--yes")
    assert (again.code, config.read_bytes()) == (0, before)
    assert "1 can be imported, 2 there already, 1 cannot be." in again.out


def test_all_fails_where_an_answer_is_missing_and_writes_nothing(
    storage: Storage, made: PrefectHome, config: Path
) -> None:
    outcome = storage("import", "--all")
    assert outcome.code == 2
    assert "the bucket of corp; add --bucket 'corp=BUCKET', or --yes" in outcome.err
    assert not config.exists()
    outcome = storage("import", "prefect", "--all", "--bucket", "corp=acme/team")
    assert outcome.code == 0
    assert tables(config)["corp"] == {
        "id": tables(config)["corp"]["id"],
        "type": "s3",
        "bucket": "acme",
        "prefix": "team",
        "profile_name": "corp",
    }


def test_without_a_terminal_it_asks_nothing(
    storage: Storage, made: PrefectHome, config: Path
) -> None:
    outcome = storage("import")
    assert outcome.code == 2
    assert outcome.err == (
        "error: there is no terminal to ask on; add --yes to take what needs no answer, or "
        "--dry-run to see what there is\n"
    )
    assert not config.exists()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["bogus"], 2, "error: no tool 'bogus'; known are "),
        (["aws", "nope"], 1, "nope: does not exist; correct the path\n"),
        (["prefect", "nope"], 1, "nope: does not exist; correct the path\n"),
        (["dvc", "nope"], 1, "nope: does not exist; correct the path\n"),
        (["gcloud", "nope"], 1, "nope: does not exist; correct the path\n"),
    ],
)
def test_without_a_terminal_a_wrong_tool_or_path_is_said_first(
    storage: Storage, arguments: list[str], code: int, said: str
) -> None:
    outcome = storage("import", *arguments)
    assert (outcome.code, said in outcome.err) == (code, True), outcome.err
    assert "terminal" not in outcome.err


def test_a_name_that_is_taken_gets_a_proposal(
    storage: Storage, made: PrefectHome, config: Path
) -> None:
    storage("create", "local", "--name", "prod", "--storage-path", "/data")
    outcome = storage("import", "--yes")
    assert "the name 'prod' is taken" in outcome.out
    assert tables(config)["prod"]["type"] == "local"
    assert tables(config)["prod-prefect"]["bucket"] == "acme"


def test_a_default_that_there_is_stays(storage: Storage, made: PrefectHome, config: Path) -> None:
    storage("create", "local", "--name", "mine", "--storage-path", "/data", "--default")
    assert "default now" not in storage("import", "--yes").out
    assert tomllib.loads(config.read_text())["default"] == "mine"


def test_json_has_everything_and_no_secret(
    storage: Storage, made: PrefectHome, config: Path
) -> None:
    outcome = storage("import", "--yes", "--json")
    assert SECRET not in outcome.out + outcome.err
    found = {each["found_name"]: each for each in outcome.json["found"]}
    assert {name: each["state"] for name, each in found.items()} == {
        "corp": "asks",
        "laptop": "new",
        "prod": "new",
        "share": "cannot",
    }
    assert found["prod"]["settings"]["aws_secret_access_key"] == "********"
    assert found["prod"]["place"] == str(made.path)
    assert [each["name"] for each in outcome.json["imported"]] == ["laptop", "prod"]
    assert outcome.json["default"] == "prod"
    # It is in the file, so the search would have found it.
    assert SECRET in config.read_text()


def test_no_secret_is_in_any_output(storage: Storage, made: PrefectHome, config: Path) -> None:
    options = ["basepath", "s3://acme/x"], ["settings", {"key": "k", "secret": SECRET}]
    made.add("Remote File System", "remote", dict(options))
    made.add("KV Server Storage", "kv", {"api_address": f"http://me:{SECRET}@localhost:1/kv"})
    made.add("S3 Storage", "odd", {"bucket": f"{SECRET} {SECRET}", **KEYS})
    for arguments in (["--dry-run"], ["--dry-run", "--json"], ["--yes", "--json"], ["--yes"]):
        outcome = storage("import", *arguments)
        assert outcome.code == 0
        assert SECRET not in outcome.out + outcome.err
    assert config.read_text().count(SECRET) == 3


def test_a_tool_that_cannot_be_read_hides_no_other(
    storage: Storage, made: PrefectHome, config: Path
) -> None:
    made.path.with_name("prefect.db").write_text("no database")
    outcome = storage("import", "--yes")
    assert outcome.code == 1
    assert "error: prefect: " in outcome.err
    assert outcome.err.endswith("error: could not be read: prefect\n")
    assert storage("import", "--dry-run").code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["prefct"], "no tool 'prefct'; did you mean prefect?"),
        (["prefect", "--yes", "--bucket", "nobody=acme"], "nothing is called nobody; these ask"),
        (["prefect", "--yes", "--bucket", "prod=acme"], "prod asks for none"),
    ],
)
def test_what_means_nothing_is_wrong_usage(
    storage: Storage, made: PrefectHome, arguments: list[str], said: str
) -> None:
    outcome = storage("import", *arguments, "--dry-run")
    assert outcome.code == 2
    assert said in outcome.err


def test_a_tool_that_has_nothing_here_is_a_failure(storage: Storage, config: Path) -> None:
    outcome = storage("import", "prefect", "--yes")
    assert outcome.code == 1
    assert outcome.err.startswith("error: there is nothing of Prefect to import; looked in ")
    outcome = storage("import", "--yes")
    assert (outcome.code, outcome.out) == (0, "Nothing of another tool was found.\n")
    # Only looking is no failure; but at a path that is named there should be something.
    looked = storage("import", "prefect", "--dry-run")
    assert (looked.code, looked.out) == (0, "Nothing of another tool was found.\n")
    assert looked.err.startswith("there is nothing of Prefect to import; looked in ")
    assert storage("import", "prefect", str(config.parent), "--dry-run").code == 1


def test_from_import_to_a_tested_default_in_under_ten_keys(
    terminal: Terminal, config: Path, tmp_path: Path
) -> None:
    made = PrefectHome(config.parent)
    made.add("Local File System", "laptop", {"basepath": str(tmp_path / "data")})
    child = terminal("import")
    keys = 0
    for question in (r"Import it\? \[Y/n\]: ", r"the default\? \[Y/n\]: ", r"now\? \[Y/n\]: "):
        child.expect(question)
        child.send("\r")
        keys += 1
    child.expect("works")
    assert ended(child) == 0
    assert keys < 10
    assert tomllib.loads(config.read_text())["default"] == "laptop"


def test_what_is_chosen_is_asked_for_its_bucket_and_name(
    terminal: Terminal, storage: Storage, made: PrefectHome, config: Path
) -> None:
    storage("create", "local", "--name", "laptop", "--storage-path", "/other")
    child = terminal("import")
    child.expect_exact("Import which?")
    child.sendline("9")
    child.expect_exact("Type numbers from 1 to 3")
    child.expect_exact("Import which?")
    child.sendline("1-2")
    child.expect_exact("Bucket for corp (Enter leaves it out): ")
    child.sendline("a bucket")
    child.expect_exact("Bucket must not contain spaces")
    child.expect_exact("Bucket for corp (Enter leaves it out): ")
    child.sendline("..")
    child.expect_exact("Bucket must be a name; '.' and '..' are none")
    child.expect_exact("Bucket for corp (Enter leaves it out): ")
    child.sendline("s3://acme/team")
    child.expect_exact("Bucket acme, Prefix team")
    child.expect_exact("The name 'laptop' is taken.")
    child.expect_exact("Name [laptop-prefect]: ")
    child.sendline("corp")
    child.expect_exact("The name 'corp' is taken; choose another")
    child.sendline("notebook")
    child.expect_exact("You have no default. Name or none [corp]: ")
    child.sendline("none")
    child.expect_exact("Test all 2 now? [Y/n]: ")
    child.sendline("n")
    assert ended(child) == 0
    assert {name: each["type"] for name, each in tables(config).items()} == {
        "laptop": "local",
        "corp": "s3",
        "notebook": "local",
    }
    assert "default" not in tomllib.loads(config.read_text())


def test_ctrl_c_at_a_question_writes_nothing(
    terminal: Terminal, made: PrefectHome, config: Path
) -> None:
    child = terminal("import")
    child.expect_exact("Import which?")
    child.sendline("")
    child.expect_exact("Bucket for corp")
    child.sendintr()
    assert ended(child) == 130
    assert not config.exists()


def test_an_answer_for_all_makes_no_folder_of_a_server(
    storage: Storage, config: Path, tmp_path: Path
) -> None:
    path = tmp_path / "fs.json"
    path.write_text(json.dumps({"sftp": {"username": "me"}, "s3": {"anon": True}}))
    outcome = storage("import", "fsspec", str(path), "--yes", "--bucket", "bk")
    assert (outcome.code, [*tables(config)]) == (0, ["s3"])
    assert "left out: sftp: its Base Path is not known" in outcome.err
    outcome = storage("import", "fsspec", str(path), "--yes", "--bucket", "sftp=bk")
    assert outcome.code == 2
    said = "error: --bucket: Base Path of sftp must begin with sftp:// or ssh://\n"
    assert outcome.err == said
    outcome = storage("import", "fsspec", str(path), "--yes", "--bucket", "sftp=sftp://h/x")
    assert tables(config)["sftp"]["base_path"] == "sftp://h/x"
    remotes = tmp_path / "rclone.conf"
    remotes.write_text("[disk]\ntype = local\n")
    outcome = storage("import", "rclone", str(remotes), "--yes", "--bucket", "acme")
    assert (outcome.code, "disk" in tables(config)) == (0, False)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("https://s3.amazonaws.com/bk", "must be the bare name, without a scheme such as s3://"),
        ("../x", "must be a name; '.' and '..' are none"),
        ("a b", "must not contain spaces"),
        ("corp=..", "must be a name; '.' and '..' are none"),
    ],
)
def test_an_answer_that_is_no_bucket_is_wrong_usage(
    storage: Storage, made: PrefectHome, config: Path, answer: str, said: str
) -> None:
    outcome = storage("import", "--yes", "--bucket", answer)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == f"error: --bucket for 'corp': Bucket {said}\n"
    assert not config.exists()


@pytest.mark.parametrize("name", [".", ".."])
def test_what_the_path_of_a_url_takes_for_no_name_is_no_container(
    storage: Storage, config: Path, name: str
) -> None:
    outcome = storage("create", "azure", "--name", "x", "--account-name", "a", "--container", name)
    assert outcome.code == 2
    assert "must be a name; '.' and '..' are none" in outcome.err
    assert not config.exists()


def test_the_url_of_a_server_is_asked_for_again(
    terminal: Terminal, config: Path, tmp_path: Path
) -> None:
    path = tmp_path / "fs.json"
    path.write_text(json.dumps({"sftp": {"username": "me"}}))
    child = terminal("import", "fsspec", str(path))
    child.expect_exact("Import it? [Y/n]: ")
    child.sendline("")
    child.expect_exact("Base Path for sftp (Enter leaves it out): ")
    child.sendline("acme")
    child.expect_exact("Base Path of sftp must begin with sftp:// or ssh://")
    child.expect_exact("Base Path for sftp (Enter leaves it out): ")
    child.sendline("sftp://host/data")
    child.expect_exact("the default? [Y/n]: ")
    child.sendline("n")
    child.expect_exact("now? [Y/n]: ")
    child.sendline("n")
    assert ended(child) == 0
    assert tables(config)["sftp"]["base_path"] == "sftp://host/data"
