"""Blobs on a file system that fsspec knows, object stores excepted."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from fsspec import url_to_fs
from fsspec.asyn import AsyncFileSystem

from storage_core.backends.drivers.fsspec import webdav
from storage_core.backends.drivers.fsspec.calls import Calls
from storage_core.backends.drivers.fsspec.classes import class_of, refuse_behind_another
from storage_core.backends.drivers.fsspec.ftp import FTP
from storage_core.backends.drivers.fsspec.session import FileSystemSession
from storage_core.backends.drivers.fsspec.ways import (
    FTPWays,
    HTTPWays,
    UsualWays,
    Ways,
    WebDAVWays,
)
from storage_core.backends.drivers.isolated import isolated
from storage_core.backends.drivers.urls import require_host, server_in
from storage_core.backends.remote.backend import RemoteBackend
from storage_core.backends.remote.driver import Afterwards
from storage_core.backends.remote.faults import Explained, Fault, classify
from storage_core.backends.remote.messages import Place
from storage_core.backends.remote.network import Network
from storage_core.backends.remote.worker import in_thread
from storage_core.redaction import mask_url

_HTTP: Final = ("http", "https")
_REACHED: Final = frozenset({*_HTTP, *webdav.PROTOCOLS, "ftp"})
"""Protocols whose file systems accept our proxies and certificates."""

_SHAREABLE: Final = frozenset({"memory", *webdav.PROTOCOLS})
"""Blocking file systems that several threads may use at once; with the others they take turns."""


def open_fsspec(
    base_path: str,
    *,
    options: dict[str, Any],
    ca_bundle: str | None = None,
    timeout: float,
    secrets: tuple[str, ...] = (),
    setting: str,
    credentials: str,
    address: str,
) -> RemoteBackend:
    """The backend of a folder; nothing is connected yet.

    Args:
        base_path: its URL.
        options: arguments of the file system's class.
        ca_bundle: a PEM file of certificates to trust besides the system's.
        timeout: seconds that one call may take, retries included.
        secrets: texts that no message may show.
        setting: the label of the setting that has the URL.
        credentials: the labels of those that sign in.
        address: the labels of those that lead to the server.

    Raises:
        ConfigurationError: fsspec does not know the URL, or a package is missing for it.
    """
    shown = mask_url(base_path)
    protocols = {part.partition("://")[0].lower() for part in base_path.split("::")}
    network = None if _REACHED.isdisjoint(protocols) else Network(ca_bundle)
    return RemoteBackend(
        FileSystemDriver(base_path, options, timeout, shown, network),
        Place(shown.rstrip("/"), "folder", shown, setting, credentials, address),
        timeout=timeout,
        secrets=secrets,
        network=network,
    )


class FileSystemDriver:
    """Opens a file system, and signs in where that is one of its steps."""

    counts = False
    has_ranges = True

    def __init__(
        self,
        base_path: str,
        options: dict[str, Any],
        timeout: float,
        shown: str,
        network: Network | None,
    ) -> None:
        """Find the class that serves the URL.

        Args:
            base_path: the URL.
            options: arguments of the class.
            timeout: seconds that one step may take, if the class accepts a limit.
            shown: the URL as it may be shown.
            network: how the server is reached; None if the class does not accept that.

        Raises:
            ConfigurationError: fsspec does not know it, or a package is missing for it.
        """
        refuse_behind_another(base_path, options, shown)
        classes = [class_of(part, shown) for part in webdav.known(base_path).split("::")]
        self._protocol = base_path.partition("://")[0].lower()
        self._is_async = len(classes) == 1 and issubclass(classes[0], AsyncFileSystem)
        self.has_folders = not self._is_async
        self._is_webdav = self._protocol in webdav.PROTOCOLS
        if self._is_webdav:
            base_path, options = webdav.prepared(base_path, options, timeout)
        self._is_ftp = self._protocol == "ftp"
        if self._is_ftp:
            options = {"timeout": timeout, **server_in(base_path, shown), **options}
            require_host(options, self._protocol, shown)
        self._base_path = base_path
        self._options = {"skip_instance_cache": True, **options}
        self._shown = shown
        self._network = network

    async def connect(self, afterwards: Afterwards) -> FileSystemSession:
        """Open the file system."""
        try:
            fs, root = await self._opened()
        except ModuleNotFoundError as error:
            # Some file systems import what they need only when they are created.
            missing = (error.name or "").partition(".")[0]
            raise Explained(
                Fault.MISCONFIGURED,
                f"the Python package {missing} is not installed",
                f"install it, as with: pip install {missing}",
            ) from None
        calls = Calls(
            fs,
            is_async=self._is_async,
            is_shareable=self._protocol in _SHAREABLE,
            fault=self.fault,
            described=(self._shown.rstrip("/"), self._protocol),
        )
        return FileSystemSession(
            calls,
            self._ways(calls),
            # "" and "/" are different folders on servers where one signs in to a home folder.
            f"{root.rstrip('/')}/" if root else "",
            is_memory=self._protocol == "memory",
            is_http=self._base_path.rpartition("::")[2].partition("://")[0] in _HTTP,
            fault=self.fault,
            afterwards=afterwards,
        )

    async def _opened(self) -> tuple[Any, str]:
        """The file system, and the folder of the blobs in it."""
        options = self._options
        if self._network is not None:
            options = await in_thread(self._reached, self._network)
        if self._is_async:
            loop = asyncio.get_running_loop()
            fs, root = isolated(url_to_fs, self._base_path, **{"loop": loop, **options})
        elif self._is_ftp:
            fs, root = await in_thread(FTP, **options), FTP.root_of(self._base_path)
        else:
            fs, root = await in_thread(isolated, url_to_fs, self._base_path, **options)
        return fs, root

    def _reached(self, network: Network) -> dict[str, Any]:
        """The options, with proxy and certificates as the library expects them."""
        options = self._options
        if self._is_ftp:
            return {"context": network.trust.context(http=False), **options}
        if self._is_webdav:
            return webdav.reached(options, network)
        first, *others = self._base_path.split("::")
        if not others:
            return _of_http(first, network, options)
        return {
            **options,
            **{
                protocol: _of_http(part, network, options.get(protocol, {}))
                for part in others
                if (protocol := part.partition("://")[0]) in _HTTP
            },
        }

    def fault(self, error: BaseException) -> Fault:
        """The kind of failure that `error` stands for."""
        if isinstance(error, IsADirectoryError | NotADirectoryError):
            return Fault.MISCONFIGURED
        return classify(error)

    def reason(self, error: BaseException, words: str) -> str:
        """The file system's own words."""
        return words

    def _ways(self, calls: Calls) -> Ways:
        if self._is_webdav:
            return WebDAVWays(calls)
        if self._is_async and self._protocol in _HTTP:
            return HTTPWays(calls)
        return FTPWays(calls) if self._is_ftp else UsualWays(calls)


def _of_http(url: str, network: Network, options: dict[str, Any]) -> dict[str, Any]:
    """Options of fsspec's HTTP file system, which passes these two to each request of aiohttp."""
    return {"proxy": network.proxy_for(url), "ssl": network.context(), **options}
