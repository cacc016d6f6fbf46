"""What a configuration says is all that counts: fsspec's own configuration, and Azure's account."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from secrets import token_hex
from textwrap import dedent

import pytest

from storage_core import AzureBlobStorage, ConfigurationError, FileStorage, open_store
from storage_core.errors import StorageError
from tests.engines import both
from tests.servers.azurite import AzureServer
from tests.servers.gcs import GCSServer
from tests.servers.process import HOST, closed_port
from tests.servers.s3 import S3Server
from tests.servers.webdav import WebDAVServer

pytestmark = both


def python(script: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A process of its own, since fsspec reads its configuration once."""
    return subprocess.run(
        [sys.executable, "-c", dedent(script)],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **variables},
    )


WRITE = """
    import storage_core
    for name in NAMES:
        with storage_core.get_store(name, config_path=PATH) as store:
            print(name, store.read(store.write(name.encode())).decode())
"""


def test_variables_and_files_of_fsspec_change_nothing_for_us_and_all_for_others(
    s3_server: S3Server,
    gcs_server: GCSServer,
    webdav_server: WebDAVServer,
    tmp_path: Path,
) -> None:
    bucket = s3_server.new_bucket()
    wrong = f"http://{HOST}:1"
    keys = {
        "key": s3_server.access_key_id,
        "secret": s3_server.secret_access_key,
        "endpoint_url": s3_server.endpoint_url,
    }
    places = {
        "s3": {
            "type": "s3",
            "bucket": bucket,
            "aws_access_key_id": s3_server.access_key_id,
            "aws_secret_access_key": s3_server.secret_access_key,
            "endpoint_url": s3_server.endpoint_url,
        },
        "gcs": {
            "type": "gcs",
            "bucket": gcs_server.new_bucket(),
            "service_account_info": gcs_server.service_account_json,
            "endpoint_url": gcs_server.endpoint_url,
        },
        "chained": {
            "type": "file",
            "base_path": f"simplecache::s3://{bucket}/x",
            "options": {"s3": keys},
        },
        "webdav": {
            "type": "file",
            "base_path": "webdav://isolated",
            "options": {
                "base_url": webdav_server.private_url,
                "auth": [webdav_server.user, webdav_server.password],
            },
        },
    }
    config = tmp_path / "storage.toml"
    config.write_text(
        "\n".join(
            line
            for name, place in places.items()
            for line in (f"[storage.{name}]", *(f"{k} = {_toml(v)}" for k, v in place.items()))
        )
    )
    (tmp_path / "fsspec").mkdir()
    wrong_everywhere = {
        "s3": {"client_kwargs": {"region_name": "mars-1"}, "anon": True},
        "webdav": {"cert": "/nowhere"},
        "dav": {"verify": "/nowhere"},
        "gs": {"requester_pays": "somebody"},
        "simplecache": {"cache_storage": "/proc/nowhere"},
    }
    (tmp_path / "fsspec" / "conf.json").write_text(json.dumps(wrong_everywhere))
    done = python(
        f"PATH, NAMES = {str(config)!r}, {list(places)!r}\n"
        + dedent(WRITE)
        + dedent(
            """
            import fsspec, s3fs
            print(s3fs.S3FileSystem(skip_instance_cache=True).storage_options)
            """
        ),
        FSSPEC_CONFIG_DIR=str(tmp_path / "fsspec"),
        FSSPEC_S3_ENDPOINT_URL=wrong,
        FSSPEC_S3_KEY="AKIAWRONG",
        FSSPEC_GS_ENDPOINT_URL=wrong,
        FSSPEC_GCS="no JSON",
        FSSPEC_WEBDAV_RETRY="2",
    )
    assert (done.returncode, done.stderr) == (0, "")
    *written, others = done.stdout.splitlines()
    assert written == [f"{name} {name}" for name in places]
    assert all(text in others for text in (wrong, "AKIAWRONG", "mars-1"))


@pytest.mark.engine("fsspec")
@pytest.mark.parametrize("content", ["{", "[1]", '{"s3": 1}'])
def test_a_broken_file_of_fsspec_is_named(content: str, tmp_path: Path) -> None:
    (tmp_path / "fsspec").mkdir()
    path = tmp_path / "fsspec" / "10-team.json"
    path.write_text(content)
    done = python(
        """
        import storage_core
        for each in (
            storage_core.S3Storage(bucket="acme"),
            storage_core.GoogleCloudStorage(bucket="acme"),
            storage_core.FileStorage(base_path="memory://acme"),
        ):
            try:
                storage_core.open_store(each)
            except storage_core.ConfigurationError as error:
                print(error)
        storage_core.open_store(storage_core.AzureBlobStorage(container="c", account_name="a"))
        print(*storage_core.FileStorage.cautions({"base_path": "odd://acme"}))
        """,
        FSSPEC_CONFIG_DIR=str(path.parent),
    )
    assert (done.returncode, done.stderr) == (0, "")
    said = done.stdout.splitlines()
    assert len(said) == 4
    assert all(str(path) in line and "mend it" in line for line in said), said


def test_a_connection_string_in_the_environment_does_not_win_over_an_account(
    azure_server: AzureServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    container = azure_server.new_container()
    key = azure_server.made_up_key()
    with closed_port() as port:
        options = {"account_key": key, "account_host": f"{HOST}:{port}/other"}
        elsewhere = [
            AzureBlobStorage(
                container=container, account_name="other", options=options, timeout=0.5
            ),
            *(
                FileStorage(
                    base_path=f"{scheme}://{container}/x",
                    options={"account_name": "other", **options},
                    timeout=0.5,
                )
                for scheme in ("az", "abfs", "abfss")
            ),
        ]
        monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", azure_server.connection_string)
        for storage in elsewhere:
            with pytest.raises(StorageError, match=r"other|Connection refused"):
                open_store(storage).write(b"for the other account")
    with azure_server.service() as service:
        assert [*service.get_container_client(container).list_blobs()] == []


def test_where_nothing_names_an_account_the_environment_does(
    azure_server: AzureServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_STORAGE_CONNECTION_STRING", azure_server.connection_string)
    storage = FileStorage(base_path=f"az://{azure_server.new_container()}/{token_hex(4)}")
    with open_store(storage) as store:
        assert store.read(store.write(b"mine")) == b"mine"


@pytest.mark.parametrize("scheme", ["gs", "gcs", "az", "abfs"])
def test_a_bucket_behind_another_file_system_is_refused(scheme: str) -> None:
    with pytest.raises(ConfigurationError, match=f"write it .* as {scheme}://BUCKET"):
        open_store(FileStorage(base_path=f"simplecache::{scheme}://acme/x"))


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {_toml(inner)}" for name, inner in value.items()) + "}"
    return json.dumps(value)
