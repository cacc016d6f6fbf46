"""TOML, the line for an env file and JSON, read by ourselves and by Python."""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b64decode
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage_core import (
    AzureBlobStorage,
    ConfigFile,
    ConfigurationError,
    FileStorage,
    KVServerStorage,
    LocalStorage,
    S3Storage,
    StorageConfiguration,
)
from storage_core.exporting import export
from tests.exporting import places
from tests.servers.s3 import S3Server

SEVERAL: tuple[StorageConfiguration, ...] = (
    S3Storage(
        name="prod",
        id="61354abf-7cc8-4c2c-b890-78b1f985a9fb",
        bucket="acme",
        aws_access_key_id="env:KEY",
        aws_secret_access_key="keyring:storage/prod",
        read_only=True,
        tags=["eu", "prod"],
        timeout=5,
        options={"client_kwargs": {"verify": False}, "token": {"ref": "file:/run/token"}},
    ),
    KVServerStorage(
        name="kv server", id="a0286a5b-1b1b-4c4c-8d8d-2e2e2e2e2e2e", api_address="http://h"
    ),
    LocalStorage(
        name="a.b", id="85f213bd-1b1b-4c4c-8d8d-2e2e2e2e2e2e", storage_path="literal:/env:x"
    ),
)


def loaded(folder: Path, text: str) -> dict[str, StorageConfiguration]:
    file = folder / "exported.toml"
    file.write_text(text, encoding="utf-8")
    found = ConfigFile(file).load()
    assert found.problems == ()
    return dict(found)


def test_a_file_of_ours_has_the_same_configurations_and_no_others(tmp_path: Path) -> None:
    written = export(SEVERAL, "toml", default="kv server")
    assert written.notes == ()
    found = loaded(tmp_path, written.text)
    assert [*found.values()] == [*SEVERAL]
    assert ConfigFile(tmp_path / "exported.toml").load().default == "kv server"


def test_a_default_that_is_not_among_them_is_left_out(tmp_path: Path) -> None:
    loaded(tmp_path, export(SEVERAL, "toml", default="other").text)
    assert ConfigFile(tmp_path / "exported.toml").load().default is None


@settings(max_examples=60)
@given(
    secret=st.text(min_size=1, max_size=40).filter(str.strip), name=st.text(min_size=1, max_size=20)
)
def test_any_secret_and_any_name_come_back(
    secret: str, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    if not name.strip():
        return
    given = AzureBlobStorage(name=name, id=SEVERAL[0].id, container="c", connection_string=secret)
    folder = tmp_path_factory.mktemp("toml")
    file = folder / "exported.toml"
    file.write_text(export([given], "toml", reveal=True).text, encoding="utf-8")
    table = ConfigFile(file).load().tables["storage"][name]
    assert table["connection_string"] in (secret, f"literal:{secret}")


def test_what_is_looked_up_is_no_reference_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "env:OTHER")
    given = S3Storage(
        name="p", bucket="b", aws_access_key_id="k", aws_secret_access_key="env:SECRET"
    )
    found = loaded(tmp_path, export([given], "toml", reveal=True).text)["p"]
    assert isinstance(found, S3Storage)
    assert found.aws_secret_access_key == "literal:env:OTHER"


def read_in_an_empty_environment(*command: str, **variables: str) -> bytes:
    return subprocess.run(
        [*command], env=variables, capture_output=True, timeout=60, check=True
    ).stdout


def test_a_worker_with_the_line_and_nothing_else_reads_a_blob(s3_server: S3Server) -> None:
    blob = places.on_s3(s3_server)
    line = export([blob.configuration], "env", default="prod", reveal=True).text
    assert line.count("\n") == 1
    name, _, value = line.rstrip("\n").partition("=")
    assert name == "STORAGE_CONFIG_TEXT"
    program = (
        "import storage_core, sys\n"
        f"sys.stdout.buffer.write(storage_core.get_store().read({blob.key!r}))"
    )
    found = read_in_an_empty_environment(sys.executable, "-c", program, **{name: value})
    assert found == blob.data
    command = (sys.executable, "-m", "storage_core", "read", blob.key, "--from", "prod")
    assert read_in_an_empty_environment(*command, **{name: value}) == blob.data


def test_a_shell_takes_the_line_as_it_is() -> None:
    line = export(SEVERAL, "env").text
    shown = subprocess.run(
        ["sh", "-c", f'{line}printf %s "$STORAGE_CONFIG_TEXT"'],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert shown == line.rstrip("\n").partition("=")[2]


def test_the_line_holds_no_secret_either_unless_it_is_asked_for() -> None:
    given = S3Storage(
        name="p", bucket="b", aws_access_key_id="k", aws_secret_access_key="a-made-up-secret"
    )
    for reveal in (False, True):
        line = export([given], "env", reveal=reveal).text
        text = b64decode(line.partition("base64:")[2]).decode()
        assert ("a-made-up-secret" in text) is reveal
        assert ("# aws_secret_access_key is left out" in text) is not reveal


def test_json_has_the_words_of_ls_and_names_what_is_left_out() -> None:
    given = [
        S3Storage(
            name="prod",
            id="61354abf-7cc8-4c2c-b890-78b1f985a9fb",
            bucket="acme",
            aws_access_key_id="k",
            aws_secret_access_key="a-made-up-secret",
            options={"made_up": "a-made-up-option", "requester_pays": True},
        )
    ]
    found = json.loads(export(given, "json", default="prod").text)
    assert found == {
        "default": "prod",
        "storages": [
            {
                "id": "61354abf-7cc8-4c2c-b890-78b1f985a9fb",
                "name": "prod",
                "type": "s3",
                "default": True,
                "location": "s3://acme",
                "settings": {
                    "bucket": "acme",
                    "aws_access_key_id": "k",
                    "options": {"requester_pays": True},
                },
                "left_out": ["aws_secret_access_key", "options.made_up"],
            }
        ],
    }
    settings_found: dict[str, Any] = json.loads(export(given, "json", reveal=True).text)[
        "storages"
    ][0]["settings"]
    assert settings_found["aws_secret_access_key"] == "a-made-up-secret"
    assert settings_found["options"]["made_up"] == "a-made-up-option"


def test_a_password_in_an_address_is_left_out_of_it() -> None:
    given = [FileStorage(name="f", base_path="ftp://me:a-made-up-password@h/in")]
    found = json.loads(export(given, "json").text)["storages"][0]
    assert found["settings"]["base_path"] == "ftp://me@h/in"
    assert found["left_out"] == ["the password in base_path"]
    assert found["location"] == "ftp://me:********@h/in"


def test_nothing_in_json_acts_on_a_terminal() -> None:
    text = export([LocalStorage(name="a\x1b[2J\u202eb", storage_path="/x")], "json").text
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert json.loads(text)["storages"][0]["name"] == "a\x1b[2J\u202eb"


class MadeUpStorage(LocalStorage):
    """A type of another package."""

    type = "made-up"
    label = "Made-up Storage"


def test_a_type_of_another_package_is_in_our_own_forms_and_an_error_in_the_others() -> None:
    given = [MadeUpStorage(name="m", storage_path="/x")]
    for form in ("toml", "json", "env"):
        assert export(given, form).text
    for form, tool in {
        "rclone": "rclone",
        "fsspec": "fsspec",
        "msc": "multi-storage-client",
        "python": "fsspec",
    }.items():
        with pytest.raises(ConfigurationError, match=f"m: {tool} has nothing for Made-up Storage"):
            export(given, form)


def test_numbers_and_dates_that_a_form_lacks_are_text_there() -> None:
    odd = {"a": float("inf"), "b": date(2026, 11, 29), "c": [1, 2.5, True, None]}
    given = [FileStorage(name="f", base_path="memory://x", options=odd)]
    found = json.loads(export(given, "json").text)["storages"][0]["settings"]["options"]
    assert found == {"a": "inf", "b": "2026-11-29", "c": [1, 2.5, True, None]}
    text = export(given, "python").text
    assert "a=float('inf')," in text
    assert "b='2026-11-29'," in text


def test_a_form_that_there_is_not_is_said() -> None:
    with pytest.raises(ValueError, match="no form is called 'yaml'"):
        export([], "yaml")
