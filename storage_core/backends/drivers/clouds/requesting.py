"""Blocking requests for tokens, with the same proxies and certificates as all other requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

if TYPE_CHECKING:
    from storage_core.backends.remote.network import Network


class Session(requests.Session):
    """A session that only uses what it is given, and reads no variable and no `.netrc`."""

    def __init__(self, network: Network) -> None:
        """Read the certificates."""
        super().__init__()
        self.trust_env = False
        self._network = network
        self.mount("https://", _Adapter(network))

    def merge_environment_settings(
        self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any
    ) -> Any:
        proxy = self._network.proxy_for(str(url))
        chosen = {urlsplit(str(url)).scheme: proxy} if proxy else {}
        chosen |= proxies or {}
        return super().merge_environment_settings(url, chosen, stream, verify, cert)


class _Adapter(HTTPAdapter):
    def __init__(self, network: Network) -> None:
        self._trusting: dict[str, Any] = {"ssl_context": network.context()}
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> Any:
        return super().init_poolmanager(*args, **{**kwargs, **self._trusting})

    def proxy_manager_for(self, proxy: Any, **kwargs: Any) -> Any:
        # For the proxy's own certificate, if it has one.
        more = {"proxy_ssl_context": self._trusting["ssl_context"], **self._trusting}
        return super().proxy_manager_for(proxy, **{**kwargs, **more})

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        # The context has all certificates; otherwise those of certifi would be added.
        conn.cert_reqs = "CERT_REQUIRED"
