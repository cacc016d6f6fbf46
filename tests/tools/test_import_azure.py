"""What the Azure CLI has written is imported, and reads what Azure's client has stored.

The whole CLI takes 730 MB and minutes to install. The environment here has its core, azure-cli-core
with knack, whose class of the configuration is the one by which `az config set` writes and by which
`az storage` reads.

Expected: what the CLI's configuration answers for `storage.X` is what is imported. Found
(azure-cli-core 2.91, knack 0.14): so it is; a variable counts more than the file, also one that is
empty; a percent sign has to be written twice, in the argument of `az config set` already.
"""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from storage_core.importing.sources import azure
from tests.importing.written import used
from tests.servers.azurite import AzureServer
from tests.tools.program import run

pytestmark = [pytest.mark.tools, pytest.mark.timeout(300)]

_CLI = """
import json, sys
from azure.cli.core._config import GLOBAL_CONFIG_DIR
from knack.config import CLIConfig
config = CLIConfig(GLOBAL_CONFIG_DIR, "AZURE")
for name, value in json.loads(sys.argv[1]).items():
    config.set_value("storage", name, value)
names = ("account", "connection_string", "key", "sas_token", "account_url")
print(json.dumps({name: config.get("storage", name, None) for name in names}))
"""


def cli(settings: dict[str, str]) -> dict[str, str | None]:
    """Has the CLI write settings below `[storage]`, and gives what it reads there."""
    said: dict[str, str | None] = json.loads(
        run("azure", "-c", _CLI, json.dumps(settings), name="python")
    )
    return said


@pytest.fixture
def container(azure_server: AzureServer) -> str:
    """One with a blob of Azure's own client."""
    name = azure_server.new_container()
    with azure_server.service() as service:
        service.get_container_client(name).upload_blob("results/report", b"by Azure")
    return name


def test_a_connection_string_reads_what_azure_has_stored(
    azure_server: AzureServer, container: str, engine: str
) -> None:
    said = cli({"connection_string": azure_server.connection_string.replace("%", "%%")})
    [found] = azure.found()
    assert found.place == str(Path("~/.azure/config"))
    assert found.settings == {"connection_string": said["connection_string"]}
    with used(found, container) as store:
        assert store.read("results/report") == b"by Azure"


def test_a_signature_with_percent_signs_reads_what_azure_has_stored(
    azure_server: AzureServer, container: str
) -> None:
    url = f"{azure_server.endpoint_url}/{azure_server.account_name}"
    signed = azure_server.signed(timedelta(days=30)).partition("SharedAccessSignature=")[2]
    assert "%" in signed
    said = cli({"account_url": url, "sas_token": signed.replace("%", "%%")})
    assert said["sas_token"] == signed
    [found] = azure.found()
    with used(found, container) as store:
        assert store.read("results/report") == b"by Azure"


@pytest.mark.parametrize("value", ["other", ""])
def test_a_variable_counts_more_than_the_file(
    azure_server: AzureServer, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_STORAGE_KEY", value)
    said = cli({"account": "acme", "key": azure_server.account_key})
    assert (said["account"], said["key"]) == ("acme", value)
    [found] = azure.found()
    options = {"account_key": {"ref": "env:AZURE_STORAGE_KEY"}}
    assert found.settings == {"account_name": "acme", **({"options": options} if value else {})}
