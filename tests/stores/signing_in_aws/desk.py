"""A machine with the files of AWS, on which somebody signs in."""

from __future__ import annotations

import hashlib
import json
import shlex
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

import storage_core
from storage_core import FileStorage, S3Storage
from storage_core.errors import StorageError
from tests.servers.aws import AWS
from tests.servers.s3 import S3Server

TIMEOUT = 10.0


class Desk:
    """A machine with AWS's files, and a bucket."""

    def __init__(self, s3: S3Server, cloud: AWS, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.s3, self.cloud, self.folder, self.patch = s3, cloud, folder, patch
        self.bucket = s3.new_bucket()
        self.config, self.credentials = folder / "config", folder / "credentials"
        patch.setenv("AWS_CONFIG_FILE", str(self.config))
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(self.credentials))
        patch.setenv("AWS_ENDPOINT_URL_STS", cloud.url)
        patch.setenv("AWS_ENDPOINT_URL_SSO", cloud.url)

    def storage(self, **settings: Any) -> S3Storage:
        return S3Storage(bucket=self.bucket, endpoint_url=self.s3.endpoint_url, **settings)

    def profile(self, name: str, **lines: object) -> None:
        title = "default" if name == "default" else f'profile "{name}"'
        with self.config.open("a") as file:
            file.write(f"[{title}]\n" + "".join(f"{k} = {v}\n" for k, v in lines.items()))

    def keys(self, name: str, **changed: str) -> None:
        lines = {
            "aws_access_key_id": self.s3.access_key_id,
            "aws_secret_access_key": self.s3.secret_access_key,
            **changed,
        }
        with self.credentials.open("a") as file:
            file.write(f"[{name}]\n" + "".join(f"{k} = {v}\n" for k, v in lines.items()))

    def helper(self, text: str, interpreter: str = sys.executable) -> str:
        """A credential helper: its command."""
        path = self.folder / f"helper-{token_hex(3)}"
        path.write_text(f"#!{interpreter}\n{text}")
        path.chmod(0o755)
        return shlex.quote(str(path))

    def printing(self, **changed: object) -> str:
        """A helper that prints credentials, and notes that it has been run."""
        found = {"Version": 1, **self.cloud.keys, **changed}
        return self.helper(
            f"open({str(self.folder / 'runs')!r}, 'a').write('x')\nprint({json.dumps(found)!r})\n"
        )

    @property
    def runs(self) -> int:
        return len((self.folder / "runs").read_text())

    def sso(self, name: str, *, hours: int) -> None:
        """A profile with an SSO session that ends in so many hours."""
        self.profile(
            name,
            sso_start_url="https://corp.awsapps.example/start",
            sso_region="eu-west-1",
            sso_account_id="123456789012",
            sso_role_name="worker",
        )
        folder = Path("~/.aws/sso/cache").expanduser()
        folder.mkdir(parents=True, exist_ok=True)
        stem = hashlib.sha1(b"https://corp.awsapps.example/start").hexdigest()
        end = datetime.now(UTC) + timedelta(hours=hours)
        token = {"accessToken": self.cloud.token, "expiresAt": f"{end:%Y-%m-%dT%H:%M:%SZ}"}
        (folder / f"{stem}.json").write_text(json.dumps(token))


def failure(storage: S3Storage | FileStorage, timeout: float = TIMEOUT) -> StorageError:
    with pytest.raises(StorageError) as caught:
        storage_core.open_store(storage, timeout=timeout).check()
    assert caught.value.while_signing_in
    assert "\n" not in str(caught.value)
    return caught.value
