"""Azure Blob Storage: azurite, on the Node that comes as a Python package."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_bytes, token_hex
from typing import Any, Final

from tests.servers.node import node
from tests.servers.process import HOST, ServerError, free_port, running

_MAIN: Final = Path(__file__).parent / "azurite/node_modules/azurite/dist/src/blob/main.js"


@dataclass(frozen=True)
class AzureServer:
    """A running Azure Blob Storage server with one account."""

    endpoint_url: str
    account_name: str
    account_key: str = field(repr=False)
    certificate: Path | None = None
    """The file of the certificate, if the server speaks TLS."""

    @property
    def account_host(self) -> str:
        """The value for adlfs's option `account_host`."""
        return f"{self.endpoint_url.partition('://')[2]}/{self.account_name}"

    @property
    def connection_string(self) -> str:
        """What a person would paste from the Azure portal."""
        return self.connection_string_with(self.account_key)

    def connection_string_with(self, account_key: str) -> str:
        """The connection string with another key than the right one."""
        return (
            f"DefaultEndpointsProtocol={self.endpoint_url.partition(':')[0]};AccountName={self.account_name};"
            f"AccountKey={account_key};BlobEndpoint={self.endpoint_url}/{self.account_name};"
        )

    def signed(self, left: timedelta, mark: str = "") -> str:
        """A connection string with a signature for the account that expires after `left`."""
        from azure.storage.blob import AccountSasPermissions, ResourceTypes, generate_account_sas

        token = generate_account_sas(
            self.account_name,
            self.account_key,
            resource_types=ResourceTypes(service=True, container=True, object=True),
            permission=AccountSasPermissions(
                read=True, write=True, delete=True, list=True, create=True
            ),
            start=datetime.now(UTC) - timedelta(days=1),
            expiry=datetime.now(UTC) + left,
        )
        endpoint = f"{self.endpoint_url}/{self.account_name}"
        return f"BlobEndpoint={endpoint};SharedAccessSignature={mark}{token}"

    @staticmethod
    def made_up_key() -> str:
        """An account key that is well formed and unknown to the server."""
        return b64encode(token_bytes(64)).decode()

    def service(self) -> Any:
        """Azure's own client, for what a test has to prepare or inspect."""
        from azure.storage.blob import BlobServiceClient

        return BlobServiceClient.from_connection_string(
            self.connection_string,
            retry_total=0,
            connection_timeout=2,
            read_timeout=10,
            connection_verify=str(self.certificate) if self.certificate else True,
        )

    def new_container(self) -> str:
        """The name of a fresh, empty container."""
        name = f"container-{token_hex(6)}"
        with self.service() as service:
            service.create_container(name)
        return name

    def check(self) -> None:
        """Write and read a blob: azurite can create containers before it can write blobs."""
        with self.service() as service:
            container = service.create_container(f"check-{token_hex(6)}")
            container.upload_blob("blob", b"ready")
            container.download_blob("blob").readall()
            container.delete_container()


@contextmanager
def azurite(folder: Path, certificate: tuple[Path, Path] | None = None) -> Iterator[AzureServer]:
    """An azurite server; its data and its log go into `folder`.

    Args:
        folder: one that exists.
        certificate: the files of a certificate and of its key; with them azurite speaks TLS, and
            accepts tokens.
    """
    if not _MAIN.exists():
        raise ServerError("azurite is not installed; run `make test`, which sets it up")
    port = free_port()
    scheme = "https" if certificate else "http"
    server = AzureServer(
        f"{scheme}://{HOST}:{port}",
        f"account{token_hex(4)}",
        AzureServer.made_up_key(),
        certificate[0] if certificate else None,
    )
    command: list[str | Path] = [
        *(node(), _MAIN, "--blobHost", HOST, "--blobPort", str(port)),
        *("-l", folder / f"azurite-data-{scheme}", "--silent", "--disableTelemetry"),
        "--skipApiVersionCheck",
    ]
    if certificate:
        command += ["--cert", certificate[0], "--key", certificate[1], "--oauth", "basic"]
    accounts = {"AZURITE_ACCOUNTS": f"{server.account_name}:{server.account_key}"}
    log = folder / f"azurite-{scheme}.log"
    with running(command, log=log, ready=server.check, env=accounts):
        yield server
