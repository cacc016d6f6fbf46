"""What every test gets: a home of its own, no settings of the developer's, servers on request.

A server starts when the first test asks for its fixture and stops after the last test. One that
cannot start fails the tests that need it, with its output in the message; nothing is skipped.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings

from tests.engines import ENGINES
from tests.garbage import leave_alone
from tests.servers.azurite import azurite
from tests.servers.ftp import ftp
from tests.servers.gcs import gcs
from tests.servers.kv import kv
from tests.servers.moto import moto
from tests.servers.plain_kv import plain_kv
from tests.servers.process import HOST, closed_port
from tests.servers.rclone import rclone_s3
from tests.servers.s3 import REGION
from tests.servers.sftp import sftp
from tests.servers.webdav import webdav

pytest_plugins = ["tests.clock", "tests.figures"]

T = TypeVar("T")

_FOREIGN_PREFIXES = (
    *(
        "STORAGE_",
        "PREFECT_",
        "AWS_",
        "AZURE_",
        "GOOGLE_",
        "GCS",
        "GCLOUD_",
        "CLOUDSDK_",
        "FSSPEC_",
    ),
    *(
        "DASK_",
        "RAY_",
        "S3FS_",
        "RCLONE_",
        "AIRFLOW_",
        "DVC_",
        "MC_",
        "MSC_",
        "AZURITE_",
        "MOTO_",
        "TEXTUAL",
        "BOTO_",
        "PYTHON_KEYRING_",
    ),
)
_FOREIGN = {
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_DIR", "SSL_CERT_FILE"),
    *("COLORTERM", "COLUMNS", "FORCE_COLOR", "LINES", "NO_COLOR"),
}
_FIXED = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "CLOUDSDK_CONFIG": os.devnull,
    "DO_NOT_TRACK": "1",
    "LC_ALL": "C.UTF-8",
    "NO_GCE_CHECK": "true",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    "RAY_USAGE_STATS_ENABLED": "0",
    "TERM": "xterm-256color",
}
# The snapshot plugin tells pytest-xdist's processes by it where its report is being gathered.
_HANDED_ON = {"TEXTUAL_SNAPSHOT_TEMPDIR"}
_environment = pytest.MonkeyPatch()

# A busy machine is slow at times, which says nothing about an example.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")


def pytest_configure() -> None:
    """Takes the developer's settings away before a test module imports a driver."""
    for name in os.environ.keys() - _HANDED_ON:
        if name.startswith(_FOREIGN_PREFIXES) or name.upper() in _FOREIGN:
            _environment.delenv(name)
    for name, value in _FIXED.items():
        _environment.setenv(name, value)
    gc.disable()


def pytest_collection_finish() -> None:
    """Keeps what is there for good out of the garbage collector's way.

    Every app of the tests searches everything once it has read its file: half a million objects of
    the tests' own, and as much again of the libraries. While tests are collected, 34 searches took
    a third of the time.
    """
    gc.enable()
    leave_alone()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """More processes than there are processors: most tests wait for a server part of the time.

    With one more, each of them was busy for a third of the time; with two more the app's tests take
    four fifths of that. What runs with the programs of others has their processes besides.
    """
    more = 1 if config.option.markexpr == "tools" else 2
    return (os.cpu_count() or 1) + more


def pytest_unconfigure() -> None:
    """Gives them back, for whoever called pytest from Python."""
    _environment.undo()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what has the fixture `engine` with each of them, or with the one that it is about."""
    named = any(
        mark.args[0] == "engine" for mark in metafunc.definition.iter_markers("parametrize")
    )
    if "engine" in metafunc.fixturenames and not named:
        about = metafunc.definition.get_closest_marker("engine")
        metafunc.parametrize("engine", about.args if about else ENGINES, indirect=True)


@pytest.fixture
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The engine of this test; processes that it starts have it too."""
    monkeypatch.setenv("STORAGE_ENGINE", request.param)
    name: str = request.param
    return name


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`$PREFECT_HOME` of this test, not created yet; `~` is another folder of this test."""
    user = tmp_path / "user"
    user.mkdir()
    monkeypatch.setenv("HOME", str(user))
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="session")
def server_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the servers keep their data and logs."""
    return tmp_path_factory.mktemp("servers")


def session_server(start: Callable[[Path], AbstractContextManager[T]]) -> Callable[..., object]:
    """A fixture of the server that `start` runs, with what is kept in the folder it is given."""

    @pytest.fixture(scope="session")
    def server(server_folder: Path) -> Iterator[T]:
        with start(server_folder) as running:
            yield running

    return server


s3_server = session_server(moto)
s3_disk_server = session_server(rclone_s3)
azure_server = session_server(azurite)
gcs_server = session_server(gcs)
webdav_server = session_server(webdav)
ftp_server = session_server(ftp)
sftp_server = session_server(sftp)
kv_server = session_server(kv)
plain_kv_url = session_server(plain_kv)


@pytest.fixture
def server_down_url() -> Iterator[str]:
    """A loopback address where every connection is refused."""
    with closed_port() as port:
        yield f"http://{HOST}:{port}"
