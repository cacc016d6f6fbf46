"""gcloud's configurations and Google's files of credentials, as configurations.

gcloud itself cannot be installed from an index of packages: its files are written here after its
documentation and its source (`googlecloudsdk.core.configurations`, 2026). google-auth's own loader
is the oracle for the credentials in them, and for the project.

Expected: who signs in, and the project, are those that `google.auth.default()` finds. Found
(google-auth 2.62): so it is for all types; variables of the project count more than the file; a
person's file names no project, and google-auth would run gcloud for it; it reads no file that
begins with a byte order mark.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from secrets import token_hex
from typing import Any

import google.auth
import pytest

from storage_core import ConfigurationError, GoogleCloudStorage
from storage_core.importing.found import Found
from storage_core.importing.sources import gcloud
from tests.importing.written import used
from tests.servers.gcs import GCSServer

ACCOUNT = "me@example.com"
PERSON = {
    "type": "authorized_user",
    "client_id": "x.apps.googleusercontent.com",
    "client_secret": token_hex(8),
    "refresh_token": token_hex(16),
}
SECRETS = [PERSON["client_secret"], PERSON["refresh_token"]]


@pytest.fixture(autouse=True)
def folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("CLOUDSDK_CONFIG")
    folder = Path("~/.config/gcloud").expanduser()
    (folder / "configurations").mkdir(parents=True)
    return folder


def configure(folder: Path, name: str = "default", text: str = "", active: bool = True) -> None:
    (folder / "configurations" / f"config_{name}").write_text(text)
    if active:
        (folder / "active_config").write_text(name)


def sign_in(path: Path, info: Any = PERSON) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(info if isinstance(info, str) else json.dumps(info))
    return f"file:{path}"


def found(path: str | None = None) -> list[Found]:
    result = gcloud.found(path)
    for each in result:
        shown = repr(each) + " ".join((*each.lost, *each.notes, each.reason))
        assert not [secret for secret in SECRETS if secret in shown]
    return result


def test_where_there_is_nothing_nothing_is_found(folder: Path) -> None:
    assert found() == []
    configure(folder)
    assert found() == []
    assert gcloud.places() == [str(folder)]


def test_a_configuration_refers_to_the_credentials_of_its_account(folder: Path) -> None:
    configure(folder, "work", f"[core]\naccount = {ACCOUNT}\nproject = acme\n")
    configure(folder, "other", "[core]\nproject = other\n", active=False)
    reference = sign_in(folder / "legacy_credentials" / ACCOUNT / "adc.json")
    other, work = found()
    assert (work.cls, work.name, work.asks) == (GoogleCloudStorage, "work", "bucket")
    assert work.settings == {"service_account_info": reference, "project": "acme"}
    assert (work.entry, work.is_default, other.is_default) == ("configuration work", True, False)
    assert work.place == "~/.config/gcloud/configurations/config_work"
    # Nobody has signed in for it.
    assert other.settings == {"project": "other"}
    assert other.notes[-1] == "run: gcloud auth application-default login"


def test_a_configuration_without_credentials_of_its_own_has_those_of_applications(
    folder: Path,
) -> None:
    configure(folder, text=f"[core]\naccount = {ACCOUNT}\nproject = acme\n")
    reference = sign_in(folder / "application_default_credentials.json")
    configuration, credentials = found()
    assert configuration.settings == {"service_account_info": reference, "project": "acme"}
    assert configuration.notes[0] == (
        f"it signs in by application default credentials, not as {ACCOUNT}"
    )
    assert credentials.settings == configuration.settings


def test_the_address_and_the_certificates_of_a_configuration_are_kept(folder: Path) -> None:
    text = (
        "[core]\ncustom_ca_certs_file = ~/ca.pem\n[api_endpoint_overrides]\n"
        "storage = http://127.0.0.1:4443/storage/v1/\n[auth]\ndisable_credentials = true\n"
    )
    configure(folder, text=text)
    [one] = found()
    assert one.settings == {
        "endpoint_url": "http://127.0.0.1:4443",
        "ca_bundle": str(Path("~/ca.pem").expanduser()),
        "options": {"token": "anon"},
    }


def test_what_a_configuration_cannot_become_is_said(folder: Path, tmp_path: Path) -> None:
    reference = sign_in(tmp_path / "key.json")
    configure(
        folder,
        text=f"[auth]\ncredential_file_override = {tmp_path / 'key.json'}\n"
        "impersonate_service_account = robot@acme.iam.gserviceaccount.com\n",
    )
    [one] = found()
    assert one.settings == {"service_account_info": reference}
    assert one.lost[0].startswith("impersonate_service_account: to act as robot@acme")
    configure(folder, text="[core]\nuniverse_domain = example.com\n")
    [one] = found()
    assert (one.cls, one.reason) == (
        None,
        "core/universe_domain is one that Storage does not know",
    )


def test_variables_count_for_the_active_configuration(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(folder, "a", "[core]\nproject = a\n")
    configure(folder, "b", "[core]\nproject = b\n", active=False)
    monkeypatch.setenv("CLOUDSDK_ACTIVE_CONFIG_NAME", "b")
    monkeypatch.setenv("CLOUDSDK_CORE_PROJECT", "c")
    a, b = found()
    assert (a.settings, a.is_default) == ({"project": "a"}, False)
    assert (b.settings, b.is_default) == ({"project": "c"}, True)


def test_a_folder_that_is_named_counts_without_variables(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(folder, text="[core]\nproject = a\n")
    monkeypatch.setenv("CLOUDSDK_CORE_PROJECT", "c")
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "none"))
    assert found() == []
    [one] = found(str(folder))
    assert one.settings == {"project": "a"}


def variable(path: Path, monkeypatch: pytest.MonkeyPatch) -> Found:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
    [one] = found()
    return one


@pytest.mark.parametrize(
    "kind", ["service_account", "person", "workload", "impersonating", "project"]
)
def test_what_signs_in_is_what_google_auth_finds(
    folder: Path, gcs_server: GCSServer, tmp_path: Path, kind: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    infos: dict[str, Any] = {
        "person": gcs_server.person,
        "workload": gcs_server.workload(file=str(tmp_path / "token")),
        "impersonating": gcs_server.impersonating("robot@acme.iam.gserviceaccount.com"),
    }
    info = infos.get(kind, gcs_server.service_account_info)
    reference = sign_in(tmp_path / "key.json", info)
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "mine" if kind == "project" else "")
    one = variable(tmp_path / "key.json", monkeypatch)
    # It would ask for the project of a workload.
    expected = None if kind == "workload" else google.auth.default()[1]
    assert one.settings.get("project") == expected
    assert one.settings["service_account_info"] == reference
    assert one.place == f"{tmp_path / 'key.json'} (GOOGLE_APPLICATION_CREDENTIALS)"
    assert (one.cls, one.is_default, one.asks) == (GoogleCloudStorage, True, "bucket")
    target = "robot@acme.iam.gserviceaccount.com" if kind == "impersonating" else ""
    assert target in one.entry
    notes = " ".join(one.notes)
    assert ("acts as robot" in notes) == (kind == "impersonating")
    assert ("which has to be there too" in notes) == (kind == "workload")
    assert ("the person who" in notes) == (kind in ("person", "impersonating"))


@pytest.mark.parametrize("kind", ["service_account", "person", "workload", "impersonating"])
def test_what_is_found_reads_what_google_s_own_clients_have_stored(
    folder: Path, gcs_server: GCSServer, tmp_path: Path, kind: str, engine: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    bucket = gcs_server.new_bucket()
    storage: Any = import_module("google.cloud.storage")
    client = storage.Client(
        project=gcs_server.project,
        credentials=import_module("google.auth.credentials").AnonymousCredentials(),
        client_options={"api_endpoint": gcs_server.emulator_url},
    )
    client.bucket(bucket).blob("results/report").upload_from_string(b"by Google")
    (tmp_path / "token").write_text(gcs_server.subject_token)
    infos: dict[str, Any] = {
        "person": gcs_server.person,
        "workload": gcs_server.workload(file=str(tmp_path / "token")),
        "impersonating": gcs_server.impersonating("robot@acme.iam.gserviceaccount.com"),
    }
    info = infos.get(kind, gcs_server.service_account_info)
    if kind == "person":
        sign_in(folder / "legacy_credentials" / ACCOUNT / "adc.json", info)
        text = f"[core]\naccount = {ACCOUNT}\n[api_endpoint_overrides]\n"
        configure(folder, text=f"{text}storage = {gcs_server.endpoint_url}/storage/v1/\n")
        [one] = found()
        changes = {}
    else:
        sign_in(tmp_path / "key.json", info)
        one = variable(tmp_path / "key.json", monkeypatch)
        changes = {"endpoint_url": gcs_server.endpoint_url}
    with used(one, bucket, **changes) as store:
        assert store.read("results/report") == b"by Google"


def test_the_emulator_that_a_variable_names_is_one(
    gcs_server: GCSServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", gcs_server.emulator_url.partition("://")[2])
    [one] = found()
    with used(one, gcs_server.new_bucket()) as store:
        assert store.read(store.write(b"x")) == b"x"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"type": "authorized_user",\n"x": }', ", line 2: is no JSON; mend it"),
        ("[]", " must be a JSON object"),
        ('{"type": "x"}', " must have a type of Google's credentials: "),
        ({**PERSON, "refresh_token": ""}, " lacks refresh_token, which authorized_user needs"),
        ({"installed": {"client_id": "x"}}, " is an OAuth client, which signs nobody in"),
        ({**PERSON, "universe_domain": "example.com"}, " is for example.com, which Storage does"),
        ("\ufeff{}", ", line 1: begins with a byte order mark; save it as UTF-8 without one"),
    ],
)
def test_credentials_that_cannot_be_used_have_a_reason_and_hide_no_other(
    folder: Path, tmp_path: Path, text: Any, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(tmp_path / "key.json", text)
    one = variable(tmp_path / "key.json", monkeypatch)
    assert (one.cls, one.settings) == (None, {})
    assert one.reason.startswith(f"{tmp_path / 'key.json'}{said}")
    sign_in(folder / "application_default_credentials.json")
    assert [each.cls for each in found()] == [None, GoogleCloudStorage]


def test_credentials_that_are_not_there_have_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = variable(tmp_path / "none.json", monkeypatch)
    assert one.reason == f"{tmp_path / 'none.json'}: does not exist; correct the path"


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (lambda path: path.write_bytes(b"[core]\nproject = \xff\n"), ", line 2: is no UTF-8 text"),
        (lambda path: path.write_text("[core]\n[core]\n"), ", line 2: has [core] twice"),
        (lambda path: path.write_text("project = x\n"), ", line 1: has a setting above all"),
        (lambda path: path.write_text("[core]\nproject = 5%\n"), ", line 2: has a % in project"),
        (lambda path: path.mkdir(), ": is a folder"),
    ],
)
def test_a_damaged_configuration_has_a_reason_and_hides_no_other(
    folder: Path, write: Callable[[Path], object], said: str
) -> None:
    write(folder / "configurations" / "config_broken")
    configure(folder, "fine", "[core]\nproject = acme\n")
    broken, fine = found()
    assert broken.reason.startswith(f"~/.config/gcloud/configurations/config_broken{said}")
    assert fine.cls is GoogleCloudStorage


def test_a_file_of_credentials_may_be_named(tmp_path: Path) -> None:
    reference = sign_in(tmp_path / "key.json")
    [one] = found(str(tmp_path / "key.json"))
    assert one.settings == {"service_account_info": reference}


def test_a_path_where_nothing_of_google_is_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigurationError, match="has no configurations of gcloud; name a folder"):
        found(str(tmp_path / "empty"))
    with pytest.raises(ConfigurationError, match="does not exist; correct the path"):
        found(str(tmp_path / "none"))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: path.touch(), "is no JSON"),
        (lambda path: path.write_text("junk"), "is no JSON"),
        (lambda path: path.write_bytes(b"\xff"), "is no UTF-8 text"),
        (lambda path: path.write_text("[]"), "holds no credentials of Google's"),
        (lambda path: os.mkfifo(path), "is no regular file"),
    ],
    ids=["empty", "junk", "bytes", "list", "pipe"],
)
def test_a_file_that_holds_no_credentials_is_an_error(
    tmp_path: Path, make: Callable[[Path], object], said: str
) -> None:
    make(tmp_path / "key.json")
    with pytest.raises(ConfigurationError, match=f"key.json.* {said}"):
        found(str(tmp_path / "key.json"))


def test_a_file_of_other_credentials_is_listed_with_its_reason(tmp_path: Path) -> None:
    sign_in(tmp_path / "key.json", {**PERSON, "universe_domain": "example.com"})
    [one] = found(str(tmp_path / "key.json"))
    assert "is for example.com" in one.reason
