"""Where a bucket is, by the configuration and by what that leaves to the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from storage_core.backends.drivers.direct.s3.endpoint import Addressing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage_core.backends.drivers.clouds.aws.identity import Identity
    from storage_core.backends.drivers.direct.s3.ambient import Ambient
    from storage_core.backends.remote.limit import Limit


class Addresses:
    """Finds out where a bucket is, when that is first needed."""

    def __init__(
        self,
        arguments: Mapping[str, Any],
        identity: Identity,
        ambient: Ambient,
    ) -> None:
        """Read no file yet.

        Args:
            arguments: made from settings and options.
            identity: who signs in, by the configuration.
            ambient: what AWS's files and variables on this machine say.
        """
        self._client: Mapping[str, Any] = arguments.get("client_kwargs") or {}
        self._config: Mapping[str, Any] = arguments.get("config_kwargs") or {}
        self._arguments = arguments
        self._identity = identity
        self._ambient = ambient

    def read(self, limit: Limit) -> Addressing:
        """What the configuration says, and the machine where that leaves something open.

        Raises:
            Explained: AWS's files cannot be used.
            OutOfTime: they cannot be read within the limit.
        """
        client, config = self._client, self._config
        said = Addressing(
            region=client.get("region_name") or config.get("region_name"),
            endpoint_url=self._arguments.get("endpoint_url") or client.get("endpoint_url"),
        )
        in_s3: dict[str, Any] = {}
        if not self._identity.is_whole or self._identity.profile:
            if plain := self._ambient.plain(limit):
                said = said._replace(region=said.region or plain.region)
                in_s3 = {"addressing_style": plain.style}
            else:
                found = self._ambient.surroundings(limit)
                said = said._replace(
                    region=said.region or found.region,
                    endpoint_url=said.endpoint_url or found.endpoint_url,
                    fips=found.fips,
                    dual_stack=found.dual_stack,
                )
                in_s3 = {**found.s3}
        in_s3 |= config.get("s3") or {}
        return said._replace(
            style=in_s3.get("addressing_style"),
            fips=config.get("use_fips_endpoint", said.fips),
            dual_stack=in_s3.get("use_dualstack_endpoint")
            or config.get("use_dualstack_endpoint", said.dual_stack),
            accelerate=bool(in_s3.get("use_accelerate_endpoint")),
            is_regional=in_s3.get("us_east_1_regional_endpoint") == "regional",
            is_secure=client.get("use_ssl", self._arguments.get("use_ssl", True)),
        )
