"""Every way to sign in to Azure Blob Storage, and what is said where one fails."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import Any

import pytest

from storage_core import (
    AccessDenied,
    AzureBlobStorage,
    ConfigurationError,
    FileStorage,
    StorageUnavailable,
    open_store,
)
from storage_core.check import probe
from storage_core.errors import StorageError
from tests.engines import both
from tests.patience import within
from tests.servers.azurite import AzureServer, azurite
from tests.servers.certificates import self_signed
from tests.servers.entra import Entra, entra
from tests.servers.front import Reply, front_of

pytestmark = both

Account = Callable[..., AzureBlobStorage]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return self_signed(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def server(certificate: tuple[Path, Path], server_folder: Path) -> Iterator[AzureServer]:
    with azurite(server_folder, certificate) as running:
        yield running


@pytest.fixture(scope="module")
def container(server: AzureServer) -> str:
    return server.new_container()


@pytest.fixture
def tokens(certificate: tuple[Path, Path]) -> Iterator[Entra]:
    with entra(*certificate) as running:
        yield running


@pytest.fixture(autouse=True)
def machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, certificate: tuple[Path, Path]
) -> Path:
    """A machine with no Azure CLI and no identity; its PATH is this folder."""
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setenv("AZURE_CONFIG_DIR", str(tmp_path / "azure"))
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://127.0.0.1:1")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate[0]))
    return programs


@pytest.fixture
def account(server: AzureServer, container: str) -> Account:
    """A configuration for the account, with these options."""

    def made(*, timeout: float = 10, **options: Any) -> AzureBlobStorage:
        return AzureBlobStorage(
            container=container,
            account_name=server.account_name,
            ca_bundle=str(server.certificate),
            options={"account_host": server.account_host, **options},
            timeout=timeout,
        )

    return made


def refused(storage: AzureBlobStorage) -> StorageError:
    with (
        within((storage.timeout or 10) + 0.5),
        open_store(storage) as store,
        pytest.raises(StorageError) as caught,
    ):
        store.write(b"x")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500
    return caught.value


def works(storage: AzureBlobStorage | FileStorage) -> None:
    with open_store(storage) as store:
        assert store.read(store.write(b"x")) == b"x"


def test_a_key_in_options_signs_in_whatever_variables_say(
    server: AzureServer, account: Account, container: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ACCOUNT_NAME", "ACCOUNT_KEY", "SAS_TOKEN", "CLIENT_ID", "CONNECTION_STRING"):
        monkeypatch.setenv(f"AZURE_STORAGE_{name}", "wrong")
    monkeypatch.setenv("AZURE_STORAGE_ANON", "true")
    works(account(account_key=server.account_key))
    options = {
        "account_name": server.account_name,
        "account_key": server.account_key,
        "account_host": server.account_host,
    }
    for scheme in ("az", "abfs", "abfss"):
        works(
            FileStorage(
                base_path=f"{scheme}://{container}/x",
                ca_bundle=str(server.certificate),
                options=options,
            )
        )
    error = refused(account(account_key=server.made_up_key()))
    assert type(error) is AccessDenied
    assert "check account_key in Options" in str(error)


def test_a_connection_string_signs_in_and_its_key_is_what_to_check(
    azure_server: AzureServer,
) -> None:
    storage = AzureBlobStorage(
        container=azure_server.new_container(), connection_string=azure_server.connection_string
    )
    works(storage)
    wrong = azure_server.connection_string_with(azure_server.made_up_key())
    assert "check Connection String" in str(refused(replace(storage, connection_string=wrong)))
    cut_off = replace(storage, connection_string=azure_server.connection_string_with("QUJDx"))
    with pytest.raises(ConfigurationError, match="no base64: it may be cut off"):
        open_store(cut_off)


def test_a_signature_works_with_and_without_a_question_mark_and_its_end_is_said(
    azure_server: AzureServer,
) -> None:
    container = azure_server.new_container()
    for mark in ("", "?"):
        string = azure_server.signed(timedelta(hours=1), mark)
        store = open_store(AzureBlobStorage(container=container, connection_string=string))
        assert store.read(store.write(b"x")) == b"x"
        results = [*probe(store.configuration)]
        assert [each.ok for each in results] == [True] * len(results)
        assert any("its signature (SAS) expires on" in each.message for each in results)
    over = azure_server.signed(timedelta(hours=-1), "?")
    error = refused(AzureBlobStorage(container=container, connection_string=over))
    assert type(error) is AccessDenied
    assert "its signature (SAS) expired on" in str(error)


@pytest.mark.parametrize(
    ("code", "hours_ago", "said"),
    [
        ("AuthorizationPermissionMismatch", 0, "have the role Storage Blob Data Contributor"),
        ("KeyBasedAuthenticationNotPermitted", 0, "give the name of the account instead"),
        ("AuthenticationFailed", 1, "60 minutes ahead of the server's; set the clock"),
        ("AuthenticationFailed", -1, "minutes behind the server's; set the clock"),
    ],
)
def test_a_refusal_for_another_reason_than_the_credentials_is_told_with_it(
    code: str, hours_ago: int, said: str, azure_server: AzureServer
) -> None:
    date = format_datetime(datetime.now(UTC) - timedelta(hours=hours_ago), usegmt=True)
    body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>No.</Message></Error>"
    headers = (("x-ms-error-code", code), ("Date", date), ("Content-Type", "application/xml"))
    reply = Reply(403, body.encode(), headers)
    with front_of(azure_server.endpoint_url, lambda _: reply) as front:
        string = azure_server.connection_string.replace(azure_server.endpoint_url, front.url)
        error = refused(AzureBlobStorage(container="c", connection_string=string))
    assert type(error) is AccessDenied
    assert said in str(error)


def test_a_service_principal_signs_in(account: Account, tokens: Entra) -> None:
    works(account(**tokens.service_principal))
    assert tokens.requests == [f"/{tokens.tenant_id}/oauth2/v2.0/token"]


@pytest.mark.parametrize(
    ("name", "said"), [("client_secret", "AADSTS7000215"), ("client_id", "AADSTS700016")]
)
def test_a_service_principal_that_is_refused_is_told_by_whom(
    name: str, said: str, account: Account, tokens: Entra
) -> None:
    error = refused(account(**{**tokens.service_principal, name: "wrong-one"}))
    assert type(error) is AccessDenied
    assert error.while_signing_in
    for part in (tokens.url, said, "check tenant_id, client_id and client_secret in Options"):
        assert part in str(error)
    assert "wrong-one" not in str(error)
    assert "Trace ID" not in str(error)


def test_a_service_principal_without_its_secret_is_told_what_is_missing(account: Account) -> None:
    error = refused(account(client_id="x"))
    assert type(error) is ConfigurationError
    assert "add tenant_id and client_secret" in str(error)


@pytest.mark.parametrize("way", ["stalled", "broken", "down"])
def test_a_token_endpoint_that_does_not_answer_is_named_and_holds_up_nobody_else(
    way: str, server: AzureServer, account: Account, tokens: Entra
) -> None:
    principal = tokens.service_principal
    if way == "stalled":
        tokens.stalled.clear()
    if way == "broken":
        tokens.status = 503
    if way == "down":
        principal["authority"] = "https://127.0.0.1:1"
    caught: list[StorageError] = []
    waits = account(**principal, timeout=1.5)
    works(account(account_key=server.account_key))
    # On a busy machine this may take longer by itself.
    for tries_left in (2, 1, 0):
        waiting = Thread(target=lambda: caught.append(refused(waits)))
        waiting.start()
        started = monotonic()
        works(account(account_key=server.account_key))
        took = monotonic() - started
        waiting.join()
        if took < 1.2:
            break
        assert tries_left, took
    assert type(caught[0]) is StorageUnavailable
    assert f"{principal['authority']}/{tokens.tenant_id}/oauth2/v2.0/token" in str(caught[0])
    assert "authority in Options" in str(caught[0])


def test_the_secret_is_sent_where_the_configuration_says_and_nowhere_else(
    account: Account, tokens: Entra, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_AUTHORITY_HOST", "https://127.0.0.1:1")
    monkeypatch.setenv("AZURE_REGIONAL_AUTHORITY_NAME", "nowhere")
    works(account(**tokens.service_principal))


def test_variables_sign_a_service_principal_in_where_only_the_account_is_named(
    account: Account, tokens: Entra, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_AUTHORITY_HOST", tokens.url)
    monkeypatch.setenv("AZURE_TENANT_ID", tokens.tenant_id)
    monkeypatch.setenv("AZURE_CLIENT_ID", tokens.client_id)
    error = refused(account())
    assert "AZURE_TENANT_ID and AZURE_CLIENT_ID without AZURE_CLIENT_SECRET" in str(error)
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "wrong")
    error = refused(account())
    assert type(error) is AccessDenied
    assert "AADSTS7000215" in str(error)
    assert "check AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET" in str(error)
    monkeypatch.setenv("AZURE_CLIENT_SECRET", tokens.client_secret)
    works(account())


@pytest.mark.parametrize(
    "variable", ["AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_FEDERATED_TOKEN_FILE"]
)
def test_a_file_that_a_variable_names_in_vain_is_named_with_it(
    variable: str, account: Account, tokens: Entra, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_AUTHORITY_HOST", tokens.url)
    monkeypatch.setenv("AZURE_TENANT_ID", tokens.tenant_id)
    monkeypatch.setenv("AZURE_CLIENT_ID", tokens.client_id)
    monkeypatch.setenv(variable, "/nowhere/file")
    with within(5):
        error = refused(account())
    assert "/nowhere/file" in str(error)
    assert variable in str(error)
    assert "does not exist" not in str(error)


def test_the_identity_of_a_machine_signs_in(
    account: Account, tokens: Entra, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", tokens.machine_url)
    works(account())
    monkeypatch.delenv("AZURE_POD_IDENTITY_AUTHORITY_HOST")
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{tokens.machine_url}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", tokens.header)
    works(account())
    monkeypatch.setenv("IDENTITY_HEADER", "wrong")
    error = refused(account())
    assert type(error) is AccessDenied
    assert f"asked of {tokens.machine_url}/msi/token (IDENTITY_ENDPOINT)" in str(error)
    assert "assign an identity to this machine" in str(error)


def test_the_azure_cli_signs_in(account: Account, tokens: Entra, machine: Path) -> None:
    answer = json.dumps({"accessToken": tokens.token(), "expires_on": int(time.time()) + 3600})
    says = {
        "token": f"print({answer!r})",
        "login": "import sys; sys.exit(\"ERROR: Please run 'az login' to setup account.\")",
        "hangs": "import time; time.sleep(30)",
    }

    def az(way: str) -> None:
        program = machine / "az"
        program.write_text(f"#!{sys.executable}\n{says[way]}\n")
        program.chmod(0o700)

    az("token")
    works(account())
    az("login")
    error = refused(account())
    assert type(error) is AccessDenied
    assert str(error).endswith("; run: az login")
    az("hangs")
    assert "az login" in str(refused(account(timeout=2)))


def test_where_nothing_signs_in_one_line_says_so_and_nothing_is_printed(
    account: Account, capfd: pytest.CaptureFixture[str]
) -> None:
    error = refused(account())
    assert type(error) is AccessDenied
    assert error.while_signing_in
    assert "nothing signs in" in str(error)
    assert "az login" in str(error)


def test_nobody_signs_in_where_that_is_wanted(account: Account, tokens: Entra) -> None:
    error = refused(account(anon=True))
    assert "take anon out of Options to sign in" in str(error)
    assert tokens.requests == []


@pytest.mark.engine("direct")
def test_a_token_that_is_refused_is_replaced_and_the_call_made_again_if_it_was_old(
    account: Account, tokens: Entra
) -> None:
    with open_store(account(**tokens.service_principal)) as store:
        key = store.write(b"x")
        backend: Any = store.backend
        kept = backend._backend._policy.driver._requests._signer._tokens
        assert [store.read(key) for _ in range(3)] == [b"x"] * 3
        assert len(tokens.requests) == 1
        kept._token = kept._token._replace(token="taken.back.since")
        kept._found_at -= 3600
        assert store.read(key) == b"x"
        assert len(tokens.requests) == 2
        # Another one would be refused as well.
        kept._token = kept._token._replace(token="never.good.for")
        with pytest.raises(AccessDenied) as caught:
            store.read(key)
        assert caught.value.while_signing_in
        assert len(tokens.requests) == 2
        assert store.read(key) == b"x"
        assert len(tokens.requests) == 3
