"""Google Cloud Storage: gcp-storage-emulator, behind a proxy that makes clients sign in."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.servers.process import HOST, free_port, running

_PROXY: Final = Path(__file__).with_name("gcs_proxy.py")


@dataclass(frozen=True)
class GCSServer:
    """A running Cloud Storage that lets in known accounts only: see `gcs_proxy`."""

    endpoint_url: str
    emulator_url: str
    """The emulator without the proxy, for what a test has to prepare or inspect."""
    project: str
    service_account_info: dict[str, str] = field(repr=False)
    refresh_token: str = field(repr=False)
    subject_token: str = field(repr=False)

    @property
    def service_account_json(self) -> str:
        """The file a person would download from the Google Cloud console."""
        return json.dumps(self.service_account_info)

    def stranger(self) -> dict[str, str]:
        """The same service account, with a key that the server has never seen."""
        return {**self.service_account_info, "private_key": _private_pem(_new_key())}

    @property
    def person(self) -> dict[str, str]:
        """What `gcloud auth application-default login` writes, except for the endpoint."""
        return {
            "type": "authorized_user",
            "client_id": f"{token_hex(8)}.apps.googleusercontent.com",
            "client_secret": token_hex(8),
            "refresh_token": self.refresh_token,
            "token_uri": f"{self.endpoint_url}/token",
        }

    def workload(self, **source: Any) -> dict[str, Any]:
        """The configuration of a workload, whose subject token comes from `source`."""
        return {
            "type": "external_account",
            "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p",
            "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
            "token_url": f"{self.endpoint_url}/token",
            "credential_source": source,
        }

    def impersonating(self, target: str) -> dict[str, Any]:
        """The file of a person who impersonates a service account."""
        return {
            "type": "impersonated_service_account",
            "service_account_impersonation_url": (
                f"{self.endpoint_url}/iam/{target}:generateAccessToken"
            ),
            "source_credentials": self.person,
        }

    def asked_by(self) -> str:
        """Which account made the last request for data."""
        with urlopen(f"{self.endpoint_url}/asked-by", timeout=5) as answer:
            return str(answer.read().decode())

    def forget_tokens(self) -> None:
        """Revoke all tokens that were given."""
        urlopen(Request(f"{self.endpoint_url}/forget", data=b""), timeout=5).close()

    def new_bucket(self) -> str:
        """The name of a fresh, empty bucket."""
        name = f"bucket-{token_hex(6)}"
        request = Request(
            f"{self.emulator_url}/storage/v1/b?project={self.project}",
            data=json.dumps({"name": name}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urlopen(request, timeout=10):
            return name


@contextmanager
def gcs(folder: Path) -> Iterator[GCSServer]:
    """The emulator and its proxy; their data and logs go into `folder`."""
    emulator_port, proxy_port = free_port(), free_port()
    emulator, proxy = f"http://{HOST}:{emulator_port}", f"http://{HOST}:{proxy_port}"
    project = f"project-{token_hex(4)}"
    key = _new_key()
    server = GCSServer(
        proxy,
        emulator,
        project,
        _service_account(project, key, f"{proxy}/token"),
        token_hex(16),
        token_hex(16),
    )
    allowed = folder / "gcs-service-account.json"
    email = server.service_account_info["client_email"]
    known = {"client_email": email, "public_key": _public_pem(key)}
    known |= {"refresh_token": server.refresh_token, "subject_token": server.subject_token}
    allowed.write_text(json.dumps(known))

    emulator_command: list[str | Path] = [
        *(sys.executable, "-m", "gcp_storage_emulator", "--data-dir", folder / "gcs-data"),
        *("start", "--quiet", "--host", HOST, "--port", str(emulator_port)),
    ]
    # -P: the modules beside the script have the names of packages.
    proxy_command: list[str | Path] = [
        sys.executable,
        "-P",
        _PROXY,
        HOST,
        str(proxy_port),
        emulator,
        allowed,
    ]
    with (
        running(emulator_command, log=folder / "gcs-emulator.log", ready=server.new_bucket),
        running(proxy_command, log=folder / "gcs-proxy.log", ready=lambda: _refuses(proxy)),
    ):
        yield server


def _refuses(proxy: str) -> None:
    """Return if the proxy answers that a token is needed; otherwise raise."""
    try:
        urlopen(f"{proxy}/storage/v1/b", timeout=5).close()
    except HTTPError as error:
        if error.code == 401:
            return
        raise
    raise ValueError("the proxy let a request without a token pass")


def _service_account(project: str, key: Any, token_uri: str) -> dict[str, str]:
    return {
        "type": "service_account",
        "project_id": project,
        "private_key_id": token_hex(20),
        "private_key": _private_pem(key),
        "client_email": f"tester@{project}.iam.gserviceaccount.com",
        "client_id": str(int(token_hex(8), 16)),
        "token_uri": token_uri,
    }


def _new_key() -> Any:
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _private_pem(key: Any) -> str:
    from cryptography.hazmat.primitives import serialization as form

    pem: bytes = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    return pem.decode()


def _public_pem(key: Any) -> str:
    from cryptography.hazmat.primitives import serialization as form

    pem: bytes = key.public_key().public_bytes(
        form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo
    )
    return pem.decode()
