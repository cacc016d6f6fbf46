"""S3 in memory: moto, with its authentication switched on."""

from __future__ import annotations

import json
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import Any, Final
from urllib.request import Request, urlopen

from tests.servers.process import HOST, free_port, running
from tests.servers.s3 import Certificate, S3Server, boto3_client

_USER: Final = "tester"
_ALLOW_ALL: Final = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


@contextmanager
def moto(folder: Path, certificate: Certificate | None = None) -> Iterator[S3Server]:
    """A moto server that knows one user; its log goes into `folder`."""
    port = free_port()
    scheme = "https" if certificate else "http"
    url = f"{scheme}://{HOST}:{port}"
    command: list[str | Path] = [sys.executable, "-m", "moto.server", "-H", HOST, "-p", str(port)]
    trusted = None
    if certificate:
        trusted = certificate.file
        command += ["-c", certificate.file, "-k", certificate.key]
    context = ssl.create_default_context(cafile=trusted) if trusted else None

    def ready() -> None:
        with urlopen(f"{url}/moto-api/data.json", timeout=5, context=context) as response:
            json.load(response)

    with running(command, log=folder / f"moto-{scheme}.log", ready=ready):
        server = S3Server(url, *_only_user(url, trusted, context), trusted)
        server.client.list_buckets()
        yield server


def user_allowed(server: S3Server, *statements: dict[str, Any]) -> tuple[str, str]:
    """The key and the secret of a new user of moto's with this IAM policy."""
    iam = boto3_client("iam", server.endpoint_url, server.access_key_id, server.secret_access_key)
    name = f"user-{token_hex(4)}"
    iam.create_user(UserName=name)
    if statements:
        policy = {"Version": "2012-10-17", "Statement": [*statements]}
        iam.put_user_policy(UserName=name, PolicyName="only", PolicyDocument=json.dumps(policy))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"]


def _only_user(url: str, trusted: Path | None, context: ssl.SSLContext | None) -> tuple[str, str]:
    """Create the only user; from then on moto refuses everybody else.

    moto allows as many calls without authentication as it is told here: IAM needs three.
    """
    three_calls = Request(
        f"{url}/moto-api/reset-auth", data=b"3", headers={"Content-Type": "text/plain"}
    )
    with urlopen(three_calls, timeout=5, context=context):
        pass
    iam = boto3_client("iam", url, "nobody", "yet", ca_bundle=trusted)
    iam.create_user(UserName=_USER)
    key = iam.create_access_key(UserName=_USER)["AccessKey"]
    iam.put_user_policy(
        UserName=_USER, PolicyName="allow-all", PolicyDocument=json.dumps(_ALLOW_ALL)
    )
    return key["AccessKeyId"], key["SecretAccessKey"]
