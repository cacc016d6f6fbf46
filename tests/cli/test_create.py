"""`storage create TYPE`: by options, asking nothing."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

from storage_core import ConfigFile, S3Storage
from storage_core.types import all_types
from tests.cli.conftest import Outcome

Storage = Callable[..., Outcome]


def tables(config: Path) -> dict[str, Any]:
    return tomllib.loads(config.read_text())


CASES = {
    "azure": ("--container", "c", "--connection-string", "env:AZURE"),
    "file": ("--base-path", "memory://share", "--key-type", "uuid"),
    "gcs": ("--bucket", "b", "--project", "p", "--service-account-info", "file:/run/sa.json"),
    "kv": ("--api-address", "http://127.0.0.1:4300"),
    "local": ("--storage-path", "~/data"),
    "s3": (
        "--bucket",
        "b",
        "--region-name",
        "eu-west-1",
        "--endpoint-url",
        "http://127.0.0.1:9000",
    ),
    "temporary": (),
}


def test_every_type_has_a_case_here() -> None:
    assert set(CASES) == {cls.type for cls in all_types()}


@pytest.mark.parametrize("type", CASES)
def test_each_type_is_created_from_its_options(storage: Storage, config: Path, type: str) -> None:
    options = CASES[type]
    outcome = storage("create", type, "--name", "a name", *options, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    table = tables(config)["storage"]["a name"]
    assert table.pop("id") == outcome.json["id"]
    assert table.pop("type") == type
    given = dict(zip(options[::2], options[1::2], strict=True))
    assert table == {name[2:].replace("-", "_"): value for name, value in given.items()}
    assert outcome.json == storage("show", "a name", "--json").json


def test_the_name_and_id_are_printed(storage: Storage, config: Path) -> None:
    outcome = storage("create", "temporary", "--name", "tmp", "--default")
    first, second, third = outcome.out.splitlines()
    assert first == "Created Temporary Local Storage tmp"
    assert second == f"ID: {tables(config)['storage']['tmp']['id']}"
    assert third == "It is the default now."
    assert tables(config)["default"] == "tmp"


def test_the_default_stays_unless_asked_for(storage: Storage, two: Path) -> None:
    assert storage("create", "temporary", "--name", "tmp").code == 0
    assert tables(two)["default"] == "prod-results"


def test_comments_survive_and_a_new_file_is_private(storage: Storage, home: Path) -> None:
    assert storage("create", "temporary", "--name", "first").code == 0
    config = home / "storage.toml"
    assert config.stat().st_mode & 0o777 == 0o600
    config.write_text(f"# ours\n{config.read_text()}")
    assert storage("create", "temporary", "--name", "second").code == 0
    assert config.read_text().startswith("# ours\n")


def test_a_relative_path_becomes_absolute(
    storage: Storage, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert storage("create", "local", "--name", "x", "--storage-path", "data/here").code == 0
    assert tables(config)["storage"]["x"]["storage_path"] == str(tmp_path / "data/here")


def test_common_settings_have_options_too(
    storage: Storage, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEY", token_hex(8))
    outcome = storage(
        *("create", "s3", "--name", "x", "--bucket", "acme", "--prefix", "/a/b/"),
        *("--timeout", "2.5", "--protected", "--options", "requester_pays=true"),
        *("--options", "client_kwargs.verify=/etc/ca.pem", "--options", '{"anon": false}'),
        *("--options", 'key = {ref = "env:KEY"}'),
        *("--options", 'config_kwargs={"s3": {"addressing_style": "path"}}'),
    )
    assert (outcome.code, outcome.err) == (0, "")
    table = tables(config)["storage"]["x"]
    assert (table["prefix"], table["timeout"], table["protected"]) == ("a/b", 2.5, True)
    assert table["options"] == {
        "config_kwargs": {"s3": {"addressing_style": "path"}},
        "requester_pays": True,
        "client_kwargs": {"verify": "/etc/ca.pem"},
        "anon": False,
        "key": {"ref": "env:KEY"},
    }


def test_a_reference_is_saved_as_it_is(
    storage: Storage, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SET_SOMEWHERE", token_hex(8))
    outcome = create_s3(storage, "env:SET_SOMEWHERE")
    assert (outcome.code, outcome.err) == (0, "")
    assert tables(config)["storage"]["x"]["aws_secret_access_key"] == "env:SET_SOMEWHERE"


def test_what_looks_like_a_mistake_is_saved_with_a_warning_of_what_was_given(
    storage: Storage, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROD_S3_SECRET", token_hex(8))
    created = storage(
        *("create", "s3", "--name", "x", "--bucket", "Acme_Results", "--region-name", "eu-wst-1"),
        *("--aws-access-key-id", "AKIA", "--aws-secret-access-key", "env:PROD_S3_SECRE"),
    )
    assert created.code == 0
    secret, bucket, region = created.err.splitlines()
    assert secret.startswith(f"warning: {config}: x: aws_secret_access_key: PROD_S3_SECRE is not")
    assert secret.endswith(
        "is not set here; it has to be where the storage is used (did you mean PROD_S3_SECRET?)"
    )
    assert "x: bucket: AWS takes only lower-case letters" in bucket
    assert "x: region_name: the installed AWS SDK knows no such region; did you mean" in region
    assert storage("edit", "x", "--protected").err == ""
    edited = storage("edit", "x", "--region-name", "eu-wst-2")
    assert (edited.code, edited.err.count("\n")) == (0, 1)
    # Where the file is validated may be another machine than where the storage is used.
    validated = storage("validate")
    assert validated.code == 0
    assert "PROD_S3" not in validated.err
    assert f"warning: {config}:6: x: bucket: AWS takes only" in validated.err
    assert storage("edit", "x", "--endpoint-url", "http://127.0.0.1:1").err == ""
    assert storage("validate").err == ""


def test_create_and_validate_point_out_plain_text_and_a_bucket_named_twice(
    storage: Storage, config: Path
) -> None:
    made = storage(
        *("create", "s3", "--name", "x", "--bucket", "acme"),
        *("--endpoint-url", "http://s3.example:9000/acme"),
    )
    assert made.code == 0
    twice = "x: endpoint_url: it names acme as well"
    clear = "x: endpoint_url: what is stored and read travels in plain text"
    assert twice in made.err
    assert clear in made.err
    password = token_hex(8)
    config.write_text(
        config.read_text()
        + f'[storage.y]\ntype = "file"\nbase_path = "webdav://me:{password}@files.example/x"\n'
        + '[storage.z]\ntype = "s3"\nbucket = "acme"\n'
        + 'options = { client_kwargs = { endpoint_url = "https://acme.s3.example.com" } }\n'
        + '[storage.w]\ntype = "s3"\nbucket = "acme"\noptions = { key = { ref = "env:NONE" } }\n'
    )
    checked = storage("validate")
    assert checked.code == 0
    assert twice in checked.err
    assert clear in checked.err
    assert "y: base_path: the password travels in plain text" in checked.err
    assert "write webdavs:// there" in checked.err
    assert "z: options: it names acme as well" in checked.err
    assert "w:" not in checked.err
    assert password not in checked.out + checked.err


def test_a_secret_can_come_from_standard_input(storage: Storage, config: Path) -> None:
    secret = token_hex(16)
    outcome = create_s3(storage, "-", stdin=f"{secret}\n".encode())
    assert (outcome.code, outcome.err) == (0, "")
    assert tables(config)["storage"]["x"]["aws_secret_access_key"] == secret
    assert secret not in outcome.out


def test_the_json_of_a_service_account_can_come_from_standard_input(
    storage: Storage, config: Path
) -> None:
    info = f'{{\n  "type": "authorized_user",\n  "refresh_token": "{token_hex(8)}"\n}}'
    outcome = storage(
        *("create", "gcs", "--name", "x", "--bucket", "b", "--service-account-info", "-"),
        stdin=info.encode(),
    )
    assert outcome.code == 0
    assert tables(config)["storage"]["x"]["service_account_info"] == info


def test_a_secret_as_an_argument_works_with_a_warning(storage: Storage, config: Path) -> None:
    secret = token_hex(16)
    outcome = create_s3(storage, secret)
    assert outcome.code == 0
    assert outcome.err.startswith("warning: others on this machine can see the value of ")
    assert "--aws-secret-access-key" in outcome.err
    assert tables(config)["storage"]["x"]["aws_secret_access_key"] == secret
    assert secret not in outcome.out + outcome.err


def test_a_password_in_a_url_is_warned_of_too(storage: Storage, config: Path) -> None:
    outcome = storage("create", "file", "--name", "x", "--base-path", "ftp://me:hunter2@host/p")
    assert outcome.code == 0
    assert outcome.err.startswith("warning: ")
    assert "hunter2" not in outcome.out + outcome.err


def test_a_reference_written_as_plain_option_is_warned_of(storage: Storage, config: Path) -> None:
    outcome = storage(
        "create", "file", "--name", "x", "--base-path", "ftp://h/p", "--options", "password=env:PW"
    )
    assert outcome.code == 0
    assert '{ref="…"}' in outcome.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("s3", "--name", "x"), "--bucket is missing"),
        (("s3",), "--name is missing; --bucket is missing"),
        (("s3", "--bucket", "b"), "--name is missing"),
        (("azure", "--name", "x", "--container", "c"), "--connection-string is missing"),
        (("s3", "--name", "x", "--bucket", "a b"), "--bucket must not contain spaces"),
        (("s3", "--name", "x", "--bucket", ""), "--bucket is empty"),
        (("s3", "--name", "", "--bucket", "b"), "--name: the name must not be empty"),
        (("temporary", "--name", "61354abf-7cc8-4c2c-b890-78b1f985a9fb"), "look like an ID"),
        (("temporary", "--name", "a\x1bb"), "control"),
        (("kv", "--name", "x", "--api-address", "nowhere"), "--api-address must be an address"),
        (("s3", "--name", "x", "--bucket", "b", "--timeout", "soon"), "--timeout must be a number"),
        (("s3", "--name", "x", "--bucket", "b", "--timeout", "-1"), "--timeout must be"),
        (("s3", "--name", "x", "--bucket", "b", "--options", "what"), "KEY=VALUE"),
        (("s3", "--name", "x", "--bucket", "b", "--buckt", "b"), "--buckt"),
        (("s4", "--name", "x"), "type 's4' is unknown; did you mean 's3'?"),
        (("file", "--name", "x", "--base-path", "/x", "--key-type", "md5"), "--key-type"),
        (("s3", "--name", "x", "--bucket", "b", "--aws-session-token", "env:"), "env:"),
    ],
)
def test_a_wrong_option_is_wrong_usage_and_saves_nothing(
    storage: Storage, home: Path, arguments: tuple[str, ...], said: str
) -> None:
    outcome = storage("create", *arguments)
    assert outcome.code == 2
    assert said in outcome.err
    assert outcome.err.startswith("error: ")
    assert outcome.err.count("\n") == 1
    assert outcome.out == ""
    assert not home.exists()


def test_a_taken_name_is_a_failure(storage: Storage, two: Path) -> None:
    before = two.read_text()
    outcome = storage("create", "temporary", "--name", "laptop")
    assert outcome == Outcome(1, b"", "error: the name 'laptop' is taken; choose another\n")
    assert two.read_text() == before


def test_two_secrets_cannot_share_standard_input(storage: Storage, home: Path) -> None:
    outcome = storage(
        *("create", "s3", "--name", "x", "--bucket", "b", "--aws-access-key-id", "A"),
        *("--aws-secret-access-key", "-", "--aws-session-token", "-"),
        stdin=b"secret",
    )
    assert outcome.code == 2
    assert "only one of --aws-secret-access-key and --aws-session-token" in outcome.err


def test_an_empty_standard_input_is_no_secret(storage: Storage, home: Path) -> None:
    outcome = create_s3(storage, "-", stdin=b"\n")
    assert outcome.code == 2
    assert "which is empty" in outcome.err
    assert not home.exists()


def test_a_secret_to_be_asked_for_needs_a_terminal(storage: Storage, home: Path) -> None:
    outcome = create_s3(storage, "prompt")
    assert outcome.code == 2
    assert outcome.err.startswith("error: there is no terminal to ask on; ")


def test_the_rest_of_an_unquoted_secret_is_not_repeated(storage: Storage, home: Path) -> None:
    rest = token_hex(16)
    outcome = storage(
        "create", "kv", "--name", "x", "--api-address", "http://h", "--token", "env:X", rest
    )
    assert outcome.code == 2
    assert rest not in outcome.err
    assert "quote a value that has spaces" in outcome.err


def test_without_a_terminal_nothing_is_asked(storage: Storage, home: Path) -> None:
    outcome = storage("create", stdin=b"6\ntmp\ny\n")
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.startswith("error: there is no terminal to ask on; use storage create TYPE")
    assert outcome.err.count("\n") == 1


def create_s3(storage: Storage, secret: str, stdin: bytes = b"") -> Outcome:
    return storage(
        *("create", "s3", "--name", "x", "--bucket", "acme"),
        *("--aws-access-key-id", "AKIA", "--aws-secret-access-key", secret),
        stdin=stdin,
    )


@pytest.mark.parametrize(
    ("arguments", "doubt"),
    [
        (("azure", "--container", "c", "--connection-string", "-"), "must be an Azure connection"),
        (("gcs", "--bucket", "b", "--service-account-info", "-"), "must be the JSON of a service"),
        (("s3", "--bucket", "b", "--aws-secret-access-key", "-"), "aws_access_key_id is missing"),
    ],
)
def test_what_cannot_be_opened_is_saved_with_a_warning(
    storage: Storage, tmp_path: Path, arguments: tuple[str, ...], doubt: str
) -> None:
    canary = token_hex(8)
    created = storage("create", *arguments, "--name", "doubtful", stdin=canary.encode())
    assert created.code == 0
    assert doubt in created.err
    edited = storage("edit", "doubtful", "--protected")
    assert edited.code == 0
    assert doubt in edited.err
    validated = storage("validate")
    assert validated.code == 0
    assert doubt in validated.err
    tested = storage("test", "doubtful")
    assert tested.code == 1
    assert canary not in created.err + edited.err + validated.err + tested.err + tested.out


def test_json_and_config_may_stand_before_the_type(storage: Storage, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    options = ("--name", "tmp", "--config", str(other))
    assert storage("create", "--json", "temporary", *options).json["name"] == "tmp"
    outcome = storage("create", "--config", str(other), "--json", "temporary", "--name", "second")
    assert outcome.json["name"] == "second"
    assert [*tables(other)["storage"]] == ["tmp", "second"]


def test_what_takes_a_reference_can_come_from_standard_input_too(
    storage: Storage, config: Path
) -> None:
    key = token_hex(8)
    arguments = ("create", "s3", "--name", "x", "--bucket", "b", "--aws-access-key-id")
    assert storage(*arguments, "-", stdin=f"{key}\n".encode()).code == 0
    assert tables(config)["storage"]["x"]["aws_access_key_id"] == key
    assert storage("edit", "x", "--aws-access-key-id", "-", stdin=b"AKIAOTHER\n").code == 0
    assert tables(config)["storage"]["x"]["aws_access_key_id"] == "AKIAOTHER"
    assert storage(*arguments, "prompt").err.startswith("error: there is no terminal to ask on; ")
    both = storage(*arguments, "-", "--aws-secret-access-key", "-", stdin=b"secret")
    assert "only one of --aws-access-key-id and --aws-secret-access-key" in both.err


def test_a_variable_as_a_path_is_saved_as_it_is_and_shown_as_the_location(
    storage: Storage, config: Path
) -> None:
    made = storage("create", "local", "--name", "d", "--storage-path", "env:UNSET_DIR")
    assert "storage_path: UNSET_DIR is not set here" in made.err
    home = storage("create", "local", "--name", "h", "--storage-path", "$HOME/data")
    assert "the name of a variable in it is taken as it stands" in home.err
    assert "taken as it stands" in storage("validate").err
    assert storage("ls", "--json").json["storages"][0]["location"] == "env:UNSET_DIR"
    assert "env:UNSET_DIR/results" in storage("show", "d").out
    tested = storage("test", "d")
    assert tested.code == 1
    assert "Storage Path: the environment variable UNSET_DIR is not set" in tested.out + tested.err


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("keyring:a/b", "keyring: is taken as it stands here, as it is for secrets"),
        ("file:/run/dir", "file: is taken as it stands here, as it is for secrets"),
        ("ENV:DIR", "write env:NAME, as the whole value"),
        ("env:DIR/sub", "DIR/sub is not set here"),
        ("literal:env:DIR", ""),
        ("literal:keyring:a/b", ""),
    ],
)
def test_what_looks_like_a_reference_in_a_path_is_pointed_out_unless_it_is_meant(
    storage: Storage, given: str, said: str
) -> None:
    made = storage("create", "local", "--name", "d", "--storage-path", given)
    checked = storage("validate")
    assert (made.code, checked.code) == (0, 0)
    if given.startswith("env:"):
        assert said in made.err
    elif said:
        assert said in made.err
        assert said in checked.err
    else:
        assert made.err + checked.err == ""
        [shown] = storage("ls", "--json").json["storages"]
        assert shown["location"].startswith("/")


def test_the_command_and_the_library_take_it_as_the_form_does(
    storage: Callable[..., Outcome], config: Path
) -> None:
    done = storage(
        "create", "s3", "--name", "\u00a0a ", "--bucket", " acme\u200b", "--timeout", " 9"
    )
    assert (done.code, "caution" in done.err, "warning" in done.err) == (0, False, False)
    file = ConfigFile(config)
    file.add(S3Storage(bucket="\tacme\n"), name="b\ufeff")
    assert [(name, each.location) for name, each in file.load().items()] == [
        ("a", "s3://acme"),
        ("b", "s3://acme"),
    ]
    assert storage("show", " a\u00a0").code == 0


@pytest.mark.parametrize("text", ['{{"a": {0}}}', "a = {0}", "a={{x = {0}}}"])
def test_a_number_of_too_many_digits_is_none_of_options(storage: Storage, text: str) -> None:
    given = text.format("9" * 5000)
    outcome = storage("create", "s3", "--name", "a", "--bucket", "b", "--options", given)
    assert "this is a bug" not in outcome.err
