"""The storage account of the Azure CLI and of Azure's variables, as configurations.

Expected: what `az storage` would use is what is found. Found (azure-cli 2.91): a variable counts
more than `[storage]` of its file, an empty one too; a connection string more than account, key and
signature; `auth_mode = login` more than all of them; the file is INI where `%%` is a percent sign.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from secrets import token_bytes, token_hex
from typing import Any

import pytest

from storage_core import AzureBlobStorage, ConfigurationError
from storage_core.importing.found import Found
from storage_core.importing.sources import azure
from tests.importing.test_files import told
from tests.importing.written import used
from tests.servers.azurite import AzureServer

KEY = b64encode(token_bytes(64)).decode()
SIGNATURE = f"sv=2026-01-01&sig={token_hex(16)}%2B%3D"
STRING = f"DefaultEndpointsProtocol=https;AccountName=acme;AccountKey={KEY}"
SECRETS = (KEY, SIGNATURE, SIGNATURE.partition("sig=")[2])


@pytest.fixture(autouse=True)
def folder(home: Path) -> Path:
    folder = Path("~/.azure").expanduser()
    folder.mkdir()
    return folder


def found(path: str | None = None) -> list[Found]:
    result = azure.found(path)
    for each in result:
        shown = repr(each) + " ".join((*each.lost, *each.notes, each.reason))
        assert not [secret for secret in SECRETS if secret in shown]
    return result


def written(folder: Path, **settings: str) -> list[Found]:
    lines = [f"{name} = {value.replace('%', '%%')}" for name, value in settings.items()]
    (folder / "config").write_text("\n".join(["[storage]", *lines, ""]))
    return found()


def test_where_there_is_nothing_nothing_is_found(folder: Path) -> None:
    assert found() == []
    assert azure.places() == [str(folder)]
    (folder / "config").write_text("[cloud]\nname = AzureCloud\n")
    assert found() == []


def test_a_connection_string_in_the_file_is_copied(folder: Path) -> None:
    [one] = written(folder, connection_string=STRING)
    assert (one.cls, one.name, one.asks, one.is_default) == (
        *(AzureBlobStorage, "acme"),
        *("container", True),
    )
    assert (one.entry, one.place) == ("connection string in [storage]", "~/.azure/config")
    assert one.settings == {"connection_string": STRING}


def test_a_connection_string_in_a_variable_is_a_reference(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", STRING)
    [one] = written(folder, connection_string="AccountName=other", account="acme", key=KEY)
    assert one.settings == {"connection_string": "env:AZURE_STORAGE_CONNECTION_STRING"}
    assert (one.entry, one.place) == ("AZURE_STORAGE_CONNECTION_STRING", "the environment")


def test_an_account_beside_another_one_s_connection_string_is_found_too(folder: Path) -> None:
    string, account = written(folder, connection_string=STRING, account="other", key=KEY)
    assert (string.name, string.is_default) == ("acme", True)
    assert (account.name, account.is_default) == ("other", False)


@pytest.mark.parametrize(
    ("said", "options", "lost"),
    [
        ({"key": KEY}, {"account_key": KEY}, ()),
        ({"sas_token": SIGNATURE}, {"sas_token": SIGNATURE}, ()),
        ({"key": KEY, "sas_token": SIGNATURE}, {"account_key": KEY},
         ("sas_token: key counts more",)),
        ({"key": KEY, "auth_mode": "login"}, None, ("key: auth_mode counts more",)),
        ({}, None, ()),
    ],
)  # fmt: skip
def test_an_account_has_what_signs_in_for_it(
    folder: Path, said: dict[str, str], options: Any, lost: tuple[str, ...]
) -> None:
    [one] = written(folder, account="acme", **said)
    expected = {"account_name": "acme", **({"options": options} if options else {})}
    assert (one.settings, one.lost, one.entry) == (expected, lost, "account acme")
    assert bool(one.notes) == (options is None)


def test_secrets_in_variables_are_references(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_STORAGE_KEY", KEY)
    [one] = written(folder, account="acme", key="other")
    assert one.settings["options"] == {"account_key": {"ref": "env:AZURE_STORAGE_KEY"}}
    assert one.place == "~/.azure/config and the environment"
    monkeypatch.setenv("AZURE_STORAGE_KEY", "")
    for name in ("CLIENT_ID", "CLIENT_SECRET", "TENANT_ID"):
        monkeypatch.setenv(f"AZURE_STORAGE_{name}", "x")
    [one] = found()
    assert one.settings["options"] == {
        name: {"ref": f"env:AZURE_STORAGE_{name.upper()}"}
        for name in ("client_id", "client_secret", "tenant_id")
    }


def test_variables_of_adlfs_are_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "acme")
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", KEY)
    [one] = found()
    assert one.settings["options"] == {"account_key": {"ref": "env:AZURE_STORAGE_ACCOUNT_KEY"}}


@pytest.mark.parametrize(
    ("cloud", "host"),
    [
        ("AzureCloud", None),
        ("AzureChinaCloud", "acme.blob.core.chinacloudapi.cn"),
        ("own", "acme.blob.stack.example.com"),
    ],
)
def test_the_cloud_of_the_cli_is_that_of_the_account(
    folder: Path, cloud: str, host: str | None
) -> None:
    (folder / "clouds.config").write_text("[own]\nsuffix_storage_endpoint = stack.example.com\n")
    (folder / "config").write_text(f"[cloud]\nname = {cloud}\n[storage]\naccount = acme\n")
    [one] = found()
    assert one.settings.get("options", {}).get("account_host") == host


def test_an_account_in_an_unknown_cloud_has_a_reason(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_CLOUD_NAME", "none")
    [one] = written(folder, account="acme", key=KEY)
    assert one.reason == "the Azure CLI has no cloud none; run: az cloud list"


def test_the_address_of_an_account_is_kept(folder: Path) -> None:
    url = "https://acme.blob.storage.azure.net/"
    [one] = written(folder, account_url=url, key=KEY)
    options = {"account_key": KEY, "account_host": "acme.blob.storage.azure.net"}
    assert one.settings == {"account_name": "acme", "options": options}


def test_the_address_of_an_emulator_makes_a_connection_string(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "http://127.0.0.1:10000/acme"
    [one] = written(folder, account_url=url, key=KEY)
    string = f"AccountName=acme;AccountKey={KEY};BlobEndpoint={url}"
    assert one.settings == {"connection_string": string}
    monkeypatch.setenv("AZURE_STORAGE_KEY", KEY)
    [one] = found()
    assert one.cls is None
    assert "as AZURE_STORAGE_CONNECTION_STRING" in one.reason


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"connection_string": f"AccountName=acme;AccountKey={KEY[:-3]}"},
         "it has an AccountKey that is no base64: it may be cut off; copy it again"),
        ({"account": "https://acme.blob.core.windows.net", "key": KEY},
         "the name of the account must be the bare name of the account"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_has_a_reason(
    folder: Path, settings: dict[str, str], reason: str
) -> None:
    [one] = written(folder, **settings)
    assert (one.cls, one.settings) == (None, {})
    assert one.reason.startswith(reason)


def test_a_sign_in_without_an_account_is_told_of(folder: Path) -> None:
    (folder / "azureProfile.json").write_bytes(b'\xef\xbb\xbf{"subscriptions": [{"id": "x"}]}')
    [one] = found()
    assert one.reason == "it names no storage account; run: az config set storage.account=NAME"
    [one] = written(folder, account="acme")
    assert one.cls is AzureBlobStorage


@pytest.mark.parametrize("at", ["", "config"])
def test_another_folder_counts_without_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    (tmp_path / "config").write_text("[storage]\naccount = there\n")
    monkeypatch.setenv("AZURE_STORAGE_KEY", KEY)
    [one] = found(str(tmp_path / at))
    assert one.settings == {"account_name": "there"}
    monkeypatch.setenv("AZURE_CONFIG_DIR", str(tmp_path))
    [one] = found()
    assert (one.name, "options" in one.settings) == ("there", True)


@pytest.mark.parametrize("write", [
    (lambda path: path.write_bytes(b"[storage]\nkey = \xff\n"), ", line 2: is no UTF-8 text"),
    (lambda path: path.write_bytes(b"\xef\xbb\xbf[storage]\n"), ", line 1: begins with a byte"),
    (lambda path: path.write_text(f"[storage]\nkey = {KEY}\nkey = x\n"), ", line 3: has key in"),
    (lambda path: path.write_text(f"[storage]\n[storage]\nkey = {KEY}"), ", line 2: has .storage"),
    (lambda path: path.write_text(f"[storage]\nsas_token = {SIGNATURE}\n"),
     ", line 2: has a % in sas_token of .storage. that stands for nothing; write %% for a"),
    (lambda path: path.write_text(f"key = {KEY}"), ", line 1: has a setting above all"),
    (lambda path: path.mkdir(), ": is a folder"),
    (lambda path: path.write_text("#" * 5_000_000), ": is larger than 4 MiB"),
])  # fmt: skip
def test_a_damaged_file_is_one_error_that_names_it(
    folder: Path, write: tuple[Callable[[Path], object], str]
) -> None:
    damage, said = write
    damage(folder / "config")
    with pytest.raises(ConfigurationError, match=f"^~/.azure/config{said}") as caught:
        azure.found()
    assert not [secret for secret in SECRETS if secret in told(caught.value)]


def test_a_path_where_nothing_of_the_cli_is_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"has no config; name a folder such as ~/.azure"):
        azure.found(str(tmp_path))
    with pytest.raises(ConfigurationError, match="does not exist; correct the path"):
        azure.found(str(tmp_path / "none"))


def test_line_ends_of_windows_are_line_ends(folder: Path) -> None:
    (folder / "config").write_bytes(b"[storage]\r\naccount = acme\r\n")
    [one] = found()
    assert one.settings == {"account_name": "acme"}


@pytest.mark.parametrize("by", ["string", "variable", "url", "signature"])
def test_what_is_found_reads_what_azure_s_client_has_stored(
    folder: Path, azure_server: AzureServer, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import timedelta

    container = azure_server.new_container()
    with azure_server.service() as service:
        service.get_container_client(container).upload_blob("results/report", b"by Azure")
    string = azure_server.connection_string
    if by == "variable":
        monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", string)
        [one] = found()
    elif by == "string":
        [one] = written(folder, connection_string=string)
    else:
        url = f"{azure_server.endpoint_url}/{azure_server.account_name}"
        signed = azure_server.signed(timedelta(days=30)).partition("SharedAccessSignature=")[2]
        sign_in = {"sas_token": f"?{signed}"} if by == "signature" else {
            "key": azure_server.account_key
        }  # fmt: skip
        [one] = written(folder, account_url=url, **sign_in)
    assert one.name == (azure_server.account_name if by != "x" else "")
    with used(one, container) as store:
        assert store.read("results/report") == b"by Azure"
