"""Who signs in to S3, as far as a configuration says it."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

_SECRETS: Final = ("key", "secret", "token")
_IN_CLIENT: Final = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
_BY_OTHER_NAMES: Final = {"key": "username", "secret": "password"}

FRESH: Final = 60.0
"""Seconds for which new credentials are not looked up again after a refusal without a reason."""


class Labels(NamedTuple):
    """What messages call the settings."""

    keys: str = "AWS Access Key ID and AWS Secret Access Key"
    profile: str = "Profile Name"
    token: str = "AWS Session Token"
    role: str = "Role ARN"
    external_id: str = "External ID"
    sts: str = "STS Endpoint URL"
    region: str = "Region Name"


OPTIONS: Final = Labels("key and secret in Options", "profile in Options", "token in Options")
"""The labels for a configuration that has these in a table."""


class Role(NamedTuple):
    """A role to assume with the credentials that are found."""

    arn: str | None = None
    external_id: str | None = None
    endpoint_url: str | None = None
    """The address of the service that hands out its credentials; None for AWS's own."""


class Identity(NamedTuple):
    """Who signs in, as far as a configuration says it."""

    labels: Labels
    key: str | None = None
    secret: str | None = None
    token: str | None = None
    profile: str | None = None
    role: Role = Role()
    region: str | None = None
    has_endpoint: bool = False
    """Whether the configuration names the address of the service."""

    is_anonymous: bool = False

    def __repr__(self) -> str:
        """Without secrets, so that it can be logged."""
        return f"{type(self).__name__}(profile={self.profile!r}, role={self.role.arn!r})"

    @property
    def has_keys(self) -> bool:
        """Whether the configuration has keys itself."""
        return bool(self.key or self.secret)

    @property
    def is_whole(self) -> bool:
        """Whether nothing but the configuration counts, except for proxies and certificates."""
        return self.has_keys or self.has_endpoint


def told_apart(
    arguments: dict[str, Any], role: Role, labels: Labels
) -> tuple[dict[str, Any], Identity]:
    """Arguments of `s3fs.S3FileSystem`, and who signs in by them.

    Args:
        arguments: made from settings and options.
        role: to be assumed; the credentials for that are taken out of the arguments.
        labels: what messages call the settings.
    """
    client = dict(arguments.get("client_kwargs") or {})
    keys: dict[str, str | None] = {}
    for name, in_client in zip(_SECRETS, _IN_CLIENT, strict=True):
        other = arguments.get(_BY_OTHER_NAMES.get(name, name))
        keys[name] = arguments.get(name) or other or client.get(in_client)
    identity = Identity(
        labels,
        **keys,
        profile=arguments.get("profile"),
        role=role,
        region=client.get("region_name"),
        has_endpoint=bool(arguments.get("endpoint_url") or client.get("endpoint_url")),
        is_anonymous=bool(arguments.get("anon")),
    )
    if role.arn:
        without = {*_SECRETS, *_BY_OTHER_NAMES.values()}
        arguments = {name: value for name, value in arguments.items() if name not in without}
        of_client = {name: value for name, value in client.items() if name not in _IN_CLIENT}
        arguments["client_kwargs"] = of_client
    return arguments, identity
