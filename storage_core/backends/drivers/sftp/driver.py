"""Blobs as files on an SFTP server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from storage_core.backends.drivers.urls import path_in, require_host, server_in
from storage_core.backends.remote.backend import RemoteBackend
from storage_core.backends.remote.faults import Fault, classify
from storage_core.backends.remote.messages import Place
from storage_core.errors import ConfigurationError
from storage_core.nearest import nearest
from storage_core.redaction import mask_url

if TYPE_CHECKING:
    from storage_core.backends.drivers.sftp.session import SFTPSession
    from storage_core.backends.remote.driver import Afterwards

_OPTIONS: Final = frozenset(
    {
        *("host", "port", "username", "password", "pkey", "key_filename", "passphrase"),
        *("look_for_keys", "allow_agent", "host_key_policy", "compress"),
        *("timeout", "banner_timeout", "auth_timeout", "channel_timeout"),
    }
)


def open_sftp(
    base_path: str,
    *,
    options: dict[str, Any],
    timeout: float,
    secrets: tuple[str, ...] = (),
    setting: str,
    credentials: str,
    address: str,
) -> RemoteBackend:
    """The backend of a folder; nothing is connected yet.

    Args:
        base_path: its URL, `sftp://user:password@host:port/folder`; without a folder it is the one
            in which a session begins after signing in.
        options: what the URL does not say; they override what it says. `host`, `port`, `username`,
            `password`; `key_filename`: one or several files with private keys, `pkey`: the text of
            one, `passphrase`: of these; `look_for_keys`, `allow_agent`: whether the keys in
            `~/.ssh` and those of an agent are tried too, by default only if no others are given;
            `host_key_policy`: "reject", or "auto_add" to trust any server; `compress`; `timeout`:
            seconds for signing in.
        timeout: seconds that one call may take, retries included.
        secrets: texts that no message may show.
        setting: the label of the setting that has the URL.
        credentials: the labels of the settings that sign in.
        address: the labels of the settings that lead to the server.

    Raises:
        ConfigurationError: the URL names no server, an option is not known, or a package is
            missing.
    """
    shown = mask_url(base_path)
    try:
        # A missing package is reported now, not at the first call.
        import asyncssh  # noqa: F401
    except ImportError as error:
        raise ConfigurationError(
            f"{shown}: {error} (pip install 'storage-config[sftp]')"
        ) from error
    given = {"timeout": timeout, **server_in(base_path, shown), **options}
    require_host(given, "sftp", shown)
    _check(given, shown)
    return RemoteBackend(
        SFTPDriver(given, path_in(base_path)),
        Place(shown.rstrip("/"), "folder", shown, setting, credentials, address),
        timeout=timeout,
        secrets=secrets,
    )


def _check(options: dict[str, Any], shown: str) -> None:
    for name in options:
        if name not in _OPTIONS:
            meant = nearest(name, _OPTIONS)
            raise ConfigurationError(
                f"{shown}: sftp knows no {name} in Options"
                + (f"; did you mean {meant}?" if meant else "; remove it")
            )
    if options.get("host_key_policy", "reject") not in ("reject", "auto_add"):
        raise ConfigurationError(
            f'{shown}: host_key_policy in Options must be "reject" or "auto_add"'
        )


class SFTPDriver:
    """Signs in to one server."""

    counts = True
    has_ranges = True
    has_folders = True

    def __init__(self, options: dict[str, Any], root: str) -> None:
        """Connect nothing yet.

        Args:
            options: those of `open_sftp`, and those in the URL.
            root: the folder; empty for the one in which a session begins after signing in.
        """
        self._options = options
        # "" and "/" are different folders if a session begins in the user's home.
        self._root = f"{root.rstrip('/')}/" if root else ""

    async def connect(self, afterwards: Afterwards) -> SFTPSession:
        """Sign in."""
        from storage_core.backends.drivers.sftp.session import SFTPSession
        from storage_core.backends.drivers.sftp.signing_in import connected

        connection, client = await connected(self._options)
        return SFTPSession(connection, client, self._root, fault=self.fault, afterwards=afterwards)

    def fault(self, error: BaseException) -> Fault:
        """The kind of failure that `error` stands for."""
        if isinstance(error, IsADirectoryError):
            return Fault.MISCONFIGURED
        return classify(error)

    def reason(self, error: BaseException, words: str) -> str:
        """The words of asyncssh, or of the server."""
        return words
