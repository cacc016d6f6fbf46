"""Which of a machine's AWS settings count, for finding credentials and for requests to S3.

If a configuration has keys or an endpoint of its own, no variable counts, and no profile that it
does not name; proxies and certificates (`AWS_CA_BUNDLE`) always do.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from botocore.config import Config
from botocore.configloader import load_config, raw_config_parse
from botocore.configprovider import (
    BOTOCORE_DEFAUT_SESSION_VARIABLES,
    DEFAULT_S3_CONFIG_VARS,
    ConfigChainFactory,
    SectionConfigProvider,
)
from botocore.exceptions import BotoCoreError
from botocore.session import Session
from botocore.utils import is_valid_uri

from storage_core.backends.drivers.clouds.aws.descriptions import descriptions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage_core.backends.drivers.clouds.aws.identity import Identity
    from storage_core.backends.remote.network import Network

ANYWHERE: Final = "us-east-1"
"""The region if none is known: that of services with one region, and of STS's global address."""

_CERTIFICATES: Final = "ca_bundle"
_METADATA: Final = "ec2_metadata_service_endpoint"
_OF_PROFILES: Final = ("config_file", "credentials_file")


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
    # Otherwise each client would read its endpoint from variables, whatever is set above.
    session.set_config_variable("ignore_configured_endpoint_urls", True)


class Machine(Session):  # type: ignore[misc]
    """The session in which credentials are found, by blocking calls: use it in a thread."""

    def __init__(self, identity: Identity, timeout: float, network: Network) -> None:
        """Read nothing yet.

        Args:
            identity: what the configuration says.
            timeout: seconds that one request may take.
            network: how the services are reached.
        """
        super().__init__()
        self.asked: tuple[str, str] | None = None
        """The service that was asked last, and its address."""

        self._identity = identity
        if identity.profile:
            self.set_config_variable("profile", identity.profile)
        if identity.has_keys or (identity.profile and identity.has_endpoint):
            # A profile may say that an instance's credentials are to be used.
            metadata = self._metadata_service()
            isolate(self, identity.profile)
            self.set_config_variable(_METADATA, metadata)
        self.network = network.of_another()
        """How the services are reached."""

        if network.trust.path:
            # botocore looks for certificates itself unless they are given.
            self.set_config_variable(_CERTIFICATES, network.trust.path)
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
        """The address of STS, by the configuration, or else by the machine."""
        return self._identity.region or self.get_config_variable("region") or ANYWHERE

    def _metadata_service(self) -> str | None:
        found = os.environ.get("AWS_EC2_METADATA_SERVICE_ENDPOINT")
        return found if found and is_valid_uri(found) else None

    def create_client(self, service_name: str, *args: Any, **arguments: Any) -> Any:
        """A client of a service that hands out credentials."""
        given = self._identity
        # If the machine decides who signs in, it also decides where to ask for credentials.
        variable = f"AWS_ENDPOINT_URL_{service_name.upper().replace('-', '_')}"
        url = os.environ.get(variable) if given.is_whole and not given.has_keys else None
        if service_name == "sts":
            arguments["region_name"] = self.region
            url = given.role.endpoint_url or url
        if url:
            arguments["endpoint_url"] = url
        self.asked = service_name, url or ""
        loader = descriptions(self.get_config_variable("data_path"))
        self.register_component("data_loader", loader)
        client = super().create_client(service_name, *args, **arguments)
        # botocore by itself would only trust the file.
        context = self.network.context()
        http = client._endpoint.http_session
        http._get_ssl_context = lambda: context
        http._manager.connection_pool_kw["ssl_context"] = context
        self.asked = service_name, client.meta.endpoint_url
        return client

    def unusable(self) -> str | None:
        """A variable with a value of the wrong type, and that value; None if there is none."""
        for _, variable, _, convert in BOTOCORE_DEFAUT_SESSION_VARIABLES.values():
            value = os.environ.get(variable) if isinstance(variable, str) else None
            try:
                if value is not None and convert is not None:
                    convert(value)
            except ValueError:
                return f"{variable} is {value}"
        return None

    def files(self) -> tuple[str, str]:
        """The files in which profiles are looked up: of configuration, of credentials."""
        config, credentials = (
            os.path.expanduser(str(self.get_config_variable(name))) for name in _OF_PROFILES
        )
        return config, credentials

    def files_of(self, profile: str) -> tuple[str, ...]:
        """The files that have a profile; both if none has it."""
        config, credentials = self.files()
        found = []
        with suppress(BotoCoreError):
            found += [config] if profile in load_config(config).get("profiles", {}) else []
        with suppress(BotoCoreError):
            found += [credentials] if profile in raw_config_parse(credentials) else []
        return tuple(found) or (config, credentials)

    def profile(self, name: str) -> Mapping[str, Any]:
        """What both files say about a profile."""
        found: Mapping[str, Any] = self.full_config.get("profiles", {}).get(name, {})
        return found
