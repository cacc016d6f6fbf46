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
# The snapshot plugin tells pytest-xdist's processes with it where to put parts of its report.
_HANDED_ON = {"TEXTUAL_SNAPSHOT_TEMPDIR"}
_environment = pytest.MonkeyPatch()

# A busy machine may be slow at any example: hypothesis is not to judge by time.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")


def pytest_configure() -> None:
    """Remove the developer's settings before a test module imports a driver."""
    for name in os.environ.keys() - _HANDED_ON:
        if name.startswith(_FOREIGN_PREFIXES) or name.upper() in _FOREIGN:
            _environment.delenv(name)
    for name, value in _FIXED.items():
        _environment.setenv(name, value)
    gc.disable()


def pytest_collection_finish() -> None:
    """Keep objects that stay for the whole run away from the garbage collector.

    Every app of the tests runs a collection once it has read its file, over half a million objects
    of the tests and as many of the libraries. While pytest collects the tests, 34 collections took
    a third of the time.
    """
    gc.enable()
    leave_alone()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Use more processes than there are processors: most tests wait for a server at times.

    With one more, each process was busy for a third of the time; with two more, the app's tests
    take four fifths as long. Tests that run other programs have their processes as well.
    """
    more = 1 if config.option.markexpr == "tools" else 2
    return (os.cpu_count() or 1) + more


def pytest_unconfigure() -> None:
    """Restore the settings, for a program that called pytest from Python."""
    _environment.undo()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that has the fixture `engine` with each engine, or with the one in its marker."""
    named = any(
        mark.args[0] == "engine" for mark in metafunc.definition.iter_markers("parametrize")
    )
    if "engine" in metafunc.fixturenames and not named:
        about = metafunc.definition.get_closest_marker("engine")
        metafunc.parametrize("engine", about.args if about else ENGINES, indirect=True)


@pytest.fixture
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The engine of this test, and of processes that it starts."""
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
    """A fixture for the server that `start` runs, whose data it keeps in the folder it gets."""

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
