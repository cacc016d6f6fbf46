"""What a person reads who has written something wrong: the right error, at once, in one line."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from secrets import token_hex
from threading import Thread
from typing import Any

import pytest

import storage_core
from storage_core.backends.base import Backend
from storage_core.backends.filesystem import open_filesystem
from storage_core.backends.remote.backend import RemoteBackend
from storage_core.backends.remote.faults import Fault
from storage_core.backends.remote.messages import failed, unanswered
from storage_core.backends.remote.retry import GaveUp
from storage_core.blobpath import blob_path
from storage_core.errors import (
    AccessDenied,
    ConfigurationError,
    StorageError,
    StorageUnavailable,
)
from tests.engines import both, open_azure, open_gcs, open_s3
from tests.patience import within
from tests.servers.certificates import self_signed
from tests.servers.process import HOST

pytestmark = both
KEY = blob_path("results/abc")
TIMEOUT = 10.0
KEYS: dict[str, Any] = {"key": "AKIA" + token_hex(8).upper(), "secret": token_hex(20)}


class QuietServer(ThreadingHTTPServer):
    def handle_error(self, *_args: object) -> None:
        """A client that hangs up is what this is about."""


@pytest.fixture(scope="module")
def untrusted_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An HTTPS server whose certificate nobody has signed but itself."""
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = self_signed(folder)
    with QuietServer((HOST, 0), BaseHTTPRequestHandler) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"https://{HOST}:{server.server_port}"
        server.shutdown()
        thread.join()


def azure(url: str) -> str:
    scheme = url.partition(":")[0]
    return (
        f"DefaultEndpointsProtocol={scheme};AccountName=account;"
        f"AccountKey={'QUJD' * 20};BlobEndpoint={url}/account;"
    )


DRIVERS: dict[str, Callable[[str], Backend]] = {
    "s3": lambda url: open_s3("bucket", **KEYS, endpoint_url=url, timeout=TIMEOUT),
    "azure": lambda url: open_azure("box", connection_string=azure(url), timeout=TIMEOUT),
    "gcs": lambda url: open_gcs(
        "bucket", endpoint_url=url, options={"token": "anon"}, timeout=TIMEOUT
    ),
    "webdav": lambda url: open_filesystem(
        "webdav://folder", options={"base_url": url}, timeout=TIMEOUT
    ),
    "http": lambda url: open_filesystem(f"{url}/folder", timeout=TIMEOUT),
}


def failure(call: Callable[[], object]) -> StorageError:
    # None of these is worth a second attempt, so all come long before the deadline.
    with within(TIMEOUT / 2), pytest.raises(StorageError) as caught:
        call()
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_certificate_that_is_not_trusted_is_a_matter_of_configuration(
    driver: str, untrusted_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    error = failure(lambda: DRIVERS[driver](untrusted_url).get(KEY))
    assert type(error) is ConfigurationError
    assert "certificate" in str(error).lower()


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_host_that_nobody_knows_is_not_tried_again(driver: str) -> None:
    error = failure(lambda: DRIVERS[driver]("http://no-such-host.invalid").get(KEY))
    assert type(error) is StorageUnavailable
    assert "tried" not in str(error)


@pytest.mark.parametrize(
    ("driver", "setting"),
    [
        ("s3", "Endpoint URL"),
        ("azure", "BlobEndpoint in Connection String"),
        ("gcs", "Endpoint URL"),
        ("http", "Base Path"),
    ],
)
def test_a_host_that_nobody_knows_is_blamed_on_the_setting_that_names_it(
    driver: str, setting: str
) -> None:
    error = failure(lambda: DRIVERS[driver]("http://no-such-host.invalid").check())
    assert f"; correct {setting}, or check the network" in str(error)


def test_without_an_endpoint_the_region_is_what_leads_nowhere() -> None:
    # No look-up: a name server that answers for every name would spoil it.
    backend = open_s3("bucket", **KEYS, region="eu-wst-1", timeout=TIMEOUT)
    unknown = failed(
        backend._policy.place, "be reached", None, "Name not known", Fault.UNKNOWN_HOST
    )
    assert str(unknown).endswith("; correct Region Name, or check the network")
    down = unanswered(backend._policy.place, "be reached", "no answer", GaveUp(1, TIMEOUT))
    assert "check the network and Region Name, or raise Timeout" in str(down)
    google = open_gcs("bucket", timeout=TIMEOUT)
    unknown = failed(google._policy.place, "be reached", None, "Name not known", Fault.UNKNOWN_HOST)
    assert str(unknown).endswith(": Name not known; check the network")


@pytest.mark.parametrize(
    ("opened", "said"),
    [
        (lambda: open_s3("Acme", **KEYS, timeout=TIMEOUT), "bucket Acme does not exist; * Bucket"),
        (
            lambda: open_azure("acme", account_name="a", timeout=TIMEOUT),
            "container acme * Container",
        ),
        (lambda: open_filesystem("s3://acme/below", timeout=TIMEOUT), "bucket acme * Base Path"),
    ],
)
def test_a_place_that_was_looked_for_in_vain_was_reached(
    opened: Callable[[], Backend], said: str
) -> None:
    backend = opened()
    assert isinstance(backend, RemoteBackend)
    for fault in (Fault.MISSING, Fault.PLACE_MISSING):
        error = str(failed(backend._policy.place, "be reached", None, "404", fault))
        assert fnmatch(error, f"{backend.location}: {said}")
        assert "create it or correct" in error
    assert "cannot" not in str(
        failed(backend._policy.place, "be reached", None, "403", Fault.DENIED)
    )


WRONG: dict[str, tuple[Callable[[], object], type[StorageError], str]] = {
    "S3 without credentials": (
        lambda: open_s3("bucket", endpoint_url=f"http://{HOST}:1", timeout=TIMEOUT).get(KEY),
        AccessDenied,
        "set AWS Access Key ID and AWS Secret Access Key, or Profile Name, or export",
    ),
    "an unknown profile": (
        lambda: open_s3("bucket", profile="nope", timeout=TIMEOUT).get(KEY),
        ConfigurationError,
        "nope",
    ),
    "a name that no bucket has": (
        lambda: open_s3("no such bucket", **KEYS, timeout=TIMEOUT).get(KEY),
        ConfigurationError,
        "Invalid bucket name",
    ),
    "an endpoint that is no URL": (
        lambda: open_s3("bucket", **KEYS, endpoint_url="nope", timeout=TIMEOUT).get(KEY),
        ConfigurationError,
        "Invalid endpoint",
    ),
    "a connection string that is none": (
        lambda: open_azure("box", connection_string="nope", timeout=TIMEOUT).get(KEY),
        ConfigurationError,
        "malformed",
    ),
    "an account key that is not base64": (
        lambda: open_azure(
            "box",
            connection_string=azure(f"http://{HOST}:1").replace("QUJD" * 20, "QUJDx"),
            timeout=TIMEOUT,
        ).get(KEY),
        AccessDenied,
        "check Connection String",
    ),
    "a service account without a key": (
        lambda: open_gcs(
            "bucket", service_account_info={"type": "service_account"}, timeout=TIMEOUT
        ),
        ConfigurationError,
        "Service Account Info is incomplete",
    ),
    "a damaged private key": (
        lambda: open_gcs(
            "bucket",
            service_account_info={
                "type": "service_account",
                "client_email": "a@b.example",
                "token_uri": f"http://{HOST}:1",
                "private_key": "-----BEGIN PRIVATE KEY-----\nQUJD\n-----END PRIVATE KEY-----\n",
            },
            timeout=TIMEOUT,
        ),
        ConfigurationError,
        "private key is damaged",
    ),
    "a protocol that fsspec does not know": (
        lambda: open_filesystem("nope://folder", timeout=TIMEOUT),
        ConfigurationError,
        "nope://folder",
    ),
    "an object store without a bucket": (
        lambda: open_filesystem("s3://", timeout=TIMEOUT),
        ConfigurationError,
        "names no bucket",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_in_one_line(name: str) -> None:
    call, expected, said = WRONG[name]
    error = failure(call)
    assert type(error) is expected, error
    assert said in str(error)


@pytest.mark.engine("fsspec")
def test_an_option_that_s3fs_does_not_know_is_named() -> None:
    opened = open_s3("bucket", **KEYS, options={"nope": 1}, timeout=TIMEOUT)
    assert "nope" in str(failure(lambda: opened.get(KEY)))


@pytest.mark.engine("direct")
def test_an_option_that_the_engine_does_not_know_is_named_when_the_store_is_opened() -> None:
    configuration = storage_core.S3Storage(bucket="acme", options={"nope": {"deep": "secret"}})
    with pytest.raises(ConfigurationError) as caught:
        storage_core.open_store(configuration)
    assert str(caught.value) == (
        "STORAGE_ENGINE is direct, which knows no nope in Options; take it out, or write auto or "
        "fsspec"
    )


@pytest.mark.engine("fsspec")
def test_a_variable_that_names_no_engine_is_an_error_where_it_counts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("STORAGE_ENGINE", "turbo")
    storage_core.open_store(storage_core.LocalStorage(storage_path=str(tmp_path))).write(b"x")
    with pytest.raises(ConfigurationError, match="STORAGE_ENGINE is 'turbo', which is no engine"):
        storage_core.open_store(storage_core.S3Storage(bucket="acme"))


def test_a_password_in_a_url_is_masked_in_the_location_and_in_messages() -> None:
    password = token_hex(10)
    backend = open_filesystem(f"webdav://me:{password}@no-such-host.invalid/x", timeout=TIMEOUT)
    error = failure(lambda: backend.get(KEY))
    assert backend.location == "webdav://me:********@no-such-host.invalid/x"
    assert password not in f"{error}{error.__cause__!r}"


def test_what_drivers_log_about_it_is_not_printed(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    backend = open_azure("box", account_name="account", timeout=2.0)
    with pytest.raises(StorageError):
        backend.get(KEY)
    assert capfd.readouterr() == ("", "")
