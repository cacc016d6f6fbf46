"""Azure's own chain of credentials: variables, the identity of a machine, the Azure CLI."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from storage_core.backends.drivers.clouds.azure.token import Token
from storage_core.backends.remote.faults import Explained, Fault
from storage_core.redaction import mask_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage_core.backends.remote.network import Network

_OPTIONS: Final = frozenset(
    {
        *("account_name", "account_key", "connection_string", "credential", "sas_token"),
        *("request_session", "socket_timeout", "blocksize", "client_id", "client_secret"),
        *("tenant_id", "anon", "location_mode", "default_fill_cache", "default_cache_type"),
        *("version_aware", "assume_container_exists", "max_concurrency", "timeout"),
        *("connection_timeout", "read_timeout", "account_host", "use_listings_cache"),
        *("listings_expiry_time", "max_paths", "skip_instance_cache"),
    }
)
"""The options of adlfs itself; it passes all others to Azure's chain."""

_MICROSOFT: Final = re.compile(
    r"(^|\.)(microsoftonline\.(com|us|de)|microsoft\.com|windows\.net|(partner\.microsoftonline|"
    r"chinacloudapi)\.cn)$"
)

_TRIED: Final = re.compile(r"^\t(\w+): (.*)$", re.MULTILINE)
"""A line of the chain's message: a class of credentials, and why it gave no token."""

_IDLE: Final = re.compile(
    "(?i)not fully configured|not found on path|could not be found|not installed|required|"
    r"no accounts were found|authentication unavailable\.?$|no response from the imds"
)
"""What such a line says if the credentials are not set up on this machine."""

_MACHINE: Final = "ManagedIdentityCredential"
_REMEDIES: Final = {
    "EnvironmentCredential": (
        "the AZURE_… variables",
        "check AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET and AZURE_AUTHORITY_HOST",
    ),
    "WorkloadIdentityCredential": (
        "workload identity",
        "check AZURE_FEDERATED_TOKEN_FILE, AZURE_TENANT_ID and AZURE_CLIENT_ID",
    ),
    "AzureCliCredential": ("the Azure CLI", "run: az login"),
    "AzurePowerShellCredential": ("Azure PowerShell", "run: Connect-AzAccount"),
    "AzureDeveloperCliCredential": ("the Azure Developer CLI", "run: azd auth login"),
    _MACHINE: (
        "managed identity",
        "assign an identity to this machine, or correct AZURE_CLIENT_ID if it names another one",
    ),
}
"""By Azure's class of credentials: what people call it, and what to do when it fails. If several
fail and the chain stopped at none, the message is about the first in this order. Managed identity
is last, since a machine of any cloud has something that answers for it."""

_LONGEST: Final = 160
_PART: Final = 0.8
"""Fraction of the time for a call that the whole chain may take; the rest is for the message about
what went wrong."""


class Chain:
    """Azure's own way to find credentials. It blocks: it runs programs and reads files."""

    def __init__(self, given: Mapping[str, Any], timeout: float, network: Network) -> None:
        """Look for nothing yet.

        Args:
            given: options of adlfs.
            timeout: seconds within which there has to be an answer.
            network: how the servers are reached.
        """
        self.seconds = _PART * timeout
        """How many seconds to wait for a token."""

        self._network = network
        self._options = {name: value for name, value in given.items() if name not in _OPTIONS}
        self._timeout = timeout
        self._chain: Any = None

    def token(self, *scopes: str) -> Token:
        """A token for these scopes, from the first credentials that give one."""
        if self._chain is None:
            self._chain = self._made()
        found = self._chain.get_token(*scopes)
        return Token(found.token, found.expires_on)

    def failure(self, error: BaseException) -> Explained | None:
        """The error for a chain that gave no token; None if the cause is not known.

        Args:
            error: what `token` has raised, or a `TimeoutError`.
        """
        if isinstance(error, TimeoutError):
            took = f"Azure's own ways to sign in took over {self.seconds:.1f} s"
            remedy = "run: az login, or raise Timeout"
            return Explained(Fault.PASSING, took, remedy, while_signing_in=True)
        from azure.core.exceptions import ClientAuthenticationError

        if isinstance(error, ClientAuthenticationError):
            fault = Fault.DENIED
            why, remedy = _why(str(error))
        elif isinstance(error, OSError):
            # A missing file does not mean here that a blob or the container is missing.
            fault, why = Fault.MISCONFIGURED, f"{error.filename or 'a file'} cannot be read"
            named = [name for name, value in os.environ.items() if value == error.filename]
            why += f" ({error.strerror or error})"
            remedy = f"create it, or correct {' and '.join(named) or 'the AZURE_… variables'}"
        elif isinstance(error, ValueError):
            fault, why = Fault.MISCONFIGURED, _short(str(error))
            remedy = "correct the AZURE_… variables"
        else:
            return None
        return Explained(fault, why, remedy, while_signing_in=True)

    def close(self) -> None:
        """Close the connections of the chain."""
        if self._chain is not None:
            self._chain.close()

    def _made(self) -> Any:
        from logging import NullHandler, getLogger

        from azure.core.pipeline.transport import RequestsTransport
        from azure.identity import DefaultAzureCredential

        from storage_core.backends.drivers.clouds.requesting import Session

        # Without a handler Python would print to the terminal which credentials have failed.
        for name in ("azure", "msal", "msal_extensions"):
            getLogger(name).addHandler(NullHandler())
        options: dict[str, Any] = {
            "process_timeout": max(1, int(self._timeout / 2)),
            "retry_total": 1,
            "connection_timeout": min(2.0, self._timeout / 4),
            "read_timeout": self._timeout / 2,
            "transport": RequestsTransport(session=Session(self._network)),
            **self._options,
        }
        authority = options.get("authority") or os.environ.get("AZURE_AUTHORITY_HOST", "")
        host = urlsplit(authority if "//" in authority else f"//{authority}").hostname
        if host and not _MICROSOFT.search(host):
            # Discovery asks Microsoft's servers about the authority; they may be out of reach, and
            # do not know this one.
            options.setdefault("disable_instance_discovery", True)
        return DefaultAzureCredential(**options)


def _why(said: str) -> tuple[str, str]:
    """Why the chain gave no token, and what to do, from its message."""
    tried = dict(_TRIED.findall(said))
    failed = [name for name in _REMEDIES if name in tried and not _IDLE.search(tried[name])]
    if failed:
        # The chain stops at credentials that are set up and fail, so these are the last.
        last = next(reversed(tried))
        name = last if last in failed else failed[0]
        way, remedy = _REMEDIES[name]
        if name == _MACHINE:
            return f"managed identity gives no token, asked of {_server_of_machine()}", remedy
        if "AADSTS7000222" in tried[name]:
            remedy = "have a new client secret made"
        return f"{way}: no token ({_short(tried[name])})", remedy
    there = [name for name in _SERVICE_PRINCIPAL if os.environ.get(name)]
    missing = [name for name in _SERVICE_PRINCIPAL if name not in there]
    if there and missing:
        return (
            f"{' and '.join(there)} without {' and '.join(missing)}, and no other way signs in",
            "set the rest, or run: az login",
        )
    return (
        "nothing signs in: no AZURE_… variables, no managed identity, no Azure CLI",
        "install the Azure CLI and run: az login, or give a connection string",
    )


_SERVICE_PRINCIPAL: Final = ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET")


def _server_of_machine() -> str:
    """The server that is asked for this machine's identity, and the variable that names it."""
    for name in ("IDENTITY_ENDPOINT", "MSI_ENDPOINT", "AZURE_POD_IDENTITY_AUTHORITY_HOST"):
        if url := os.environ.get(name):
            return f"{mask_url(url)} ({name})"
    return "http://169.254.169.254"


def _short(message: str) -> str:
    """The first sentence or two of what Azure says, without addresses of documentation."""
    line = next((each for each in message.strip().splitlines() if each.strip()), "")
    line = re.sub(r"\s+(Trace ID|Visit|See|To mitigate|Correlation ID|To troubleshoot).*", "", line)
    line = line.rstrip(" .,")
    return f"{line[: _LONGEST - 1]}…" if len(line) > _LONGEST else line
