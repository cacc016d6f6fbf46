"""The two ways into a configuration agree: what people type, and what stands in a file."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from json import loads
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
    all_types,
    type_named,
)
from storage_core.declaration.faults import nearest_setting
from storage_core.declaration.table import read_settings
from storage_core.declaration.validation import InvalidSettings, fault_of, validated

VALID: dict[str, dict[str, Any]] = {
    "azure": {"container": "c", "connection_string": "AccountName=a;AccountKey=Zm9v"},
    "file": {"base_path": "s3://bucket/x", "key_type": "uuid", "options": {"anon": True}},
    "gcs": {"bucket": "b", "service_account_info": '{"type": "authorized_user"}'},
    "kv": {"api_address": "http://127.0.0.1:4300/x", "token": "env:TOKEN", "timeout": 2.5},
    "local": {"storage_path": "~/data", "protected": True},
    "s3": {"bucket": "b", "prefix": "a/b", "endpoint_url": "http://[::1]:9000"},
    "temporary": {},
}

WRONG: list[tuple[str, str, Any]] = [
    ("s3", "bucket", "a b"),
    ("s3", "bucket", "a/b"),
    ("s3", "prefix", "../up"),
    ("s3", "prefix", "a//b"),
    ("s3", "options", {"a": {"ref": "NOSCHEME"}}),
    ("s3", "options", {"a": {"ref": ""}}),
    ("s3", "options", {"a": [{"ref": 5}]}),
    ("s3", "options", {"a": {"b": {"ref": "env:"}}}),
    ("s3", "options", {"a": {"ref": "env:NAME", "more": 1}}),
    ("s3", "endpoint_url", "127.0.0.1:9000"),
    ("s3", "endpoint_url", "http://host:99999"),
    ("s3", "endpoint_url", "http://host/?a=b"),
    ("s3", "region_name", "a\nb"),
    ("s3", "timeout", -1),
    ("s3", "timeout", float("nan")),
    ("s3", "aws_secret_access_key", "env:"),
    ("kv", "api_address", "ftp://host"),
    ("azure", "connection_string", " "),
    ("gcs", "service_account_info", " \n"),
    ("file", "key_type", "sha1"),
    ("file", "base_path", "s3://"),
    ("file", "base_path", "sftp://me:pa[ss@host/folder"),
    ("file", "base_path", "simplecache::https://me:pass\u2100word@host/folder"),
    ("local", "storage_path", "s3://bucket"),
]


def test_there_are_the_seven_types_of_the_specification_in_its_order() -> None:
    assert [cls.label for cls in all_types()] == [
        "Azure Blob Storage",
        "File Storage",
        "Google Cloud Storage",
        "KV Server Storage",
        "Local Storage",
        "S3 Storage",
        "Temporary Local Storage",
    ]


@pytest.mark.parametrize("type", VALID)
def test_both_ways_accept_what_is_right(type: str) -> None:
    cls = type_named(type)
    values, faults = read_settings(cls, VALID[type])
    assert not faults
    assert validated(cls, VALID[type]) == values == VALID[type]
    assert cls(**values).given() == values


@pytest.mark.parametrize(("type", "name", "value"), WRONG)
def test_both_ways_refuse_what_is_wrong_with_the_same_words(
    type: str, name: str, value: Any
) -> None:
    cls = type_named(type)
    given = {**VALID[type], name: value}
    _, faults = read_settings(cls, given)
    with pytest.raises(InvalidSettings) as caught:
        validated(cls, given)
    assert [fault.name for fault in faults] == [fault.name for fault in caught.value.faults]
    setting = cls.setting_named(name)
    assert setting
    assert fault_of(setting, value) == caught.value.faults[0].message


@pytest.mark.parametrize(
    ("name", "typed", "saved"),
    [
        ("timeout", "10", 10),
        ("timeout", " 2.5 ", 2.5),
        ("protected", "yes", True),
        ("prefix", "/team/a/", "team/a"),
        ("bucket", " acme ", "acme"),
        ("options", 'requester_pays = true\nacl = "x"', {"requester_pays": True, "acl": "x"}),
        ("options", '{"a": [1]}', {"a": [1]}),
    ],
)
def test_text_from_a_form_becomes_the_value_of_its_type(name: str, typed: str, saved: Any) -> None:
    values = validated(S3Storage, {"bucket": "b", name: typed})
    assert values[name] == saved
    assert type(values[name]) is type(saved)


@pytest.mark.parametrize(
    ("type", "name", "value"),
    [
        ("azure", "connection_string", "hunter2"),
        ("gcs", "service_account_info", "hunter2"),
        ("gcs", "service_account_info", "[]"),
        ("gcs", "service_account_info", '{"type": "service_account"}'),
        ("s3", "aws_access_key_id", "AKIAEXAMPLE"),
        ("s3", "aws_secret_access_key", "env:A_SECRET"),
        ("s3", "aws_session_token", "hunter2"),
    ],
)
def test_what_may_be_saved_is_doubted_and_not_opened(
    type: str, name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A_SECRET", token_hex(8))
    cls = type_named(type)
    given = {**VALID[type], name: value}
    assert read_settings(cls, given) == (given, [])
    assert validated(cls, given) == given
    [(_, message)] = cls.doubts_before(given)
    assert value not in message
    with pytest.raises(storage_core.ConfigurationError) as caught:
        storage_core.open_store(cls(**given))
    assert message in str(caught.value)
    assert value not in str(caught.value)


def test_what_a_reference_leads_to_is_doubted_when_it_is_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    canary = token_hex(8)
    monkeypatch.setenv("A_SECRET", canary)
    azure = storage_core.AzureBlobStorage(container="c", connection_string="env:A_SECRET")
    assert not list(azure.doubts_before(azure.given()))
    with pytest.raises(storage_core.ConfigurationError, match="AccountName=") as caught:
        storage_core.open_store(azure)
    assert canary not in str(caught.value)


@pytest.mark.parametrize("scheme", ["env", "file", "keyring", "literal"])
@pytest.mark.parametrize("through", ["file", "literal"])
@pytest.mark.parametrize(
    ("type", "name"), [("gcs", "service_account_info"), ("azure", "connection_string")]
)
def test_a_secret_that_looks_like_a_reference_itself_is_not_opened(
    type: str, name: str, through: str, scheme: str, tmp_path: Path
) -> None:
    canary = f"{scheme}:{token_hex(8)}"
    (tmp_path / "secret").write_text(canary)
    value = f"file:{tmp_path / 'secret'}" if through == "file" else f"literal:{canary}"
    cls = type_named(type)
    given = {**VALID[type], name: value}
    assert not list(cls.doubts_before(given))
    with pytest.raises(storage_core.ConfigurationError, match=" must be ") as caught:
        storage_core.open_store(cls(**given))
    assert canary not in f"{caught.value!r}{caught.value.__cause__!r}{caught.value.__context__!r}"


def test_a_reference_counts_as_given_where_settings_need_each_other() -> None:
    keys = {"aws_access_key_id": "env:KEY", "aws_secret_access_key": "env:SECRET"}
    assert not list(S3Storage.doubts_before(keys))
    assert list(S3Storage.doubts_before({"aws_secret_access_key": "env:SECRET"}))


@pytest.mark.parametrize("what", ["pa[{}", "{}\u2100"])
@pytest.mark.parametrize("scheme", ["sftp", "ftp", "webdav", "s3", "simplecache::http", "kv"])
def test_what_is_no_url_is_a_matter_of_configuration_wherever_it_comes_from(
    scheme: str, what: str
) -> None:
    canary = token_hex(8)
    url = f"{scheme.replace('kv', 'http')}://me:{what.format(canary)}@host/folder"
    given: storage_core.StorageConfiguration = storage_core.FileStorage(base_path=url)
    if scheme == "kv":
        given = storage_core.KVServerStorage(api_address=url)
    with pytest.raises(storage_core.ConfigurationError, match=r"URL|address") as caught:
        storage_core.open_store(given)
    assert canary not in f"{caught.value!r}{caught.value.__cause__!r}{caught.value.__context__!r}"
    assert "\n" not in str(caught.value)


def test_programs_pass_path_objects_and_mappings(tmp_path: Path) -> None:
    local = LocalStorage(storage_path=tmp_path)  # type: ignore[arg-type]
    assert local == LocalStorage(storage_path=str(tmp_path))
    info = {"type": "authorized_user", "refresh_token": token_hex(8)}
    cloud = GoogleCloudStorage(bucket="b", service_account_info=info)  # type: ignore[arg-type]
    assert loads(cloud.service_account_info or "") == info
    assert info["refresh_token"] not in repr(cloud)
    store = storage_core.open_store(FileStorage(base_path=tmp_path / "x"))  # type: ignore[arg-type]
    assert store.read(store.write(b"data")) == b"data"
    # Its slashes are one now: it would be a folder here.
    address = FileStorage(base_path=Path("s3://bucket/x"))  # type: ignore[arg-type]
    with pytest.raises(storage_core.ConfigurationError, match="base_path must be text"):
        storage_core.open_store(address)
    with pytest.raises(InvalidSettings, match="Base Path must be text"):
        storage_core.ConfigFile(tmp_path / "storage.toml").add(address, name="x")
    with pytest.raises(storage_core.ConfigurationError, match="must be the JSON as text"):
        storage_core.open_store(
            GoogleCloudStorage(bucket="b", service_account_info={"a": tmp_path})  # type: ignore[arg-type]
        )


def test_every_fault_is_found_at_once() -> None:
    with pytest.raises(InvalidSettings) as caught:
        validated(S3Storage, {"timeout": "x", "prefix": "..", "bukcet": "b"})
    assert {fault.name for fault in caught.value.faults} == {
        "bucket",
        "timeout",
        "prefix",
        "bukcet",
    }
    assert isinstance(caught.value, storage_core.ConfigurationError)


@pytest.mark.parametrize(
    ("type", "key", "nearest"),
    [
        ("local", "path", "storage_path"),
        ("file", "path", "base_path"),
        ("s3", "key_id", "aws_access_key_id"),
        ("s3", "secret", "aws_secret_access_key"),
        ("s3", "aws-region", "region_name"),
        ("s3", "Bukcet", "bucket"),
        ("gcs", "credentials", "service_account_info"),
        ("kv", "address", "api_address"),
    ],
)
def test_an_unknown_key_is_answered_with_the_nearest(type: str, key: str, nearest: str) -> None:
    _, faults = read_settings(type_named(type), {**VALID[type], key: "x"})
    assert [fault.name for fault in faults] == [key]
    assert nearest in faults[0].message


def test_id_and_type_are_no_settings_to_be_changed() -> None:
    for key in ("id", "type"):
        with pytest.raises(InvalidSettings, match="leave it out"):
            validated(S3Storage, {"bucket": "b", key: "x"})


def test_a_prefix_of_slashes_is_none() -> None:
    assert validated(S3Storage, {"bucket": "b", "prefix": "/"}) == {"bucket": "b"}
    values, faults = read_settings(S3Storage, {"bucket": "b", "prefix": "/"})
    assert not faults
    assert S3Storage(**values).location == "s3://b"


def test_what_is_wrong_comes_whole_out_of_a_worker_process() -> None:
    with pytest.raises(InvalidSettings) as caught:
        validated(S3Storage, {"prefix": ".."})
    copy = pickle.loads(pickle.dumps(caught.value))
    assert str(copy) == str(caught.value)
    assert copy.faults == caught.value.faults


def test_no_fault_repeats_what_was_typed() -> None:
    canary = token_hex(20)
    for cls in all_types():
        for setting in cls.settings():
            for typed in (f"{canary}\n", f"http://{canary}:x", [canary], f"s3://{canary}/../"):
                message = fault_of(setting, typed)
                assert message is None or canary not in message
            with pytest.raises(InvalidSettings) as caught:
                validated(cls, {setting.name: object(), f"{setting.name}x": canary})
            assert canary not in f"{caught.value!r}{caught.value}{caught.value.__context__!r}"


def test_a_representation_masks_secrets_and_shows_references() -> None:
    canary = token_hex(20)
    shown = repr(
        S3Storage(
            bucket="acme",
            aws_access_key_id="AKIAEXAMPLE",
            aws_secret_access_key=canary,
            aws_session_token="env:TOKEN",
            options={"sse_customer_key": canary},
        )
    )
    assert canary not in shown
    for visible in ("acme", "AKIAEXAMPLE", "env:TOKEN", "sse_customer_key", "********"):
        assert visible in shown


def test_passwords_in_urls_are_masked() -> None:
    canary = token_hex(20)
    location = storage_core.FileStorage(base_path=f"sftp://kim:{canary}@host/data").location
    assert canary not in location
    assert "kim" in location
    assert "host/data" in location


@pytest.mark.parametrize(
    ("word", "key", "name"),
    [
        ("s3", "bukcet", "bucket"),
        ("s3", "buckt", "bucket"),
        ("s3", "regoin_name", "region_name"),
        ("s3", "Endpoint-URL", "endpoint_url"),
        ("s3", "AWS-Access-Key-ID", "aws_access_key_id"),
        ("s3", "aws-secret-acess-key", "aws_secret_access_key"),
        ("s3", "token", "aws_session_token"),
        ("azure", "conection_string", "connection_string"),
    ],
)
def test_a_misspelt_key_means_the_setting_that_it_is_nearest_to(
    word: str, key: str, name: str
) -> None:
    nearest = nearest_setting(type_named(word), key)
    assert (nearest.name, nearest.alike, nearest.meant) == (name, True, True)


@pytest.mark.parametrize(
    ("word", "key", "name"),
    [
        ("azure", "account_key", "account_name"),
        ("s3", "access_key", "aws_access_key_id"),
        ("s3", "aws_access_key_d", "aws_access_key_id"),
        ("s3", "region", "region_name"),
        ("s3", "typ", "type"),
    ],
)
def test_what_may_be_a_secret_or_another_word_is_taken_for_no_setting_in_clear(
    word: str, key: str, name: str
) -> None:
    nearest = nearest_setting(type_named(word), key)
    assert (nearest.name, nearest.alike, nearest.meant) == (name, True, False)


@pytest.mark.parametrize(
    ("misuse", "said"),
    [
        (lambda: storage_core.open_store("x"), "expected a storage configuration .*, not str"),
        (
            lambda: storage_core.open_store(None),
            "expected a storage configuration .*, not NoneType",
        ),
        (lambda: storage_core.get_store(timeout="x"), "timeout must be a number of .*, not str"),
        (lambda: storage_core.get_store(timeout=True), "timeout must be a number of .*, not bool"),
    ],
)
def test_what_opens_a_store_says_which_type_it_takes(
    misuse: Callable[[], object], said: str
) -> None:
    with pytest.raises(TypeError, match=f"^{said}$"):
        misuse()
