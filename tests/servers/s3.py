"""What a test gets of every S3 server."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import Any, NamedTuple

REGION = "us-east-1"


class Certificate(NamedTuple):
    """The files of a certificate and of its key, for a server with TLS."""

    file: Path
    key: Path


@dataclass(frozen=True)
class S3Server:
    """A running S3 server that accepts only the credentials given here."""

    endpoint_url: str
    access_key_id: str
    secret_access_key: str = field(repr=False)
    ca_bundle: Path | None = None
    """The certificate to trust, if the server speaks TLS."""

    client: Any = field(init=False, repr=False)
    """A boto3 client with these credentials, for what a test has to prepare or inspect."""

    def __post_init__(self) -> None:
        client = boto3_client(
            *("s3", self.endpoint_url, self.access_key_id, self.secret_access_key),
            ca_bundle=self.ca_bundle,
        )
        object.__setattr__(self, "client", client)

    def new_bucket(self) -> str:
        """The name of a fresh, empty bucket."""
        name = f"bucket-{token_hex(6)}"
        self.client.create_bucket(Bucket=name)
        return name


def boto3_client(
    service: str, endpoint_url: str, key: str, secret: str, *, ca_bundle: Path | None = None
) -> Any:
    """A boto3 client that tries each call once."""
    import boto3
    from botocore.config import Config

    return boto3.client(
        service,
        endpoint_url=endpoint_url,
        region_name=REGION,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        verify=str(ca_bundle) if ca_bundle else None,
        config=Config(
            connect_timeout=2,
            read_timeout=10,
            retries={"total_max_attempts": 1},
            # rclone answers range reads wrongly when asked for checksums.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )
