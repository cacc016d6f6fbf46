"""What a bucket of S3 is opened with; for type checkers only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage_core.backends.drivers.clouds.given import Given

if TYPE_CHECKING:
    from storage_core.backends.drivers.clouds.aws.identity import Role


class GivenS3(Given, total=False):
    """Keyword arguments of `open_s3` and `open_s3_direct`."""

    key: str | None
    """Access key ID; without one, AWS's own credential chain is used."""

    secret: str | None
    """Secret access key."""

    token: str | None
    """Session token."""

    profile: str | None
    """Which profile of the AWS files to use."""

    region: str | None
    """Of the bucket."""

    endpoint_url: str | None
    """Of another service than AWS."""

    role: Role | None
    """To be assumed with these credentials."""
