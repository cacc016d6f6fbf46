"""What limited credentials and servers without a deletion mean on other types than S3."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from azure.storage.blob import generate_container_sas

from storage_core import AzureBlobStorage, BlobExists, FileStorage, GoogleCloudStorage, open_store
from tests.engines import both
from tests.servers.azurite import AzureServer
from tests.servers.front import Asked, Reply, front_of
from tests.servers.ftp import FTPServer
from tests.servers.gcs import GCSServer
from tests.servers.webdav import WebDAVServer
from tests.stores.test_least_privilege import outcome, steps_of

pytestmark = both

NOT_DELETED = {"delete": "lacks"}


def with_sas(server: AzureServer, permission: str) -> AzureBlobStorage:
    """A storage on a new container whose credentials are a SAS with this permission."""
    container = server.new_container()
    token = generate_container_sas(
        server.account_name,
        container,
        account_key=server.account_key,
        permission=permission,
        expiry=datetime.now(UTC) + timedelta(hours=1),
    )
    return AzureBlobStorage(
        container=container,
        connection_string=(
            f"BlobEndpoint={server.endpoint_url}/{server.account_name};"
            f"SharedAccessSignature={token}"
        ),
    )


@pytest.mark.parametrize(
    ("permission", "first", "again"),
    [
        ("rwdlc", {}, {}),
        ("rwl", NOT_DELETED, NOT_DELETED),
        ("rwcd", {"list": "lacks"}, {"list": "lacks"}),
        ("wd", {"read": "lacks", "list": "lacks"}, {"read": "lacks", "list": "lacks"}),
        # Who may create and not replace cannot write the same blob twice.
        ("rcl", NOT_DELETED, {"write": "lacks", **NOT_DELETED}),
        ("c", *[{"read": "lacks", "list": "lacks", **NOT_DELETED}] * 2),
        ("rl", *[{"write": "failed"}] * 2),
        ("d", *[{"sign in": "failed"}] * 2),
    ],
)
def test_each_permission_of_a_sas_counts_for_itself(
    azure_server: AzureServer, permission: str, first: dict[str, str], again: dict[str, str]
) -> None:
    configuration = with_sas(azure_server, permission)
    assert outcome(steps_of(configuration)) == first
    assert outcome(steps_of(configuration)) == again
    with azure_server.service() as service:
        container = service.get_container_client(configuration.container)
        left = [blob.name for blob in container.list_blobs()]
    if "d" in permission or first == {"write": "failed"}:
        assert left == []
    elif permission != "c":
        assert left == ["results/storage-test-blob"]
    if permission in ("c", "wd"):
        with open_store(configuration) as store:
            store.write(b"first", key="results/chosen")


@pytest.mark.parametrize("missing", ["list", "delete", "read"])
def test_each_permission_on_google_counts_for_itself(gcs_server: GCSServer, missing: str) -> None:
    denied = Reply(403, b'{"error": {"code": 403, "message": "no access"}}')

    def rule(asked: Asked) -> Reply | None:
        if asked.method == "DELETE":
            wanted = "delete"
        elif asked.method == "GET":
            wanted = "list" if "/o?" in asked.path else "read"
        else:
            return None
        return denied if wanted == missing else None

    with front_of(gcs_server.endpoint_url, rule) as front:
        configuration = GoogleCloudStorage(
            bucket=gcs_server.new_bucket(),
            project=gcs_server.project,
            service_account_info=gcs_server.service_account_json,
            endpoint_url=front.url,
        )
        # The emulator does not keep to the condition of a write.
        assert outcome(steps_of(configuration)) == {"keep": "lacks", missing: "lacks"}


@pytest.mark.engine("fsspec")
@pytest.mark.parametrize(("method", "status"), [("DELETE", 403), ("DELETE", 405), ("GET", 403)])
def test_webdav_may_refuse_to_delete_or_to_read(
    webdav_server: WebDAVServer, method: str, status: int
) -> None:
    def rule(asked: Asked) -> Reply | None:
        return Reply(status) if asked.method == method else None

    folder = webdav_server.new_folder()
    with front_of(webdav_server.open_url.removesuffix("/open"), rule) as front:
        place = f"{front.url.replace('http', 'webdav')}/open/{folder}/"
        configuration = FileStorage(base_path=place)
        expected = {"DELETE": "delete", "GET": "read"}[method]
        for _ in range(2):
            assert outcome(steps_of(configuration)) == {expected: "lacks"}
        left = [path.name for path in webdav_server.open_folder.glob(f"{folder}/results/*")]
        assert left == (["storage-test-blob"] if method == "DELETE" else [])


@pytest.mark.engine("fsspec")
def test_a_folder_on_ftp_that_keeps_everything_gets_one_blob(ftp_server: FTPServer) -> None:
    configuration = FileStorage(
        base_path=ftp_server.url("kept"),
        options={"username": ftp_server.user, "password": ftp_server.password},
    )
    for _ in range(2):
        assert outcome(steps_of(configuration)) == {"keep": "lacks", "delete": "lacks"}
    assert [path.name for path in (ftp_server.folder / "kept/results").iterdir()] == [
        "storage-test-blob"
    ]
    with open_store(configuration) as store:
        key = store.write(b"x", key="results/chosen")
        with pytest.raises(BlobExists):
            store.write(b"y", key=key)
