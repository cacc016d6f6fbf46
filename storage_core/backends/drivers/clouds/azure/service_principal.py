"""A service principal: a tenant, a client ID and its secret, exchanged for tokens.

The request is our own: azure-identity would also take the address that the secret is sent to from
environment variables, and would ask Microsoft's servers about an authority that is not Microsoft's.
"""

from __future__ import annotations

import re
import time
from json import loads
from typing import TYPE_CHECKING, Any, Final

from storage_core.backends.drivers.clouds.azure.token import Token
from storage_core.backends.remote.faults import Explained, Fault, classify, classify_status, reason
from storage_core.backends.remote.hindrance import hindrance
from storage_core.redaction import scrub

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage_core.backends.remote.network import Network

_AUTHORITIES: Final = {
    "chinacloudapi.cn": "login.chinacloudapi.cn",
    "usgovcloudapi.net": "login.microsoftonline.us",
}
"""The authority by the end of an account's host; for all others it is that of the public cloud."""

_NAMES: Final = ("tenant_id", "client_id", "client_secret")
_SIGNS_IN: Final = "tenant_id, client_id and client_secret in Options"
_UNANSWERED: Final = 0.4
"""Fraction of the time for a call that one answer of the token endpoint may take."""


class ServicePrincipal:
    """The request to the token endpoint, and what its answers mean; the engines send it."""

    def __init__(self, given: Mapping[str, Any], timeout: float, network: Network) -> None:
        """Send nothing yet.

        Args:
            given: options of adlfs.
            timeout: seconds within which there has to be an answer.
            network: how the server is reached.

        Raises:
            Explained: options are missing, or the authority is not an https address.
        """
        missing = [name for name in _NAMES if not given.get(name)]
        if missing:
            raise _cannot(
                Fault.MISCONFIGURED,
                f"a service principal needs {_SIGNS_IN}",
                f"add {' and '.join(missing)}",
            )
        host = str(given.get("account_host") or "")
        authority = str(
            given.get("authority")
            or next((_AUTHORITIES[end] for end in _AUTHORITIES if host.endswith(end)), "")
            or "login.microsoftonline.com"
        ).rstrip(" /")
        if "://" not in authority:
            authority = f"https://{authority}"
        if not authority.startswith("https://"):
            raise _cannot(
                Fault.MISCONFIGURED,
                f"a secret is not sent to {authority}",
                "write an https address as authority in Options",
            )
        self.url = f"{authority}/{given['tenant_id']}/oauth2/v2.0/token"
        self.seconds = _UNANSWERED * timeout
        """How many seconds to wait for an answer."""

        self.network = network
        self._client = {name: str(given[name]) for name in ("client_id", "client_secret")}

    def form(self, *scopes: str) -> dict[str, str]:
        """The form to send to `url` for a token for these scopes."""
        return {
            "grant_type": "client_credentials",
            "scope": " ".join(scopes),
            **self._client,
        }

    def token(self, status: int, content: bytes) -> Token:
        """The token in an answer.

        Raises:
            Explained: the answer has none.
        """
        try:
            answer = loads(content)
            if status == 200:
                expires = int(time.time()) + int(answer["expires_in"])
                return Token(str(answer["access_token"]), expires)
            said = str(answer.get("error_description") or answer["error"])
        except (ValueError, KeyError, TypeError, AttributeError):
            said = f"it answered {status}, and no token"
        if classify_status(status) is Fault.PASSING:
            said = f"{self.url} gives no token: it answered {status}"
            raise _cannot(Fault.PASSING, said, "try again later, or check authority in Options")
        # The first sentence only: after it come numbers for Microsoft's support.
        said = re.split(r"\.?\s+(?=Trace ID|Correlation ID|Timestamp|To troubleshoot)", said)[0]
        said = scrub(re.split(r"\. |\r|\n", said)[0].rstrip("."), self._client.values())
        raise _cannot(
            Fault.DENIED, f"{self.url} gives no token ({said[:200]})", f"check {_SIGNS_IN}"
        )

    def unanswered(self, error: BaseException) -> Explained:
        """The error for a request that was not answered.

        Args:
            error: the cause.
        """
        if said := hindrance(self.network, error):
            return _cannot(said.fault, f"{self.url} gives no token: {said}", said.remedy)
        why = reason(error, self._client.values()) if str(error) else "no answer"
        fault = classify(error)
        remedy = "check the network and authority in Options"
        if fault is Fault.MISCONFIGURED:
            remedy = "correct the certificates, or authority in Options"
        return _cannot(fault, f"{self.url} gives no token: {why}", remedy)


def _cannot(fault: Fault, why: str, remedy: str) -> Explained:
    return Explained(fault, why, remedy, while_signing_in=True)
