"""Where a configuration leads: Google itself, another service, an emulator."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urlsplit

from storage_core.backends.drivers.clouds.google.credentials import Found, of_json
from storage_core.backends.drivers.clouds.google.tokens import Tokens
from storage_core.backends.remote.faults import Explained
from storage_core.backends.remote.messages import Place
from storage_core.backends.remote.network import Network
from storage_core.errors import ConfigurationError

if TYPE_CHECKING:
    from storage_core.backends.drivers.clouds.google.given import GivenGCS

_EMULATOR: Final = "STORAGE_EMULATOR_HOST"
_UNIVERSE: Final = "GOOGLE_CLOUD_UNIVERSE_DOMAIN"
_PROJECT: Final = "GCSFS_DEFAULT_PROJECT"
_GOOGLE: Final = "googleapis.com"
_SIGNS_IN_BY: Final = "token in Options"


class Service(NamedTuple):
    """A service that speaks Google's protocol."""

    url: str
    """Its URL, without a slash at its end."""

    project: str = ""
    requester_pays: bool | str = False
    """Whether the requester pays, or the name of the project that pays."""

    def payer(self, tokens: Tokens) -> str | None:
        """The project that pays for a request; None for that of the bucket."""
        if not self.requester_pays:
            return None
        if isinstance(self.requester_pays, str):
            return self.requester_pays
        return self.project or tokens.project or ""


class Opened(NamedTuple):
    """What a bucket's backend is made of, whichever engine moves the bytes."""

    place: Place
    prefix: str
    """What stands before the paths, with a `/` at its end if there is any."""

    service: Service
    tokens: Tokens
    network: Network
    options: dict[str, Any]
    """Those that are left for a driver."""


def opened(bucket: str, prefix: str, given: GivenGCS) -> Opened:
    """What the settings of a bucket come to.

    Raises:
        ConfigurationError: the credentials are not Google's, or damaged.
    """
    left = dict(given.get("options") or {})
    service_account_info = given.get("service_account_info")
    endpoint_url = given.get("endpoint_url")
    credentials, signs_in_by = given.get("credentials"), given.get("signs_in_by", _SIGNS_IN_BY)
    address = given.get("address")
    if address is None:
        # Without an endpoint, no setting names the server.
        address = "Endpoint URL" if endpoint_url else ""
        if left.get("endpoint_url"):
            address = "endpoint_url in Options"
    location = f"gs://{bucket}/{prefix}".rstrip("/")
    project = left.pop("project", given.get("project"))
    endpoint = left.pop("endpoint_url", endpoint_url)
    token = left.pop("token", None)
    try:
        if token is None and service_account_info:
            token = of_json(service_account_info, "Service Account Info")
        elif isinstance(token, dict):
            token = of_json(token, signs_in_by)
    except Explained as error:
        raise ConfigurationError(f"{location}: {error}; {error.remedy}") from None
    instead = signs_in_by
    if credentials is None:
        instead = "Service Account Info"
        if service_account_info:
            credentials = "Service Account Info and what the account is allowed"
        else:
            credentials = "who is signed in to Google Cloud here and what they are allowed"
    network = Network(given.get("ca_bundle"))
    tokens = Tokens(
        token,
        source=signs_in_by,
        instead=instead,
        is_google=_is_google(endpoint or (token is None and os.environ.get(_EMULATOR)) or ""),
        network=network,
        timeout=given["timeout"],
        secrets=given.get("secrets", ()),
    )
    service = Service(
        (endpoint or _found(token)).rstrip("/"),
        project or os.environ.get(_PROJECT, ""),
        left.pop("requester_pays", False),
    )
    network.service = service.url
    return Opened(
        Place(location, "bucket", bucket, given.get("setting", "Bucket"), credentials, address),
        f"{prefix}/" if prefix else "",
        service,
        tokens,
        network,
        left,
    )


def _found(token: Any) -> str:
    """The service where no configuration names one."""
    if token is not None:
        # Credentials from the configuration must not be sent to where a variable says.
        universe = isinstance(token, Found) and token.credentials.universe_domain
        return f"https://storage.{universe or _GOOGLE}"
    emulator = os.environ.get(_EMULATOR, "")
    if emulator in ("", "default"):
        return f"https://storage.{os.environ.get(_UNIVERSE) or _GOOGLE}"
    return emulator if emulator.startswith(("http://", "https://")) else f"http://{emulator}"


def _is_google(endpoint: str) -> bool:
    return not endpoint or (urlsplit(endpoint).hostname or "").endswith(f".{_GOOGLE}")
