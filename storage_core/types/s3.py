"""S3 Storage: a bucket of AWS S3 or of any service that speaks its protocol."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from storage_core.declaration import checks, suggestions
from storage_core.declaration.configuration import (
    RemoteStorage,
    Table,
    options_setting,
    prefix_setting,
)
from storage_core.declaration.engines import engine_setting, is_direct
from storage_core.declaration.setting import setting
from storage_core.light import dataclass

if TYPE_CHECKING:
    from storage_core.backends.base import Backend
    from storage_core.declaration.configuration import Opening

_UNUSUAL: Final = ("--x-s3", "--xa-s3", "--op-s3")
"""Endings of the names of directory buckets, of their access points and of those of Outposts."""


@dataclass(frozen=True, kw_only=True, repr=False)
class S3Storage(RemoteStorage):
    """Store data in an AWS S3 bucket."""

    type: ClassVar[str] = "s3"
    label: ClassVar[str] = "S3 Storage"
    description: ClassVar[str] = "Store data in an AWS S3 bucket."
    place: ClassVar[str] = "bucket"

    bucket: str = setting(
        "Bucket",
        "Name of the S3 bucket.",
        check=checks.bucket,
        placeholder="my-bucket",
        offered=True,
    )
    aws_access_key_id: str | None = setting(
        "AWS Access Key ID",
        "IAM access key ID for the account.",
        default=None,
        reference=True,
        check=checks.plain_text,
    )
    aws_secret_access_key: str | None = setting(
        "AWS Secret Access Key",
        "IAM secret access key for the account.",
        default=None,
        secret=True,
        check=checks.plain_text,
    )
    aws_session_token: str | None = setting(
        "AWS Session Token",
        "Session token to authenticate with temporary security credentials.",
        default=None,
        secret=True,
        check=checks.plain_text,
    )
    profile_name: str | None = setting(
        "Profile Name",
        "Instance profile name for an IAM role.",
        default=None,
        check=checks.plain_text,
        suggest=suggestions.aws_profiles,
        signs_in=True,
        hint="a profile from ~/.aws/config",
    )
    region_name: str | None = setting(
        "Region Name",
        "Name of the bucket's AWS region.",
        default=None,
        check=checks.plain_text,
        suggest=suggestions.aws_regions,
        placeholder="eu-west-1",
    )
    prefix: str | None = prefix_setting("bucket")
    endpoint_url: str | None = setting(
        "Endpoint URL",
        "Address of an S3-compatible service, such as MinIO; not needed for AWS.",
        default=None,
        form="url",
        check=checks.http_url,
        advanced=True,
        placeholder="http://127.0.0.1:9000",
    )
    role_arn: str | None = setting(
        "Role ARN",
        "A role to assume with the credentials found otherwise.",
        default=None,
        check=checks.word,
        signs_in=True,
        advanced=True,
        placeholder="arn:aws:iam::123456789012:role/storage",
    )
    external_id: str | None = setting(
        "External ID",
        "What the role's owner asks for besides, to know who assumes it.",
        default=None,
        check=checks.plain_text,
        signs_in=True,
        advanced=True,
    )
    sts_endpoint_url: str | None = setting(
        "STS Endpoint URL",
        "Address of the service that hands out the role's credentials; not needed for AWS.",
        default=None,
        form="url",
        check=checks.http_url,
        advanced=True,
        placeholder="https://sts.eu-west-1.amazonaws.com",
    )
    engine: str = engine_setting("s3fs")
    options: Table | None = options_setting("s3fs")

    @classmethod
    def needless(cls, values: Mapping[str, Any]) -> Iterable[str]:
        if key := values.get("aws_access_key_id"):
            yield "profile_name"
            # Long-term keys begin with this; those that need a token do not.
            if str(key).startswith("AKIA"):
                yield "aws_session_token"

    @classmethod
    def doubts(cls, values: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        secret, key = "aws_secret_access_key", "aws_access_key_id"
        if secret in values and key not in values:
            yield key, "is missing; AWS Secret Access Key needs it"
        if key in values and secret not in values:
            yield secret, "is missing; AWS Access Key ID needs it"
        if "aws_session_token" in values and key not in values:
            yield "aws_session_token", "needs AWS Access Key ID and AWS Secret Access Key"
        for name in ("external_id", "sts_endpoint_url"):
            if name in values and "role_arn" not in values:
                yield name, "needs Role ARN"

    @classmethod
    def cautions(cls, values: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        from storage_core.declaration import addresses
        from storage_core.declaration.cautions import is_aws, of_region, of_role, of_s3_bucket

        yield from super().cautions(values)
        yield from addresses.of_endpoint(
            values, lambda address: addresses.of_clear_text(address, addresses.ONLY_BYTES)
        )
        yield from addresses.of_endpoint(
            values, lambda address: addresses.of_doubled(values.get("bucket"), address)
        )
        if said := of_role(values.get("role_arn")):
            yield "role_arn", said
        if is_aws(values):
            if said := of_s3_bucket(values.get("bucket")):
                yield "bucket", said
            if said := of_region(values.get("region_name")):
                yield "region_name", said

    @property
    def location(self) -> str:
        from storage_core.declaration.display import place_url

        return place_url("s3://", self.bucket, self.prefix)

    def backend(self, opening: Opening) -> Backend:
        from storage_core.backends.loading import loading

        with loading():
            from storage_core.backends.drivers.clouds.aws.identity import Role

            if self._is_direct():
                from storage_core.backends.drivers.direct.s3 import open_s3_direct as opened
            else:
                from storage_core.backends.drivers.s3fs import open_s3 as opened

        return opened(
            self.bucket,
            self.prefix or "",
            key=self.aws_access_key_id,
            secret=self.aws_secret_access_key,
            token=self.aws_session_token,
            profile=self.profile_name,
            region=self.region_name,
            endpoint_url=self.endpoint_url,
            role=Role(self.role_arn, self.external_id, self.sts_endpoint_url)
            if self.role_arn
            else None,
            ca_bundle=self.trusted,
            options=self.options or {},
            timeout=opening.timeout,
            secrets=opening.secrets,
        )

    @property
    def engine_here(self) -> str:
        return "direct" if self._is_direct() else "fsspec"

    def _is_direct(self) -> bool:
        def beyond(options: Mapping[str, Any]) -> list[str]:
            from storage_core.backends.drivers.direct.s3 import what_is_beyond

            return what_is_beyond(options)

        is_usual = not (self.bucket.startswith("arn:") or self.bucket.endswith(_UNUSUAL))
        other = "" if is_usual else f"buckets such as {self.bucket} (Bucket)"
        return is_direct(self.engine, self.options, beyond, other=other)
