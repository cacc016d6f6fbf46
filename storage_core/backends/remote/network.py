"""How a server is reached: through which proxy, and with whose certificates.

Each driver takes an instance and hands its library what that says, so that all do the same.
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
        """See what is trusted.

        Args:
            ca_bundle: a PEM file of certificates to trust besides the system's.

        Raises:
            ConfigurationError: the file that the setting or a variable names cannot be used.
        """
        self.trust = trusted(ca_bundle)
        if self.trust.path is not None:
            self.trust.context()
        self.secrets = tuple(passwords())
        """What no message may show."""

        self.proxy: Proxy | None = None
        """Through which the last connection was to lead."""

        self.url = ""
        """Where the last connection was to lead."""

        self.service = ""
        """The address of the service, where the last connection may have been for more: the URL
        of a blob has the bucket in it, which an address is not to have."""

    def of_another(self) -> Network:
        """The same, for another server than the storage's."""
        from copy import copy

        other = copy(self)
        other.proxy, other.url, other.service = None, "", ""
        return other

    def trust_of_profile(self, path: str) -> None:
        """Trust the file of an AWS profile, where no setting and no variable of AWS names one."""
        if self.trust.source not in (SETTING, VARIABLES[0]):
            self.trust = Trust(os.path.expanduser(path), "ca_bundle of the AWS profile")

    def context(self) -> SSLContext:
        """What TLS is spoken with, for HTTP. It reads files: call it off the event loop."""
        return self.trust.context()

    def proxy_for(self, url: str) -> str | None:
        """The URL of the proxy for a URL, possibly with user and password; None for none."""
        self.url = url
        self.proxy = proxy_for(url)
        return self.proxy and self.proxy.url

    @property
    def via(self) -> str:
        """What to add to an answer that may be the proxy's; empty without one."""
        return f", through the proxy {self.proxy}" if self.proxy else ""
