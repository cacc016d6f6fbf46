"""What a configuration says is all that counts for where bytes go and with whose credentials.

Each variable that the installed drivers read, as their source tells, gets wrong values, one after
the other; requests have to be the same ones as without it. Proxies and certificates count.
"""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import cycle
from pathlib import Path
from secrets import token_hex
from typing import Final
from urllib.parse import urlsplit

import pytest

import storage_core
from storage_core import (
    AzureBlobStorage,
    FileStorage,
    GoogleCloudStorage,
    S3Storage,
    StorageConfiguration,
)
from tests.engines import both
from tests.servers.accepting import accepting
from tests.servers.aws import AWS, ROLE, aws
from tests.servers.azurite import AzureServer
from tests.servers.gcs import GCSServer
from tests.servers.process import HOST
from tests.servers.s3 import S3Server
from tests.variables import variables

TIMEOUT = 10.0

AWS_VARIABLES: Final = variables(
    ("aiobotocore", "botocore", "s3fs"),
    r"(AWS|BOTO|BOTOCORE|S3FS|_X_AMZN)_[A-Z0-9_]+",
    ("S3", "STS"),
)
CERTIFICATES: Final = {"AWS_CA_BUNDLE"}
AZURE_VARIABLES: Final = variables(
    ("adlfs", "azure.core", "azure.identity", "azure.storage.blob", "msal"),
    r"(AZURE|IDENTITY|IMDS|MSAL|MSI)_[A-Z0-9_]+",
)
GOOGLE_VARIABLES: Final = variables(
    ("gcsfs", "google.auth", "google.oauth2", "google.api_core"),
    r"(APPENGINE|CLOUDSDK|FETCH_RAW|GCE|GCLOUD|GCS|GCSFS|GOOGLE|NO_GCE|STORAGE)_[A-Z0-9_]+",
)
WRONG: Final = ("http://127.0.0.1:1", "true", "7")
"""Some value of each kind that turns something on: an address, a switch, a number."""


def test_the_variables_are_found() -> None:
    known = {
        *("AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_STS"),
        *("AWS_DEFAULT_PROFILE", "AWS_PROFILE", "AWS_DEFAULT_REGION", "AWS_MAX_ATTEMPTS"),
        *("AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT", "AWS_S3_USE_ARN_REGION"),
        *("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_DATA_PATH", "S3FS_LOGGING_LEVEL", *CERTIFICATES),
    }
    assert known <= {*AWS_VARIABLES}
    known = {
        *(f"AZURE_STORAGE_{name}" for name in ("ACCOUNT_NAME", "ACCOUNT_KEY", "SAS_TOKEN", "ANON")),
        *("AZURE_STORAGE_CONNECTION_STRING", "AZURE_AUTHORITY_HOST", "AZURE_CLIENT_ID"),
        *("AZURE_POD_IDENTITY_AUTHORITY_HOST", "IDENTITY_ENDPOINT", "MSI_ENDPOINT"),
    }
    assert known <= {*AZURE_VARIABLES}
    known = {
        *("GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CLOUD_PROJECT", "GOOGLE_CLOUD_QUOTA_PROJECT"),
        *("STORAGE_EMULATOR_HOST", "CLOUDSDK_CONFIG", "GCE_METADATA_HOST", "GCSFS_DEFAULT_PROJECT"),
        *("GOOGLE_CLOUD_UNIVERSE_DOMAIN", "GOOGLE_API_USE_CLIENT_CERTIFICATE"),
    }
    assert known <= {*GOOGLE_VARIABLES}


@dataclass
class Wire:
    """A relay in front of a server, which keeps what is sent through it."""

    url: str = ""
    sent: list[bytes] = field(default_factory=list)

    def requests(self) -> list[str]:
        """What the requests since the last call asked for, of whom and with whose credentials.

        Without what differs from one to the next: times, signatures, numbers of requests.
        """
        text, self.sent = b"".join(self.sent).decode("latin-1"), []
        return [_lasting(*each) for each in _HEAD.findall(text)]


_HEAD: Final = re.compile(r"([A-Z]+ \S+ HTTP/1\.1)\r\n((?:[\w-]+: [^\r]*\r\n)+)\r\n")
_PASSING: Final = re.compile(
    r"Signature=\w+|/\d{8}(?=/)|\d{8}T\d{6}Z|(?<=attempt=).*|(?<=invocation-id: ).*|"
    r"(?<=user-agent: ).*|(?<=x-ms-date: ).*|(?<=x-ms-client-request-id: ).*|"
    r"(?<=Bearer ).*|(?<=:)[\w+/]{43}=$",
    re.IGNORECASE | re.MULTILINE,
)

_TRACING: Final = re.compile("x-amzn-trace-id:", re.IGNORECASE)
"""Lambda's number of what a request is part of."""


def _lasting(line: str, headers: str) -> str:
    kept = [each for each in headers.splitlines() if not _TRACING.match(each)]
    return _PASSING.sub("", "\n".join([line, *sorted(kept)]))


@contextmanager
def wired(url: str) -> Iterator[Wire]:
    """A relay in front of the server at `url`."""
    wire, stopped, parts = Wire(), threading.Event(), urlsplit(url)

    def serve(client: socket.socket) -> None:
        with socket.create_connection((parts.hostname, parts.port)) as server:

            def answer() -> None:
                while piece := server.recv(65536):
                    client.sendall(piece)
                client.shutdown(socket.SHUT_RDWR)

            back = threading.Thread(target=answer, daemon=True)
            back.start()
            while piece := client.recv(65536):
                wire.sent.append(piece)
                server.sendall(piece)
            server.shutdown(socket.SHUT_WR)
            back.join()

    with accepting(serve, stopped) as port:
        wire.url = f"http://{HOST}:{port}"
        yield wire


def sent_by(configuration: StorageConfiguration, wire: Wire) -> list[str]:
    """The requests that writing and reading a blob takes."""
    with storage_core.open_store(configuration, timeout=TIMEOUT) as store:
        key = "results/blob"
        store.write(b"isolated", key=key)
        assert store.read(key) == b"isolated"
        store.delete(key)
    return wire.requests()


def what_counts(
    names: Sequence[str],
    configuration: StorageConfiguration,
    wire: Wire,
    patch: pytest.MonkeyPatch,
) -> dict[str, str]:
    """The variables that change what is sent, or keep it from being sent, and what happens then.

    First one after the other, with each kind of value in turn, and then all at once with each.
    """
    expected, found = sent_by(configuration, wire), {}
    alone = [{name: value} for name, value in zip(names, cycle(WRONG), strict=False)]
    for wrong in (*alone, *(dict.fromkeys(names, value) for value in WRONG)):
        with patch.context() as patched:
            for name, value in wrong.items():
                patched.setenv(name, value)
            try:
                outcome: object = sent_by(configuration, wire)
            except Exception as error:
                outcome = error
        if outcome != expected:
            found[f"{', '.join(wrong)}: {value}"] = f"{outcome!r} instead of {expected!r}"
    return found


@pytest.fixture
def s3_wire(s3_disk_server: S3Server) -> Iterator[Wire]:
    with wired(s3_disk_server.endpoint_url) as wire:
        yield wire


def keys_and_endpoint(server: S3Server, wire: Wire) -> S3Storage:
    return S3Storage(
        bucket=server.new_bucket(),
        aws_access_key_id=server.access_key_id,
        aws_secret_access_key=server.secret_access_key,
        endpoint_url=wire.url,
    )


NOT_CERTIFICATES: Final = [name for name in AWS_VARIABLES if name not in CERTIFICATES]


def test_no_variable_of_aws_changes_what_is_sent(
    s3_disk_server: S3Server, s3_wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    configuration = keys_and_endpoint(s3_disk_server, s3_wire)
    assert what_counts(NOT_CERTIFICATES, configuration, s3_wire, monkeypatch) == {}


def test_no_variable_of_azure_changes_what_is_sent(
    azure_server: AzureServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with wired(azure_server.endpoint_url) as wire:
        string = azure_server.connection_string.replace(azure_server.endpoint_url, wire.url)
        configuration = AzureBlobStorage(
            container=azure_server.new_container(), connection_string=string
        )
        assert what_counts(AZURE_VARIABLES, configuration, wire, monkeypatch) == {}


def test_no_variable_of_google_changes_what_is_sent(
    gcs_server: GCSServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with wired(gcs_server.endpoint_url) as wire:
        configuration = GoogleCloudStorage(
            bucket=gcs_server.new_bucket(),
            service_account_info=gcs_server.service_account_json,
            endpoint_url=wire.url,
        )
        assert what_counts(GOOGLE_VARIABLES, configuration, wire, monkeypatch) == {}


PROFILE: Final = """
region = nowhere-1
endpoint_url = http://127.0.0.1:1
services = elsewhere
use_fips_endpoint = true
use_dualstack_endpoint = true
request_checksum_calculation = when_supported
response_checksum_validation = when_supported
ignore_configured_endpoint_urls = false
max_attempts = 7
retry_mode = nope
defaults_mode = nope
sts_regional_endpoints = nope
auth_scheme_preference = nope
sigv4a_signing_region_set = nope
api_versions =
    s3 = 2000-01-01
s3 =
    addressing_style = virtual
    use_accelerate_endpoint = true
    payload_signing_enabled = true
    signature_version = s3
"""
"""What may stand in a profile and changes where bytes go, and how."""


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which each variable leads nowhere, and so does the default profile.

    AWS's files are where its variables say; the rest of them have something of every kind.
    """
    for name, value in zip(NOT_CERTIFICATES, cycle(WRONG), strict=False):
        monkeypatch.setenv(name, value)
    config, credentials = tmp_path / "config", tmp_path / "credentials"
    config.write_text(
        f"[default]\n{PROFILE}\n[services elsewhere]\ns3 =\n    endpoint_url = http://127.0.0.1:1"
    )
    credentials.write_text("[default]\naws_access_key_id = A\naws_secret_access_key = B\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(credentials))
    return credentials


def file_storage(server: S3Server, wire: Wire, _credentials: Path) -> FileStorage:
    return FileStorage(
        base_path=f"s3://{server.new_bucket()}/below",
        options={
            "key": server.access_key_id,
            "secret": server.secret_access_key,
            "client_kwargs": {"endpoint_url": wire.url},
        },
    )


def behind_a_cache(server: S3Server, wire: Wire, credentials: Path) -> FileStorage:
    storage = file_storage(server, wire, credentials)
    return replace(
        storage, base_path=f"simplecache::{storage.base_path}", options={"s3": storage.options}
    )


def named_profile(server: S3Server, wire: Wire, credentials: Path) -> S3Storage:
    with credentials.open("a") as file:
        file.write(
            f"[corp]\naws_access_key_id = {server.access_key_id}\n"
            f"aws_secret_access_key = {server.secret_access_key}\n"
        )
    return S3Storage(bucket=server.new_bucket(), profile_name="corp", endpoint_url=wire.url)


@pytest.mark.parametrize(
    "make", [file_storage, behind_a_cache, named_profile], ids=lambda make: make.__name__
)
def test_neither_variables_nor_the_default_profile_count_for_a_configuration_that_says_it(
    make: Callable[[S3Server, Wire, Path], StorageConfiguration],
    s3_disk_server: S3Server,
    s3_wire: Wire,
    nowhere: Path,
) -> None:
    sent = sent_by(make(s3_disk_server, s3_wire, nowhere), s3_wire)
    assert all(f"Credential={s3_disk_server.access_key_id}/us-east-1/s3/" in each for each in sent)


@pytest.fixture
def cloud(s3_server: S3Server) -> Iterator[AWS]:
    with aws(s3_server) as running:
        yield running


@pytest.mark.usefixtures("cloud", "nowhere")
def test_a_role_is_asked_for_where_the_configuration_says(s3_server: S3Server, cloud: AWS) -> None:
    with wired(s3_server.endpoint_url) as wire:
        role = replace(
            keys_and_endpoint(s3_server, wire), role_arn=ROLE, sts_endpoint_url=cloud.url
        )
        sent = sent_by(role, wire)
        assert cloud.requests == ["AssumeRole"]
        assert all(f"Credential={cloud.keys['AccessKeyId']}/" in each for each in sent)


@pytest.mark.usefixtures("nowhere")
def test_what_counts_when_drivers_are_imported_counts_no_more(
    s3_disk_server: S3Server,
) -> None:
    script = """
import sys, storage_core
bucket, url, key, secret = sys.argv[1:]
storage = storage_core.S3Storage(
    bucket=bucket, endpoint_url=url, aws_access_key_id=key, aws_secret_access_key=secret
)
with storage_core.open_store(storage) as store:
    print(store.read(store.write(b"isolated")).decode())
"""
    given = [s3_disk_server.new_bucket(), s3_disk_server.endpoint_url]
    given += [s3_disk_server.access_key_id, s3_disk_server.secret_access_key]
    command = [sys.executable, "-c", script, *given]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr) == ("isolated\n", "")


def test_what_counts_when_azures_and_googles_are_imported_counts_no_more(
    azure_server: AzureServer, gcs_server: GCSServer, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    script = """
import sys, storage_core as s
container, string, bucket, info, url = sys.argv[1:]
for storage in (
    s.AzureBlobStorage(container=container, connection_string=string),
    s.GoogleCloudStorage(bucket=bucket, service_account_info=info, endpoint_url=url),
    s.FileStorage(
        base_path=f"az://{container}/below", options={"connection_string": string}
    ),
):
    with s.open_store(storage) as store:
        print(store.read(store.write(b"isolated")).decode())
"""
    given = [azure_server.new_container(), azure_server.connection_string]
    given += [gcs_server.new_bucket(), gcs_server.service_account_json, gcs_server.endpoint_url]
    for wrong in WRONG:
        for name in (*AZURE_VARIABLES, *GOOGLE_VARIABLES):
            monkeypatch.setenv(name, wrong)
        monkeypatch.delenv("GCSFS_DEBUG")
        command = [sys.executable, "-c", script, *given]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert (done.stdout, done.stderr) == ("isolated\n" * 3, ""), wrong
    # The one that gcsfs cannot be imported with, which the other engine does not do.
    monkeypatch.setenv("GCSFS_DEBUG", "true")
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if engine == "direct":
        assert (done.stdout, done.stderr) == ("isolated\n" * 3, "")
    else:
        assert "ConfigurationError: GCSFS_DEBUG is 'true'" in done.stderr


def test_the_machine_says_it_where_the_configuration_does_not(
    s3_disk_server: S3Server, s3_wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_wire.url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", s3_disk_server.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", s3_disk_server.secret_access_key)
    sent = sent_by(S3Storage(bucket=s3_disk_server.new_bucket()), s3_wire)
    assert all("/eu-west-1/s3/" in each for each in sent)


@both
def test_keys_go_to_aws_alone_whatever_the_machine_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    elsewhere = "http://127.0.0.1:2"
    (tmp_path / "config").write_text(f"[default]\nendpoint_url = {elsewhere}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_ENDPOINT_URL", elsewhere)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", elsewhere)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    storage = S3Storage(bucket="box", aws_access_key_id="key", aws_secret_access_key=token_hex(20))
    with (
        storage_core.open_store(storage, timeout=3.0) as store,
        pytest.raises(storage_core.StorageError, match=r"the proxy http://127\.0\.0\.1:1"),
    ):
        store.check()
