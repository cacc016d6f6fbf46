"""The servers to measure on, and the files that lead each program to them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.servers.rclone import rclone_s3
from tests.servers.s3 import REGION, S3Server

from .measure import HERE
from .stage import FIRST_NAME, configurations, configure

ROUND_TRIP = 0.04
"""Seconds on the slow link: 20 ms in each direction."""


@dataclass(frozen=True)
class Bucket:
    """A bucket, and the arguments or settings with which each program finds it."""

    server: S3Server
    name: str

    @property
    def arguments(self) -> tuple[str, ...]:
        """The arguments for the alternatives that stay."""
        keys = self.server.access_key_id, self.server.secret_access_key
        return self.server.endpoint_url, REGION, self.name, *keys

    def blob(self, name: str) -> tuple[str, ...]:
        """The arguments for those that write and read one blob."""
        return *self.arguments[:3], name, *self.arguments[3:]

    def table(self) -> str:
        """The settings of a configuration with keys."""
        return (
            f'type = "s3"\nbucket = "{self.name}"\nregion_name = "{REGION}"\n'
            f'endpoint_url = "{self.server.endpoint_url}"\n'
            f'aws_access_key_id = "{self.server.access_key_id}"\n'
            f'aws_secret_access_key = "{self.server.secret_access_key}"\n'
        )


@contextmanager
def s3(folder: Path) -> Iterator[Bucket]:
    """A bucket on `rclone serve s3`, which of the servers here takes the least time itself.

    It answers a request in 0.3 ms, moto in 6 ms.
    """
    with rclone_s3(folder) as server:
        yield Bucket(server, server.new_bucket())


@contextmanager
def linked(bucket: Bucket) -> Iterator[Bucket]:
    """The same bucket at the other end of a slow link."""
    behind = urlsplit(bucket.server.endpoint_url)
    words = str(behind.hostname), str(behind.port), str(1000 * ROUND_TRIP / 2)
    with _started("link.py", *words) as url:
        keys = bucket.server.access_key_id, bucket.server.secret_access_key
        yield Bucket(S3Server(url, *keys), bucket.name)


@contextmanager
def full(count: int) -> Iterator[Bucket]:
    """A bucket with so many blobs, which can only be listed."""
    with _started("listing_server.py") as url:
        yield Bucket(S3Server(url, "key", "secret"), f"keys-{count}")


@contextmanager
def sink() -> Iterator[Bucket]:
    """A bucket that keeps only the sizes of its blobs."""
    with _started("sink_server.py") as url:
        yield Bucket(S3Server(url, "key", "secret"), "sink")


@contextmanager
def _started(program: str, *words: str) -> Iterator[str]:
    """Run a server that prints its port, and yield its address."""
    command = [sys.executable, "-I", "-S", str(HERE / program), *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.kill()


def configure_ours(folder: Path, settings: str, count: int = 20) -> None:
    """Write a file of `count` configurations, the default of which has these settings."""
    text = configurations(count, folder)
    before, _, rest = text.partition('type = "local"\n')
    _, _, after = rest.partition("\n\n")
    configure(folder, f"{before}{settings}\n{after}")
    assert FIRST_NAME in before


def configure_msc(folder: Path, bucket: Bucket | None = None, count: int = 20) -> Path:
    """Write a file of multi-storage-client with `count` profiles; `local`, `s3`, `rust` are used.

    It is JSON, which multi-storage-client loads 15 ms faster than YAML.
    """

    def profile(**more: object) -> dict[str, object]:
        assert bucket
        options = {
            "base_path": bucket.name,
            "endpoint_url": bucket.server.endpoint_url,
            "region_name": REGION,
            **more,
        }
        keys = {
            "access_key": bucket.server.access_key_id,
            "secret_key": bucket.server.secret_access_key,
        }
        return {
            "storage_provider": {"type": "s3", "options": options},
            "credentials_provider": {"type": "S3Credentials", "options": keys},
        }

    blobs = folder / "msc"
    blobs.mkdir(exist_ok=True)
    local = {"storage_provider": {"type": "file", "options": {"base_path": str(blobs)}}}
    profiles: dict[str, object] = {f"local-{index}": local for index in range(count - 3)}
    profiles["local"] = local
    if bucket:
        profiles["s3"] = profile()
        profiles["rust"] = profile(rust_client={"allow_http": True})
    path = folder / "msc.json"
    path.write_text(json.dumps({"profiles": profiles}), encoding="utf-8")
    return path
