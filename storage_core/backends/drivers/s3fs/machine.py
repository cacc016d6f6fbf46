"""What of a machine's AWS settings counts: the session in which credentials are found, and the one
that asks S3.

Where a configuration has keys or an endpoint of its own, no variable counts and no profile that it
does not name; proxies and certificates, which `AWS_CA_BUNDLE` is about, do.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from botocore.config import Config
from botocore.configprovider import (
    BOTOCORE_DEFAUT_SESSION_VARIABLES,
    DEFAULT_S3_CONFIG_VARS,
    ConfigChainFactory,
    SectionConfigProvider,
)
from botocore.session import Session

if TYPE_CHECKING:
    from collections.abc import Mapping

ANYWHERE: Final = "us-east-1"
"""The region where none is known: that of services with one region, and of STS's oldest address."""

_CERTIFICATES: Final = "ca_bundle"
_OF_PROFILES: Final = ("config_file", "credentials_file")


class Labels(NamedTuple):
    """What messages call the settings."""

    keys: str = "AWS Access Key ID and AWS Secret Access Key"
    profile: str = "Profile Name"
    role: str = "Role ARN"
    external_id: str = "External ID"
    sts: str = "STS Endpoint URL"
    region: str = "Region Name"


OPTIONS: Final = Labels("key and secret in Options", "profile in Options")
"""Those of a configuration that has them in a table."""


class Identity(NamedTuple):
    """Who signs in, as far as a configuration says it."""

    labels: Labels
    key: str | None = None
    secret: str | None = None
    token: str | None = None
    profile: str | None = None
    role_arn: str | None = None
    external_id: str | None = None
    sts_endpoint_url: str | None = None
    region: str | None = None
    has_endpoint: bool = False
    """Whether it says which service to ask."""

    is_anonymous: bool = False

    def __repr__(self) -> str:
        """Without secrets, so that it can be logged."""
        return f"{type(self).__name__}(profile={self.profile!r}, role_arn={self.role_arn!r})"

    @property
    def has_keys(self) -> bool:
        """Whether it says with whose keys."""
        return bool(self.key or self.secret)

    @property
    def is_whole(self) -> bool:
        """Whether nothing but it counts, proxies and certificates apart."""
        return self.has_keys or self.has_endpoint


def isolate(session: Any, profile: str | None) -> None:
    """Have a session read no variable but that of certificates, and no profile but this one.

    Args:
        session: of botocore, or of aiobotocore.
        profile: that of the configuration, which is looked up in the files of the machine.
    """
    files = {
        name: session.get_config_variable(name) if profile else os.devnull for name in _OF_PROFILES
    }
    chains = ConfigChainFactory(session, environ={})

    def chain(name: str, variable: tuple[Any, Any, Any, Any]) -> Any:
        in_profile, _, default, convert = variable
        return chains.create_config_chain(
            instance_name=name,
            config_property_names=in_profile,
            default=default,
            conversion_func=convert,
        )

    store = session.get_component("config_store")
    for name, variable in BOTOCORE_DEFAUT_SESSION_VARIABLES.items():
        if name != _CERTIFICATES:
            store.set_config_provider(name, chain(name, variable))
    of_s3 = {name: chain(name, variable) for name, variable in DEFAULT_S3_CONFIG_VARS.items()}
    store.set_config_provider("s3", SectionConfigProvider("s3", session, of_s3))
    for name, path in files.items():
        session.set_config_variable(name, path)


class Machine(Session):  # type: ignore[misc]
    """The session in which credentials are found, by blocking calls: use it in a thread."""

    def __init__(self, identity: Identity, timeout: float) -> None:
        """Read nothing yet.

        Args:
            identity: what the configuration says.
            timeout: seconds that one request may take.
        """
        super().__init__()
        self.asked: tuple[str, str] | None = None
        """The service that was asked last, and its address."""

        self._identity = identity
        if identity.profile:
            self.set_config_variable("profile", identity.profile)
        if identity.has_keys:
            isolate(self, identity.profile)
        self.set_default_client_config(
            Config(
                connect_timeout=timeout,
                read_timeout=timeout,
                retries={"total_max_attempts": 1},
                ignore_configured_endpoint_urls=True if identity.is_whole else None,
            )
        )

    @property
    def profile_name(self) -> str:
        """The profile that counts."""
        return self.get_config_variable("profile") or "default"

    @property
    def region(self) -> str:
        """Where STS is asked: what the configuration says, or else the machine."""
        return self._identity.region or self.get_config_variable("region") or ANYWHERE

    def create_client(self, service_name: str, *args: Any, **arguments: Any) -> Any:
        """A client of a service that hands out credentials."""
        given = self._identity
        if service_name == "sts":
            arguments["region_name"] = self.region
        if service_name == "sts" and given.sts_endpoint_url:
            arguments["endpoint_url"] = given.sts_endpoint_url
        elif given.is_whole and not given.has_keys:
            # Who signs in is left to the machine here, so that it may say whom to ask for it.
            variable = f"AWS_ENDPOINT_URL_{service_name.upper().replace('-', '_')}"
            arguments.setdefault("endpoint_url", os.environ.get(variable))
        client = super().create_client(service_name, *args, **arguments)
        self.asked = service_name, client.meta.endpoint_url
        return client

    def files(self) -> tuple[str, str]:
        """The files in which profiles are looked up: of configuration, of credentials."""
        config, credentials = (
            os.path.expanduser(str(self.get_config_variable(name))) for name in _OF_PROFILES
        )
        return config, credentials

    def profile(self, name: str) -> Mapping[str, Any]:
        """What both files say of a profile."""
        found: Mapping[str, Any] = self.full_config.get("profiles", {}).get(name, {})
        return found
