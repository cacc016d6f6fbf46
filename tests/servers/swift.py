"""S3 on a production server that is not AWS's: OpenStack Swift, all of it on this machine.

Each version has an environment of its own, because Swift needs older packages than the tests do;
`make test-servers` makes them. It needs neither root nor memcached, but a file system with extended
attributes.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from secrets import token_hex
from typing import Final

from tests.servers.process import HOST, ServerError, free_port, running
from tests.servers.s3 import REGION, Certificate, S3Server

_ROOT: Final = Path(__file__).resolve().parents[2]
_LAYERS: Final = ("account", "container", "object")
_PROXY: Final = (
    "catch_errors gatekeeper healthcheck cache listing_formats bulk s3api tempauth copy slo dlo "
    "versioned_writes symlink proxy-server"
)
_SERVE: Final = """
import sys
from swift.common import utils

conf, swift_conf, kind = sys.argv[1:]
utils.SWIFT_CONF_FILE = swift_conf
from swift.common.wsgi import run_wsgi

sys.exit(run_wsgi(conf, kind, default_port=0))
"""


def swift_python(version: str) -> Path:
    """The interpreter of the environment that holds this version, such as "2.38"."""
    return _ROOT / f".venv-swift-{version}" / "bin" / "python"


@contextmanager
def swift(
    folder: Path, certificate: Certificate | None = None, *, version: str
) -> Iterator[S3Server]:
    """A Swift of one version that speaks S3; its data and its logs go into a folder of its own."""
    python = swift_python(version)
    if not python.exists():
        raise ServerError(f"Swift {version} is not installed; `make test-servers` sets it up")
    home = folder / f"swift-{version}{'-tls' if certificate else ''}"
    (home / "d1").mkdir(parents=True)
    ports = {layer: free_port() for layer in (*_LAYERS, "proxy")}
    secret = token_hex(20)
    _configure(home, ports, secret, certificate)
    for layer in _LAYERS:
        _make_ring(python, home, layer, ports[layer])
    scheme = "https" if certificate else "http"
    server = S3Server(
        f"{scheme}://{HOST}:{ports['proxy']}",
        "test:tester",
        secret,
        certificate.file if certificate else None,
    )
    with ExitStack() as stack:
        for layer in (*_LAYERS, "proxy"):
            command: list[str | Path] = [
                *(python, "-c", _SERVE, home / f"{layer}.conf", home / "swift.conf"),
                f"{layer}-server",
            ]
            ready = server.client.list_buckets if layer == "proxy" else lambda: None
            stack.enter_context(running(command, log=home / f"{layer}.log", ready=ready))
        yield server


def _configure(
    home: Path, ports: dict[str, int], secret: str, certificate: Certificate | None
) -> None:
    (home / "swift.conf").write_text(
        f"[swift-hash]\nswift_hash_path_suffix = {token_hex(8)}\n"
        "[storage-policy:0]\nname = default\ndefault = yes\n"
    )
    default = (
        "[DEFAULT]\nbind_ip = {host}\nbind_port = {port}\nswift_dir = {home}\ndevices = {home}\n"
        "mount_check = false\nworkers = 0\nlog_level = WARNING\n"
        f"user = {pwd.getpwuid(os.getuid()).pw_name}\n"
    )
    for layer in _LAYERS:
        (home / f"{layer}.conf").write_text(
            default.format(host=HOST, port=ports[layer], home=home)
            + f"[pipeline:main]\npipeline = {layer}-server\n"
            f"[app:{layer}-server]\nuse = egg:swift#{layer}\n"
        )
    tls = f"cert_file = {certificate.file}\nkey_file = {certificate.key}\n" if certificate else ""
    eggs = {"cache": "memcache"}
    given = {
        "s3api": f"location = {REGION}\n",
        "tempauth": f"user_test_tester = {secret} .admin\n",
    }
    filters = "".join(
        f"[filter:{name}]\nuse = egg:swift#{eggs.get(name, name)}\n{given.get(name, '')}"
        for name in _PROXY.split()[:-1]
    )
    (home / "proxy.conf").write_text(
        default.format(host=HOST, port=ports["proxy"], home=home)
        + tls
        + f"[pipeline:main]\npipeline = {_PROXY}\n"
        + "[app:proxy-server]\nuse = egg:swift#proxy\naccount_autocreate = true\n"
        + filters
    )


def _make_ring(python: Path, home: Path, layer: str, port: int) -> None:
    builder = python.with_name("swift-ring-builder")
    for arguments in (
        ["create", "4", "1", "1"],
        ["add", f"r1z1-{HOST}:{port}/d1", "1"],
        ["rebalance"],
    ):
        # Run with the interpreter, because not every path fits into the first line of a script.
        done = subprocess.run(
            [python, builder, home / f"{layer}.builder", *arguments],
            cwd=home,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode > 1:  # 1 is a warning.
            raise ServerError(f"swift-ring-builder: {done.stdout}{done.stderr}")
