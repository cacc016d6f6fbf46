"""Profiles and variables of AWS, as configurations: what botocore sees is what is found.

Expected: a profile is one where botocore has one, with the same settings. Found (botocore 1.43): so
it is, and a folder or a device in place of a file is no file; `[default]` and `[profile default]`
are one, of which the later wins whole; in the file of credentials `[profile x]` is a profile of
that very name; half a pair of keys hides the whole pair in the other file.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import (
    BotoCoreError,
    ConfigParseError,
    InvalidConfigError,
    PartialCredentialsError,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st

from storage_core import ConfigurationError, S3Storage
from storage_core.importing.found import Found
from storage_core.importing.sources import aws
from storage_core.importing.sources.aws.profiles import read
from tests.importing.test_files import told

KEY, SECRET = "AKIA" + token_hex(8).upper(), token_hex(20)
KEYS = f"aws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n"
ROLE = "role_arn = r\nsource_profile = "
SESSION = "[sso-session s]\nsso_start_url = https://x\nsso_region = eu-west-1\n"
SSO = "sso_account_id = 1\nsso_role_name = r\n"


@pytest.fixture(autouse=True)
def folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`~/.aws`, which the variables of the tests do not lead away from."""
    for variable in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(variable)
    folder = Path("~/.aws").expanduser()
    folder.mkdir()
    return folder


def entries(found: list[Found]) -> dict[str, Found]:
    for each in found:
        shown = repr(each) + " ".join((*each.lost, *each.notes, each.reason))
        assert SECRET not in shown
        assert KEY not in shown
    return {each.entry: each for each in found}


def one(folder: Path, config: str = "", credentials: str = "", name: str = "corp") -> Found:
    (folder / "config").write_text(config)
    (folder / "credentials").write_text(credentials)
    return entries(aws.found())[f"profile {name}"]


def test_where_there_is_nothing_nothing_is_found(folder: Path) -> None:
    assert aws.found() == []
    assert aws.places() == [str(folder / "config"), str(folder / "credentials")]


def test_a_profile_becomes_its_name_and_its_keys_stay(folder: Path) -> None:
    found = one(folder, "[profile corp]\nregion = eu-west-1\noutput = json\n", f"[corp]\n{KEYS}")
    assert (found.cls, found.asks, found.name) == (S3Storage, "bucket", "corp")
    assert found.settings == {"profile_name": "corp", "region_name": "eu-west-1"}
    assert found.place == "~/.aws/config and ~/.aws/credentials"
    assert (found.lost, found.notes, found.reason) == ((), (), "")


def test_what_is_no_profile_for_aws_is_none(folder: Path) -> None:
    text = '[foo]\nregion = x\n[profile a b]\nregion = x\n[profile "c d"]\nregion = x\n'
    text += "[sso-session s]\nsso_region = x\n[services v]\ns3 =\n  endpoint_url = http://x\n"
    (folder / "config").write_text(text)
    (folder / "credentials").write_text(f"[profile e]\n{KEYS}")
    assert [*entries(aws.found())] == ["profile c d", "profile profile e"]


def test_of_two_defaults_the_later_wins_whole(folder: Path) -> None:
    text = "[default]\nregion = eu-west-1\n[profile default]\noutput = json\n"
    found = one(folder, text, f"[default]\n{KEYS}", name="default")
    assert found.settings == {"profile_name": "default"}
    [note] = found.notes
    assert note == "of [default] and [profile default] only the later counts; make them one section"


def test_a_percent_sign_is_one(folder: Path) -> None:
    found = one(folder, "[profile corp]\nregion = %(x)s%\n")
    assert found.settings["region_name"] == "%(x)s%"


def test_a_name_that_looks_like_a_reference_is_none(folder: Path) -> None:
    found = one(folder, "[profile env:X]\n", name="env:X")
    assert found.settings == {"profile_name": "literal:env:X"}


@pytest.mark.parametrize(
    ("config", "credentials", "note"),
    [
        (f"[profile corp]\nsso_session = s\n{SSO}{SESSION}", "",
         "when that has ended, run: aws sso login --profile corp"),
        ("[profile corp]\nrole_arn = r\nsource_profile = base\nmfa_serial = m\n",
         f"[base]\n{KEYS}", "first, with aws sts get-caller-identity --profile corp"),
        (f"[profile corp]\ncredential_process = /opt/vault --token {SECRET}\n", "",
         "from a program, vault, which is run for them"),
        ("[profile corp]\nregion = x\n", "", "it has no keys: those of the machine are used"),
        ("", f"[corp]\n{KEYS}aws_session_token = {SECRET}\n", "its keys end: "),
        (f"[profile corp]\nendpoint_url = http://u:{SECRET}@127.0.0.1:9000\n", f"[corp]\n{KEYS}",
         "its requests go to http://u:********@127.0.0.1:9000, as long as it gets no keys"),
        ("[profile corp]\nservices = v\n[services v]\ns3 =\n  endpoint_url = http://10.0.0.1\n",
         f"[corp]\n{KEYS}", "its requests go to http://10.0.0.1, as long"),
        ("[profile corp]\nlogin_session = s\n", "", "needs the Python package awscrt"),
        ("[profile corp]\nrole_arn = r\nweb_identity_token_file = /t\n", "", "the token in /t"),
    ],
    ids=["session", "mfa", "program", "machine", "token", "endpoint", "services", "login", "web"],
)  # fmt: skip
def test_what_a_person_should_know_is_said(
    folder: Path, config: str, credentials: str, note: str
) -> None:
    found = one(folder, config, credentials)
    assert note in " ".join(found.notes)
    assert found.settings["profile_name"] == "corp"


REFUSED: dict[str, tuple[str, str, str]] = {
    "no secret": ("", f"[corp]\naws_access_key_id = {KEY}\n", "aws_secret_access_key is missing"),
    "half a pair before a whole one": (
        f"[profile corp]\n{KEYS}",
        f"[corp]\naws_access_key_id = {KEY}\n",
        "aws_secret_access_key is missing",
    ),
    "no source": (
        "[profile corp]\nrole_arn = r\n",
        "",
        "role_arn lacks source_profile or credential_source; write one of them",
    ),
    "two sources": (
        "[profile corp]\nrole_arn = r\nsource_profile = x\ncredential_source = Environment\n",
        "",
        "role_arn has both source_profile and credential_source; write one of them",
    ),
    "an unknown source": (
        "[profile corp]\nrole_arn = r\nsource_profile = x\n",
        "",
        "source_profile x does not exist",
    ),
    "an unknown kind of source": (
        "[profile corp]\nrole_arn = r\ncredential_source = x\n",
        "",
        "credential_source is none of Environment, Ec2InstanceMetadata, EcsContainer",
    ),
    "itself as the source": (
        "[profile corp]\nrole_arn = r\nsource_profile = corp\n",
        "",
        "source_profile corp leads in a circle",
    ),
    "a circle": (
        f"[profile corp]\n{ROLE}b\n[profile b]\n{ROLE}corp\n",
        "",
        "source_profile corp leads in a circle",
    ),
    "a source without a secret": (
        "[profile corp]\nrole_arn = r\nsource_profile = b\n",
        f"[b]\naws_access_key_id = {KEY}\n",
        "source_profile b: aws_secret_access_key is missing",
    ),
    "a source without keys": (
        "[profile corp]\nrole_arn = r\nsource_profile = b\n[profile b]\nregion = x\n",
        "",
        "source_profile b has no keys",
    ),
    "an unknown session": (
        f"[profile corp]\nsso_session = s\n{SSO}",
        "",
        "sso_session s does not exist",
    ),
    "half a session": (
        f"[profile corp]\n{SSO}sso_region = x\n",
        "",
        "sso_start_url is missing",
    ),
    "another session": (
        f"[profile corp]\nsso_session = s\nsso_region = x\n{SSO}[sso-session s]\nsso_region = y\n",
        "",
        "sso_region differs from that of sso_session s",
    ),
    "no role": (
        "[profile corp]\nweb_identity_token_file = /t\n",
        "",
        "web_identity_token_file needs role_arn beside it",
    ),
    "unknown services": (
        "[profile corp]\nservices = v\n",
        f"[corp]\n{KEYS}",
        "services v does not exist",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_profile_that_aws_refuses_has_a_reason_and_hides_no_other(
    folder: Path, name: str
) -> None:
    config, credentials, reason = REFUSED[name]
    config += "[profile fine]\nregion = x\n"
    found = one(folder, config, credentials)
    assert (found.cls, found.reason) == (None, reason)
    assert not found.settings
    assert entries(aws.found())["profile fine"].cls is S3Storage
    # botocore refuses it too.
    with pytest.raises(BotoCoreError) as caught:
        botocore.session.Session(profile="corp").create_client("s3", region_name="eu-west-1")
    assert isinstance(caught.value, (InvalidConfigError, PartialCredentialsError)) or (
        "circle" in reason
    )


def test_a_profile_may_take_its_role_with_keys_of_its_own(folder: Path) -> None:
    found = one(folder, f"[profile corp]\nrole_arn = r\nsource_profile = corp\n{KEYS}")
    assert (found.reason, found.notes) == ("", ())


@pytest.mark.parametrize("variable", ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"])
def test_the_profile_in_use_is_the_default(
    folder: Path, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"[default]\n{KEYS}[corp]\n{KEYS}"
    assert not one(folder, "", text).is_default
    assert one(folder, "", text, "default").is_default
    monkeypatch.setenv(variable, "corp")
    assert one(folder, "", text).is_default


def test_keys_in_variables_are_references_and_count_before_a_profile(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    text = "[default]\nregion = eu-west-1\nendpoint_url = http://127.0.0.1:9000\n"
    assert not one(folder, text, "", "default").is_default
    found = entries(aws.found())["AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"]
    assert (found.name, found.is_default, found.asks) == ("aws", True, "bucket")
    keys = {
        "aws_access_key_id": "env:AWS_ACCESS_KEY_ID",
        "aws_secret_access_key": "env:AWS_SECRET_ACCESS_KEY",
    }
    # What the profile in use says of the place counts beside keys in variables.
    address = {"region_name": "eu-west-1", "endpoint_url": "http://127.0.0.1:9000"}
    assert found.settings == keys | address
    monkeypatch.setenv("AWS_SESSION_TOKEN", SECRET)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9001")
    found = aws.found()[0]
    address = {"region_name": "eu-west-2", "endpoint_url": "http://127.0.0.1:9001"}
    assert found.settings == keys | address | {"aws_session_token": "env:AWS_SESSION_TOKEN"}
    assert found.notes == ("its keys end: AWS_SESSION_TOKEN has to be renewed with them",)
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    assert "endpoint_url" not in aws.found()[0].settings


def test_half_a_pair_in_variables_has_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    [found] = aws.found()
    assert (found.cls, found.reason) == (None, "AWS_SECRET_ACCESS_KEY is not set; export it too")


def test_a_role_in_variables_is_left_to_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::1:role/x")
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", "/t")
    [found] = aws.found()
    assert (found.cls, found.settings, found.asks) == (S3Storage, {}, "bucket")
    assert found.entry == "AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE"


def test_files_that_variables_name_are_aws_s_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine"
    path.write_text(f"[corp]\n{KEYS}")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(path))
    for given_path in (None, str(path)):
        [found] = aws.found(given_path)
        assert found.settings == {"profile_name": "corp"}
        assert found.notes == ("AWS_SHARED_CREDENTIALS_FILE must be set where it is used, too",)


@pytest.mark.parametrize("name", ["config", "credentials", ""])
def test_a_path_of_aws_s_own_restricts_what_is_found(folder: Path, name: str) -> None:
    (folder / "config").write_text("[profile corp]\nrole_arn = r\nsource_profile = base\n")
    (folder / "credentials").write_text(f"[base]\n{KEYS}")
    found = [each.name for each in aws.found(str(folder / name))]
    assert found == {"config": ["corp"], "credentials": ["base"]}.get(name, ["corp", "base"])


def test_what_stands_elsewhere_is_copied(tmp_path: Path) -> None:
    other = tmp_path / "backup"
    other.mkdir()
    (other / "config").write_text(
        "[profile role]\nrole_arn = r\nexternal_id = e\nsource_profile = corp\n"
        "[profile corp]\nregion = eu-west-1\nendpoint_url = http://127.0.0.1:9000\n"
        "s3 =\n  addressing_style = path\n  payload_signing_enabled = true\n"
        "[profile process]\ncredential_process = x\n"
        "[profile mfa]\nrole_arn = r\nmfa_serial = m\nsource_profile = corp\n"
    )
    (other / "credentials").write_text(f"[corp]\n{KEYS}aws_session_token = env:x\n")
    found = entries(aws.found(str(other)))
    keys = {
        "aws_access_key_id": KEY,
        "aws_secret_access_key": SECRET,
        "aws_session_token": "literal:env:x",
    }
    assert found["profile corp"].settings == keys | {
        "region_name": "eu-west-1",
        "endpoint_url": "http://127.0.0.1:9000",
        "options": {"config_kwargs": {"s3": {"addressing_style": "path"}}},
    }
    assert found["profile corp"].lost == ("s3.payload_signing_enabled",)
    assert found["profile role"].settings == keys | {"role_arn": "r", "external_id": "e"}
    for name in ("process", "mfa"):
        assert found[f"profile {name}"].cls is None
        assert "let AWS_CONFIG_FILE name this file" in found[f"profile {name}"].reason
    [alone] = aws.found(str(other / "credentials"))
    assert alone.settings == keys


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (lambda path: path.write_bytes(b"[default]\nx = \xff\n"), "line 2: is no UTF-8 text"),
        (lambda path: path.write_bytes(b"\xef\xbb\xbf[default]\n"), "line 1: begins with a byte"),
        (lambda path: path.write_text(f"[a]\n{KEYS}[a]\n"), r"line 4: has \[a\] twice"),
        (lambda path: path.write_text(f"{KEYS}[a]\n"), "line 1: has a setting above all sections"),
        (lambda path: path.write_text(f"[a]\nx =\n  {SECRET}\n"),
         r"line 2: has a line without = below x in \[a\]"),
        (lambda path: path.write_text(f"[a]\n{SECRET}\n"), "line 2: is no line of an INI file"),
        (lambda path: path.write_text("[a]\n" + "#" * 5_000_000), "is larger than 4 MiB"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["config", "credentials"])
def test_a_damaged_file_is_one_error_that_names_it(
    folder: Path, name: str, write: Callable[[Path], object], said: str
) -> None:
    write(folder / name)
    with pytest.raises(ConfigurationError, match=f"^~/.aws/{name}(, |: ){said}") as caught:
        aws.found()
    assert SECRET not in told(caught.value)


def test_a_folder_or_a_device_in_place_of_a_file_is_none(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "config").mkdir()
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    assert aws.found() == []


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("none", "none: does not exist; correct the path"),
        ("empty", "empty: has neither config nor credentials; name a folder such as ~/.aws"),
        ("pipe", "pipe: is no regular file; name a file"),
    ],
)
def test_a_path_where_nothing_of_aws_is_is_an_error(tmp_path: Path, path: str, said: str) -> None:
    (tmp_path / "empty").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigurationError, match=said):
        aws.found(str(tmp_path / path))


def test_line_ends_of_windows_are_line_ends(folder: Path) -> None:
    (folder / "config").write_bytes(b"[profile corp]\r\nregion = eu-west-1\r\ns3 =\r\n  a = b\r\n")
    [found] = aws.found()
    assert found.settings["region_name"] == "eu-west-1"


NAMES = st.sampled_from(["default", "a", "b", "a b", "ä", '"', "'a'", "profile", "DEFAULT", "%"])
HEADS = st.one_of(
    NAMES,
    st.builds("{} {}".format, st.sampled_from(["profile", "profiles", "services"]), NAMES),
    st.builds('profile "{}"'.format, NAMES),
    st.builds("sso-session {}".format, NAMES),
)
VALUES = st.sampled_from(
    ["x", "", "%(a)s", "%", "a = b", "x # y", "\n  k = v", "\n  k = v\n  l=", "\n  k", "1\n 2", "ß"]
)
LINES = st.builds(
    "{}{}{}".format,
    st.sampled_from(["region", "Region", "a", "s3", "aws_access_key_id"]),
    st.sampled_from([" = ", "=", ": "]),
    VALUES,
)
SECTIONS = st.builds(
    lambda head, lines: "\n".join([f"[{head}]", *lines]), HEADS, st.lists(LINES, max_size=3)
)
FILES = st.builds(
    lambda parts, end: end.join([*"\n".join(parts).split("\n"), ""]),
    st.lists(st.one_of(SECTIONS, SECTIONS, st.sampled_from(["# x", "; y", ""])), max_size=4),
    st.sampled_from(["\n", "\n", "\r\n"]),
)


@settings(max_examples=60)
@given(FILES, FILES)
@example("[default]\na=1\n[profile default]\nb=2\n", "[default]\nc=3\n")
@example("[profile a]\ns3 =\n  k = v\n", "[DEFAULT]\nx = 1\n[a]\nregion = y\n")
def test_profiles_are_what_botocore_finds(config: str, credentials: str) -> None:
    # One folder for all examples.
    paths = [Path("~/.aws", name).expanduser() for name in ("config", "credentials")]
    for path, text in zip(paths, (config, credentials), strict=True):
        path.write_bytes(text.encode())
    expected: dict[str, Any] | None
    try:
        full = botocore.session.Session().full_config
        expected = {"profiles": full["profiles"], "services": full.get("services", {})}
    except ConfigParseError:
        expected = None
    try:
        profiles = read(*map(str, paths))
    except ConfigurationError:
        assert expected is None
        return
    assert expected is not None
    assert {each.name: {**each.said} for each in profiles} == expected["profiles"]
    assert profiles.services == expected["services"]
