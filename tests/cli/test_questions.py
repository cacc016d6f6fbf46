"""What is asked at a terminal: `storage create`, `delete`, `rm` and `prompt`."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from secrets import token_hex
from typing import Any

import pexpect
import pytest

import storage_core
from storage_core.cli import interview, prompts
from tests.cli.conftest import ended
from tests.quoting import in_toml

Terminal = Callable[..., pexpect.spawn]

MENU = """\
Found the following storage types:
0) Azure Blob Storage
    Store data in an Azure blob storage container.
1) File Storage
    Store data as a file on local or remote file systems.
2) Google Cloud Storage
    Store data in a GCS bucket.
3) KV Server Storage
    Store data by sending requests to a KV server.
4) Local Storage
    Store data in a run's local file system.
5) S3 Storage
    Store data in an AWS S3 bucket.
6) Temporary Local Storage
    Store data in a temporary directory in a run's local file system.
"""
SELECT = "Select a storage type to create: "
OFFER = "Make this one the default\\? \\[Y/n\\]: "


def tables(config: Path) -> dict[str, Any]:
    return tomllib.loads(config.read_text())


def answer(child: pexpect.spawn, question: str, text: str) -> None:
    """Wait for a question at the start of a line; then type the answer."""
    child.expect(f"(?:^|\n){question}")
    child.sendline(text)


def test_the_menu_is_the_specifications(terminal: Terminal, config: Path) -> None:
    child = terminal("create")
    child.expect_exact(SELECT)
    assert child.before.replace("\r\n", "\n") == MENU
    child.sendintr()
    assert ended(child) == 130


def test_s3_is_asked_for_in_the_specifications_order_with_its_labels(
    terminal: Terminal, config: Path
) -> None:
    key, token = token_hex(20), token_hex(20)
    child = terminal("create")
    answer(child, SELECT, "5")
    answer(child, "Bucket: ", "acme")
    answer(child, r"AWS Access Key ID \(optional\): ", "AKIA")
    answer(child, r"AWS Secret Access Key \(optional\): ", key)
    answer(child, r"AWS Session Token \(optional\): ", token)
    answer(child, r"Profile Name \(optional\): ", "")
    answer(child, r"Region Name \(optional\): ", "eu-west-1")
    answer(child, "Name: ", "prod results")
    answer(child, f".*{OFFER}", "")
    child.expect("It is the default now.")
    assert ended(child) == 0
    assert tables(config)["default"] == "prod results"
    table = tables(config)["storage"]["prod results"]
    assert table.pop("id")
    assert table == {
        "type": "s3",
        "bucket": "acme",
        "aws_access_key_id": "AKIA",
        "aws_secret_access_key": key,
        "aws_session_token": token,
        "region_name": "eu-west-1",
    }


QUESTIONS = {
    0: ["Container", "Connection String", "Name"],
    1: [r"Key Type \(optional\)[^:]*", "Base Path", "Name"],
    2: ["Bucket", r"Project \(optional\)", r"Service Account Info \(optional\)", "Name"],
    3: ["API Address", "Name"],
    4: ["Storage Path", "Name"],
    6: ["Name"],
}
ANSWERS = {
    "Container": "c",
    "Connection String": "env:AZURE",
    "Base Path": "memory://share",
    "Bucket": "b",
    "API Address": "http://127.0.0.1:4300",
    "Storage Path": "~/data",
    "Name": "mine",
}


@pytest.mark.parametrize("number", QUESTIONS)
def test_each_type_asks_for_its_settings_and_then_the_name(
    terminal: Terminal, config: Path, number: int
) -> None:
    child = terminal("create")
    answer(child, SELECT, str(number))
    for question in QUESTIONS[number]:
        answer(child, f"{question}: ", ANSWERS.get(question, ""))
    answer(child, f".*{OFFER}", "n")
    assert ended(child) == 0
    assert list(tables(config)["storage"]) == ["mine"]
    assert "default" not in tables(config)


def test_the_kv_server_says_that_it_is_for_testing(terminal: Terminal, config: Path) -> None:
    child = terminal("create")
    answer(child, SELECT, "3")
    child.expect("For testing only")
    child.expect("API Address: ")


def test_a_bad_number_is_asked_for_again(terminal: Terminal, config: Path) -> None:
    child = terminal("create")
    answer(child, SELECT, "7")
    for bad in ("-1", "x", "", "²", "99999999999999999999", "6"):
        child.expect_exact("Invalid selection: type a number from 0 to 6, or a type such as azure")
        answer(child, SELECT, bad)
    child.expect("Name: ")


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        *(("s3", "Bucket: "), ("S3 Storage", "Bucket: "), ("az", "Container: ")),
        *(("Google", "Bucket: "), ("temp", "Name: "), ("KV", "API Address: ")),
    ],
)
def test_a_type_can_be_chosen_by_its_name_or_the_start_of_it(
    terminal: Terminal, config: Path, typed: str, question: str
) -> None:
    child = terminal("create")
    answer(child, SELECT, typed)
    child.expect_exact(question)


def test_a_choice_can_be_typed_by_its_start(terminal: Terminal, config: Path) -> None:
    child = terminal("create")
    answer(child, SELECT, "file")
    answer(child, "Key Type .*: ", "T")
    answer(child, "Base Path: ", "/data")
    answer(child, "Name: ", "a")
    answer(child, f".*{OFFER}", "n")
    assert ended(child) == 0
    assert tables(config)["storage"]["a"]["key_type"] == "timestamp"


def test_a_bad_value_is_asked_for_again_with_the_reason(terminal: Terminal, config: Path) -> None:
    child = terminal("create")
    answer(child, SELECT, "5")
    answer(child, "Bucket: ", "")
    child.expect("Bucket is required")
    answer(child, "Bucket: ", "s3://x")
    child.expect("Bucket must be the bare name")
    answer(child, "Bucket: ", "x")
    child.expect("AWS Access Key ID")


def test_settings_that_do_not_go_together_are_asked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Choosy(storage_core.LocalStorage):
        """A type from elsewhere that minds more than each setting alone."""

        @classmethod
        def check_together(cls, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
            if values.get("storage_path") == "/taken":
                yield "storage_path", "is taken"

    answers = iter(["/taken", "/taken", "/free"])
    said: list[str] = []
    monkeypatch.setattr(prompts, "ask", lambda question: next(answers))
    monkeypatch.setattr(prompts, "say", said.append)
    assert interview._ask_settings(Choosy) == {"storage_path": "/free"}
    assert said == ["Storage Path is taken"] * 2


def test_a_taken_or_unusable_name_is_asked_for_again(terminal: Terminal, two: Path) -> None:
    child = terminal("create")
    answer(child, SELECT, "6")
    answer(child, "Name: ", "laptop")
    child.expect("The name 'laptop' is taken; choose another")
    answer(child, "Name: ", "")
    child.expect("must not be empty")
    answer(child, "Name: ", "61354abf-7cc8-4c2c-b890-78b1f985a9fb")
    child.expect("must not look like an ID")
    answer(child, "Name: ", "tmp")
    # There is a default already, so none is offered.
    child.expect("Created Temporary Local Storage tmp")
    assert ended(child) == 0
    assert tables(two)["default"] == "prod-results"


def test_secrets_are_not_echoed(terminal: Terminal, config: Path) -> None:
    secret = token_hex(20)
    child = terminal("create")
    child.expect_exact(SELECT)
    child.sendline("5")
    printed = ""
    for question, text in (
        ("Bucket: ", "acme"),
        ("Access Key ID (optional): ", "AKIA"),
        ("Secret Access Key (optional): ", secret),
        ("Session Token (optional): ", ""),
    ):
        child.expect_exact(question)
        printed += child.before
        child.sendline(text)
    child.expect_exact("Profile Name (optional): ")
    printed += child.before
    assert "AKIA" in printed
    assert secret not in printed
    # The echo is back for what is no secret.
    child.sendline("seen")
    child.expect("seen")


def test_a_hidden_question_says_once_that_a_reference_is_taken(
    terminal: Terminal, config: Path
) -> None:
    child = terminal("create")
    answer(child, SELECT, "5")
    answer(child, "Bucket: ", "acme")
    answer(child, r"AWS Access Key ID \(optional\): ", "")
    child.expect("env:NAME")
    answer(child, r"AWS Secret Access Key \(optional\): ", "env:=")
    answer(child, r"AWS Secret Access Key \(optional\): ", "env:S3_SECRET")
    assert "env:NAME" not in child.before
    answer(child, r"AWS Session Token \(optional\): ", "")
    assert "env:NAME" not in child.before
    child = terminal("create", "kv", "--name", "x", "--api-address", "http://h", "--token", "-")
    child.expect("env:NAME")
    answer(child, "Token: ", "env:KV_TOKEN")
    assert ended(child) == 0
    assert tables(config)["storage"]["x"]["token"] == "env:KV_TOKEN"


def test_corrections_in_a_hidden_answer_count(terminal: Terminal, config: Path) -> None:
    child = terminal(
        "create", "kv", "--name", "x", "--api-address", "http://h", "--token", "prompt"
    )
    child.expect("Token: ")
    child.send("wrong\x15seecreé\x7f\x7f\x7f\x7fcret\n")
    assert ended(child) == 0
    assert tables(config)["storage"]["x"]["token"] == "seecret"


def test_a_dash_at_a_terminal_asks_without_echo(terminal: Terminal, config: Path) -> None:
    secret = token_hex(16)
    child = terminal("create", "kv", "--name", "x", "--api-address", "http://h", "--token", "-")
    child.expect("Token: ")
    child.sendline(secret)
    assert ended(child) == 0
    assert secret not in child.before
    assert tables(config)["storage"]["x"]["token"] == secret


def test_what_is_no_secret_is_asked_for_in_the_open(terminal: Terminal, config: Path) -> None:
    child = terminal(
        "create", "s3", "--name", "x", "--bucket", "b", "--aws-access-key-id", "prompt"
    )
    answer(child, "AWS Access Key ID: ", "AKIATYPED")
    assert ended(child) == 0
    assert "AKIATYPED" in child.before
    assert tables(config)["storage"]["x"]["aws_access_key_id"] == "AKIATYPED"


def test_nothing_is_asked_for_a_file_that_must_not_be_written(
    terminal: Terminal, config: Path
) -> None:
    config.write_text("version = 2\n")
    child = terminal("create")
    assert ended(child) == 1
    assert "version 2 is newer" in child.before
    assert SELECT not in child.before


def test_a_key_file_can_be_pasted_with_all_its_lines(terminal: Terminal, config: Path) -> None:
    secret = token_hex(3000)
    info = (
        f'{{\n  "type": "service_account",\n  "client_email": "a@b",\n  "private_key": "{secret}"}}'
    )
    child = terminal("create")
    answer(child, SELECT, "2")
    answer(child, "Bucket: ", "b")
    answer(child, r"Project \(optional\): ", "")
    answer(child, r"Service Account Info \(optional\): ", info)
    answer(child, "Name: ", "x")
    assert secret[:20] not in child.before
    answer(child, f".*{OFFER}", "")
    assert ended(child) == 0
    assert tables(config)["storage"]["x"]["service_account_info"] == info


def test_what_is_no_key_file_is_saved_with_a_warning(terminal: Terminal, config: Path) -> None:
    child = terminal("create")
    answer(child, SELECT, "2")
    answer(child, "Bucket: ", "b")
    answer(child, r"Project \(optional\): ", "")
    answer(child, r"Service Account Info \(optional\): ", "{ this is not JSON\n")
    answer(child, "Name: ", "x")
    answer(child, f".*{OFFER}", "n")
    child.expect("service_account_info must be the JSON of a service account")
    assert ended(child) == 0


def test_the_end_of_input_saves_nothing(terminal: Terminal, config: Path) -> None:
    child = terminal("create")
    answer(child, SELECT, "6")
    child.expect("Name: ")
    child.sendeof()
    assert ended(child) == 130
    assert not config.exists()


def test_interrupting_a_hidden_question_gives_the_echo_back(
    terminal: Terminal, config: Path
) -> None:
    child = terminal(
        "create", "kv", "--name", "x", "--api-address", "http://h", "--token", "prompt"
    )
    child.expect("Token: ")
    assert not child.getecho()
    child.sendintr()
    assert ended(child) == 130
    assert not config.exists()


def test_with_json_the_questions_stay_out_of_the_output(terminal: Terminal, config: Path) -> None:
    child = terminal("create", "--json")
    answer(child, SELECT, "6")
    answer(child, "Name: ", "tmp")
    answer(child, f".*{OFFER}", "")
    child.expect('"name": "tmp"')
    assert ended(child) == 0


def test_deleting_asks_and_no_is_the_answer_to_enter(terminal: Terminal, two: Path) -> None:
    child = terminal("delete", "laptop")
    child.expect_exact("Delete laptop (Local Storage ~/data)? Its blobs stay. [y/N]: ")
    child.sendline("")
    child.expect("error: not deleted")
    assert ended(child) == 1
    assert "laptop" in tables(two)["storage"]
    child = terminal("delete", "laptop")
    answer(child, r".*\[y/N\]: ", "what")
    child.expect("Answer y or n")
    answer(child, r".*\[y/N\]: ", "y")
    assert ended(child) == 0
    assert "laptop" not in tables(two)["storage"]


def test_a_protected_configuration_asks_for_its_name(terminal: Terminal, two: Path) -> None:
    two.write_text(two.read_text() + "protected = true\n")
    child = terminal("delete", "laptop", "--yes")
    child.expect("laptop is protected. Type its name to confirm deleting it.")
    answer(child, "Name: ", "prod-results")
    child.expect("error: the names differ; nothing was deleted")
    assert ended(child) == 1
    assert "laptop" in tables(two)["storage"]
    child = terminal("delete", "laptop")
    answer(child, "Name: ", "laptop")
    assert ended(child) == 0
    assert "laptop" not in tables(two)["storage"]


def test_the_blobs_of_a_protected_storage_ask_for_its_name(
    terminal: Terminal, two: Path, tmp_path: Path
) -> None:
    two.write_text(
        two.read_text().replace('"~/data"', in_toml(tmp_path / "d")) + "protected = true\n"
    )
    blob = tmp_path / "d" / "results" / "a"
    blob.parent.mkdir(parents=True)
    blob.write_bytes(b"x")
    child = terminal("rm", "results/a", "--from", "laptop")
    child.expect("laptop is protected. Type its name to confirm deleting results/a.")
    answer(child, "Name: ", "no")
    assert ended(child) == 1
    assert blob.exists()
    child = terminal("rm", "results/a", "--from", "laptop")
    answer(child, "Name: ", "laptop")
    assert ended(child) == 0
    assert not blob.exists()
