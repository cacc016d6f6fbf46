"""`env:NAME` as the whole of a text setting: looked up, and checked, when the storage is opened."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

import storage_core
from storage_core import (
    FileStorage,
    GoogleCloudStorage,
    LocalStorage,
    S3Storage,
    StorageConfiguration,
    all_types,
)
from storage_core.declaration.table import read_settings
from storage_core.declaration.validation import validated

TEXT_SETTINGS = [
    (cls, setting.name) for cls in all_types() for setting in cls.settings() if setting.schemes
]


def filled(cls: type[StorageConfiguration], name: str, value: str) -> dict[str, Any]:
    """The required settings, and one more."""
    required = {each.name: each.placeholder for each in cls.settings() if each.required}
    return {**required, name: value}


@pytest.mark.parametrize(("cls", "name"), TEXT_SETTINGS)
def test_every_text_setting_takes_a_variable_and_keeps_the_reference(
    cls: type[StorageConfiguration], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if cls.type == "azure" and name != "account_name":
        required = {"account_name": "acme"} if name != "connection_string" else {}
    else:
        required = {}
    given = filled(cls, name, "env:SOME_NAME") | required
    assert validated(cls, given)[name] == "env:SOME_NAME"
    values, faults = read_settings(cls, given)
    assert values[name] == "env:SOME_NAME"
    assert not faults
    file = storage_core.ConfigFile(tmp_path / "storage.toml")
    file.add(cls(**given), name="x")
    assert getattr(file.load()["x"], name) == "env:SOME_NAME"
    with pytest.raises(storage_core.ConfigurationError) as caught:
        storage_core.get_store("x", config_path=file.path)
    label = next(each.label for each in cls.settings() if each.name == name)
    assert f"{label}: the environment variable SOME_NAME is not set" in str(caught.value)
    assert [*tmp_path.glob("env*")] == []


@pytest.mark.parametrize(
    ("configuration", "value", "said"),
    [
        (S3Storage(bucket="env:X"), "Bad one", "Bucket: the environment variable X must not"),
        (S3Storage(bucket="b", endpoint_url="env:X"), "h t", "Endpoint URL: the environment"),
        (S3Storage(bucket="b", prefix="env:X"), "a/../b", "Prefix: the environment variable X"),
        (LocalStorage(storage_path="env:X"), "data", "must be a whole path, such as /data"),
        (LocalStorage(storage_path="env:X"), "s3://b", "must be a local path"),
        (FileStorage(base_path="env:X"), "s3://", "must have what follows the scheme"),
        (LocalStorage(storage_path="env:X"), "", "the environment variable X is empty"),
        (LocalStorage(storage_path="env:X/sub"), "/", "env: stands for the whole value"),
        (
            S3Storage(bucket="b", aws_access_key_id="k", aws_secret_access_key="env:X"),
            "se\ncret-canary",
            "AWS Secret Access Key: the environment variable X must be one line",
        ),
    ],
)
def test_what_a_variable_holds_is_checked_when_it_is_opened(
    configuration: StorageConfiguration, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("X", value)
    with pytest.raises(storage_core.ConfigurationError) as caught:
        storage_core.open_store(configuration)
    assert said in str(caught.value)
    assert "canary" not in repr(caught.value)


def test_a_folder_of_a_variable_is_used_and_the_reference_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "one"))
    store = storage_core.open_store(LocalStorage(storage_path="env:DATA_DIR"))
    key = store.write(b"here")
    assert (tmp_path / "one" / key).read_bytes() == b"here"
    assert store.location == "env:DATA_DIR"
    assert "one" not in repr(store)
    again = pickle.dumps(store)
    assert b"one" not in again
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "two"))
    moved = pickle.loads(again)
    assert (tmp_path / "two" / moved.write(b"there")).exists()
    assert S3Storage(bucket="env:BUCKET", prefix="a").location == "s3://env:BUCKET/a"


@pytest.mark.parametrize("path", ["literal:env:X", "literal:literal:x", "$HOME/x", "${HOME}"])
def test_literally_means_literally(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("X", "/nowhere")
    for cls, name in ((LocalStorage, "storage_path"), (FileStorage, "base_path")):
        store = storage_core.open_store(cls(**{name: path}))
        where = tmp_path / path.removeprefix("literal:")
        assert store.location == str(where)
        key = store.write(os.urandom(8))
        assert (where / key).exists()


def test_a_literal_is_checked_like_any_text() -> None:
    assert validated(S3Storage, {"bucket": "literal:acme"}) == {"bucket": "literal:acme"}
    assert S3Storage(bucket="literal:acme", prefix="literal:env:x").location == "s3://acme/env:x"
    with pytest.raises(storage_core.ConfigurationError, match="must not contain spaces"):
        validated(S3Storage, {"bucket": "literal:a b"})
    with pytest.raises(storage_core.ConfigurationError, match="must not be empty"):
        validated(S3Storage, {"bucket": "literal:"})


@pytest.mark.parametrize("reference", ["file:/etc/hostname", "keyring:a/b"])
def test_files_and_the_keyring_are_for_secrets(reference: str) -> None:
    values = {"bucket": "acme", "external_id": reference, "role_arn": "r"}
    assert validated(S3Storage, values)["external_id"] == reference
    assert "as it is for secrets" in dict(S3Storage.cautions(values))["external_id"]


@pytest.mark.parametrize(
    ("cls", "name", "value", "said"),
    [
        (LocalStorage, "storage_path", "/here/$HOME/data", "taken as it stands"),
        (LocalStorage, "storage_path", "/here/${HOME}/data", "taken as it stands"),
        (LocalStorage, "storage_path", "/here/%USERPROFILE%/data", "taken as it stands"),
        (FileStorage, "base_path", "s3://env:BUCKET/x", "as the whole value"),
        (FileStorage, "base_path", "/here/s3:/bucket", "a URL has s3://"),
        (LocalStorage, "storage_path", "sftp:/host/x", "a URL has sftp://"),
        (S3Storage, "bucket", "$BUCKET", "taken as it stands"),
        (S3Storage, "bucket", "env:UNSET_BUCKET", "UNSET_BUCKET is not set here"),
        (S3Storage, "region_name", "env:UNSET_REGION", "UNSET_REGION is not set here"),
        (S3Storage, "endpoint_url", "env:UNSET_URL", "UNSET_URL is not set here"),
    ],
)
def test_what_looks_like_a_variable_and_is_none_is_pointed_out(
    cls: type[StorageConfiguration], name: str, value: str, said: str
) -> None:
    assert said in dict(cls.cautions(filled(cls, name, value)))[name]


@pytest.mark.parametrize(
    ("cls", "name", "value"),
    [
        (FileStorage, "base_path", "sftp://u:$word@host/x"),
        (FileStorage, "base_path", "webdav://host/a%20b%C3%A4"),
        (S3Storage, "external_id", "a$b"),
        (S3Storage, "bucket", "env:SET_BUCKET"),
    ],
)
def test_what_is_meant_as_it_stands_is_left_alone(
    cls: type[StorageConfiguration], name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SET_BUCKET", "acme")
    assert name not in dict(cls.cautions(filled(cls, name, value)))


SECRETS = [
    (cls, setting.name) for cls in all_types() for setting in cls.settings() if setting.reference
]


@pytest.mark.parametrize("raw", [b"\xff\xfe canary", b"canary\xed\xa0\x80"])
@pytest.mark.parametrize(("cls", "name"), [*SECRETS, (S3Storage, "options")])
def test_a_secret_that_is_not_utf8_is_an_error_that_names_its_variable(
    cls: type[StorageConfiguration], name: str, raw: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ODD_SECRET", os.fsdecode(raw))
    given = filled(cls, name, "env:ODD_SECRET")
    if name == "options":
        given[name] = {"secret": {"ref": "env:ODD_SECRET"}}
    with pytest.raises(storage_core.ConfigurationError) as caught:
        storage_core.open_store(cls(**given))
    assert "the environment variable ODD_SECRET is not UTF-8 text" in str(caught.value)
    error: BaseException | None = caught.value
    while error is not None:
        assert "canary" not in repr(error)
        error = error.__cause__ or error.__context__
    # What comes after it is not affected.
    assert storage_core.open_store(FileStorage(base_path="memory://after")).write(b"x")


def test_a_secret_of_half_characters_in_a_program_is_refused_without_being_shown() -> None:
    odd = S3Storage(bucket="b", aws_access_key_id="k", aws_secret_access_key="canary\udcff")
    with pytest.raises(storage_core.ConfigurationError, match="must be UTF-8 text") as caught:
        storage_core.open_store(odd)
    assert "canary" not in repr(caught.value)
    info = '{"type": "service_account", "client_email": "a@b", "private_key": "canary\\ud800"}'
    with pytest.raises(storage_core.ConfigurationError) as caught:
        storage_core.open_store(GoogleCloudStorage(bucket="b", service_account_info=info))
    assert "canary" not in repr(caught.value)


def test_an_error_of_opening_keeps_no_frame_that_holds_a_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = token_hex(20)
    monkeypatch.setenv("A_SECRET", secret)
    file = tmp_path / "storage.toml"
    file.write_text(
        f'[storage.a]\ntype = "s3"\nbucket = "b c"\naws_secret_access_key = "{secret}"\n'
    )
    wrong = S3Storage(bucket="b c", aws_secret_access_key=secret)
    one_sided = S3Storage(bucket="b", aws_secret_access_key="env:A_SECRET")
    unset = S3Storage(bucket="env:NOT_SET", aws_secret_access_key="env:A_SECRET")
    calls: list[Callable[[], object]] = [
        lambda: storage_core.get_store("a", config_path=file),
        lambda: storage_core.open_store(wrong),
        lambda: storage_core.open_store(one_sided),
        lambda: storage_core.open_store(unset),
    ]
    for call in calls:
        with pytest.raises(storage_core.ConfigurationError) as caught:
            call()
        assert secret not in repr(caught.value)
        # The first two frames are those of this test.
        trace = caught.value.__traceback__
        assert trace is not None
        trace = trace.tb_next and trace.tb_next.tb_next
        assert trace is not None
        while trace is not None:
            for value in trace.tb_frame.f_locals.values():
                assert secret not in repr(value)
            trace = trace.tb_next
