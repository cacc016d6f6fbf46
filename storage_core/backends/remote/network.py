"""How a server is reached: through which proxy, and with whose certificates.

Each driver takes an instance and configures its library by it, so that all behave the same.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from storage_core.backends.remote.proxies import Proxy, passwords, proxy_for
from storage_core.backends.remote.trust import SETTING, VARIABLES, Trust, trusted

if TYPE_CHECKING:
    from ssl import SSLContext


class Network:
    """Proxies and certificates of one configuration."""

    def __init__(self, ca_bundle: str | None = None) -> None:
        """Find the certificates to trust, and the passwords of proxies.

        Args:
            ca_bundle: a PEM file of certificates to trust besides the system's.

        Raises:
            ConfigurationError: the file that the setting or a variable names cannot be used.
        """
        self.trust = trusted(ca_bundle)
        if self.trust.path is not None:
            self.trust.context()
        self.secrets = tuple(passwords())
        """Texts that no message may show: the passwords of proxies."""

        self.proxy: Proxy | None = None
        """The proxy that was chosen for the last connection."""

        self.url = ""
        """The URL that the last connection was made for."""

        self.service = ""
        """The address of the service, where `url` may be that of a blob, which has the bucket in it
        as well."""

    def of_another(self) -> Network:
        """The same settings, to keep track of connections to another server than the storage's."""
        from copy import copy

        other = copy(self)
        other.proxy, other.url, other.service = None, "", ""
        return other

    def trust_of_profile(self, path: str) -> None:
        """Trust the file of an AWS profile, if no setting and no AWS variable names one."""
        if self.trust.source not in (SETTING, VARIABLES[0]):
            self.trust = Trust(os.path.expanduser(path), "ca_bundle of the AWS profile")

    def context(self) -> SSLContext:
        """The TLS context for HTTP. This reads files: call it off the event loop."""
        return self.trust.context()

    def proxy_for(self, url: str) -> str | None:
        """The URL of the proxy for `url`, maybe with user and password; None without a proxy."""
        self.url = url
        self.proxy = proxy_for(url)
        return self.proxy and self.proxy.url

    @property
    def via(self) -> str:
        """What to add in messages to an answer that may be the proxy's; empty without one."""
        return f", through the proxy {self.proxy}" if self.proxy else ""
