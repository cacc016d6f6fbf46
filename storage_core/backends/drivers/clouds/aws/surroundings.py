"""How to reach S3 by a machine's settings: AWS's variables, and a profile in its files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.configprovider import ConfiguredEndpointProvider
from botocore.exceptions import BotoCoreError
from botocore.session import Session

from storage_core.backends.drivers.clouds.aws.failures import explained
from storage_core.backends.drivers.clouds.aws.machine import isolate
from storage_core.backends.drivers.clouds.aws.search import Search

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage_core.backends.drivers.clouds.aws.identity import Identity
    from storage_core.backends.remote.network import Network


class Surroundings(NamedTuple):
    """The settings of a machine that concern requests to S3."""

    region: str | None
    endpoint_url: str | None
    s3: Mapping[str, Any]
    """The settings below `s3 =` in a profile."""

    fips: bool
    dual_stack: bool


def surroundings(identity: Identity, timeout: float, network: Network) -> Surroundings:
    """Those of the machine's settings that count. This reads files.

    Args:
        identity: who signs in, by the configuration.
        timeout: seconds that one call may take.
        network: is told which certificates the profile trusts.

    Raises:
        Explained: the files cannot be used.
    """
    try:
        return _said(identity, network)
    except BotoCoreError as error:
        raise explained(error, Search(identity, timeout, network)) from error


def _said(identity: Identity, network: Network) -> Surroundings:
    session = Session(profile=identity.profile)
    if identity.is_whole:
        isolate(session, identity.profile)
    said = session.get_config_variable
    if in_profile := said("ca_bundle"):
        network.trust_of_profile(in_profile)
    url = None
    if not said("ignore_configured_endpoint_urls"):
        full, scoped = session.full_config, session.get_scoped_config()
        url = ConfiguredEndpointProvider(full, scoped, "s3").provide()
    return Surroundings(
        said("region"),
        url,
        said("s3") or {},
        bool(said("use_fips_endpoint")),
        bool(said("use_dualstack_endpoint")),
    )
