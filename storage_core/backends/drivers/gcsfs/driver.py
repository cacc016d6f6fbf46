"""Blobs in a bucket of Google Cloud Storage.

gcsfs builds the session; signing in is google-auth's, and each operation here is one request.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import aiohttp

from storage_core.backends.drivers.clouds.google.credentials import Found, of_json
from storage_core.backends.drivers.clouds.google.signing_in import SignIn
from storage_core.backends.drivers.gcsfs.client import connected
from storage_core.backends.drivers.gcsfs.session import GCSSession
from storage_core.backends.drivers.options import merged
from storage_core.backends.remote.backend import RemoteBackend
from storage_core.backends.remote.faults import Explained, Fault, causes, classify
from storage_core.backends.remote.messages import Place
from storage_core.backends.remote.network import Network
from storage_core.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage_core.backends.remote.driver import Afterwards

_ELSEWHERE: Final = ("STORAGE_EMULATOR_HOST", "GOOGLE_CLOUD_UNIVERSE_DOMAIN")
"""Variables by which gcsfs goes to another service."""


def open_gcs(
    bucket: str,
    prefix: str = "",
    *,
    project: str | None = None,
    service_account_info: Mapping[str, Any] | None = None,
    endpoint_url: str | None = None,
    ca_bundle: str | None = None,
    options: Mapping[str, Any] | None = None,
    timeout: float,
    secrets: tuple[str, ...] = (),
    setting: str = "Bucket",
    credentials: str | None = None,
    signs_in_by: str = "token in Options",
    address: str | None = None,
) -> RemoteBackend:
    """The backend of a bucket; nothing is connected yet.

    Args:
        bucket: must exist.
        prefix: what stands before the paths in the names of the objects.
        project: the bucket's.
        service_account_info: the credentials file of a service account; without one, Google's own
            credential chain is used.
        endpoint_url: of another service than Google's.
        ca_bundle: a PEM file of certificates to trust besides the system's.
        options: more arguments of `gcsfs.GCSFileSystem`, which replace those made from the above.
        timeout: seconds that one call may take, retries included.
        secrets: what no message may show.
        setting: the label of the setting that names the bucket.
        credentials: the labels of those that sign in; by default those of Google Cloud Storage.
        signs_in_by: the label of the one with a token of gcsfs.
        address: the labels of those that lead to the server; by default those of Google Cloud
            Storage.

    Raises:
        ConfigurationError: the credentials are none of Google's, or damaged.
    """
    if address is None:
        # Without an endpoint no setting says where the server is.
        address = "Endpoint URL" if endpoint_url else ""
        if dict(options or {}).get("endpoint_url"):
            address = "endpoint_url in Options"
    location = f"gs://{bucket}/{prefix}".rstrip("/")
    given = {"project": project, "endpoint_url": endpoint_url}
    arguments = merged(
        {
            "requests_timeout": aiohttp.ClientTimeout(
                total=None, sock_connect=timeout, sock_read=timeout
            ),
            **{name: value for name, value in given.items() if value is not None},
        },
        dict(options or {}),
    )
    token = arguments.pop("token", None)
    try:
        if token is None and service_account_info:
            token = of_json(service_account_info, "Service Account Info")
        elif isinstance(token, dict):
            token = of_json(token, signs_in_by)
    except Explained as error:
        raise ConfigurationError(f"{location}: {error}; {error.remedy}") from None
    endpoint = arguments.get("endpoint_url")
    if not endpoint and token is not None and any(map(os.environ.get, _ELSEWHERE)):
        # Whose credentials are given is not sent where a variable says.
        universe = isinstance(token, Found) and token.credentials.universe_domain
        arguments["endpoint_url"] = f"https://storage.{universe or 'googleapis.com'}"
    instead = signs_in_by
    if credentials is None:
        instead = "Service Account Info"
        if service_account_info:
            credentials = "Service Account Info and what the account is allowed"
        else:
            credentials = "who is signed in to Google Cloud here and what they are allowed"
    network = Network(ca_bundle)
    signing = SignIn(
        token,
        network=network,
        source=signs_in_by,
        instead=instead,
        is_google=_is_google(endpoint or (token is None and os.environ.get(_ELSEWHERE[0])) or ""),
        timeout=timeout,
        secrets=secrets,
    )
    return RemoteBackend(
        GCSDriver(bucket, prefix, arguments, signing, network),
        Place(location, "bucket", bucket, setting, credentials, address),
        timeout=timeout,
        secrets=secrets,
        network=network,
    )


class GCSDriver:
    """Signs in by google-auth."""

    counts = True
    has_ranges = True

    def __init__(
        self,
        bucket: str,
        prefix: str,
        arguments: dict[str, Any],
        sign_in: SignIn,
        network: Network,
    ) -> None:
        """Remember where to, and how.

        Args:
            bucket: must exist.
            prefix: what stands before the paths in the names of the objects.
            arguments: of `gcsfs.GCSFileSystem`, without a token.
            sign_in: signs the requests.
            network: how the servers are reached.
        """
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._arguments = arguments
        self._sign_in = sign_in
        self._network = network

    async def connect(self, afterwards: Afterwards) -> GCSSession:
        """Look for credentials, anew in each session."""
        client = await connected(self._arguments, self._sign_in.again(), self._network)
        return GCSSession(client, self._bucket, self._prefix)

    def fault(self, error: BaseException) -> Fault:
        """What kind of failure it is."""
        for each in causes(error):
            if isinstance(each, OSError) and str(each).startswith("Forbidden"):
                return Fault.DENIED
        return classify(error)

    def reason(self, error: BaseException, words: str) -> str:
        """The words of gcsfs."""
        return words


def _is_google(endpoint: str) -> bool:
    return not endpoint or (urlsplit(endpoint).hostname or "").endswith(".googleapis.com")
