"""Signing in to an SFTP server: which servers are trusted, and which credentials they get.

A server's key has to be in `known_hosts`, as `ssh` puts it there, unless the options say otherwise.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, Final

import asyncssh

from storage_core.backends.remote.faults import BadSettings
from storage_core.backends.remote.worker import in_thread
from storage_core.paths import refuse_pipe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_KNOWN_HOSTS: Final = ("/etc/ssh/ssh_known_hosts", "~/.ssh/known_hosts")
_STEPS: Final = ("timeout", "banner_timeout", "auth_timeout", "channel_timeout")
_DEFAULT_KEYS: Final = ("~/.ssh/id_ed25519", "~/.ssh/id_ecdsa", "~/.ssh/id_rsa")


async def connected(
    options: Mapping[str, Any],
) -> tuple[asyncssh.SSHClientConnection, asyncssh.SFTPClient]:
    """A connection to the server that the options name, and a client for its files.

    Raises:
        BadSettings: the server is not known, or a key cannot be read.
        OSError, asyncssh.Error: the server does not answer, or refuses.
    """
    host = options["host"]
    visit = _Visit()
    async with (
        asyncio.timeout(max(options.get(step) or 0 for step in _STEPS)),
        AsyncExitStack() as stack,
    ):
        arguments = {
            **await _credentials(options, stack),
            "known_hosts": None,
            "client_factory": lambda: visit,
            "config": None,
            "login_timeout": 0,  # The timeout above is for all steps together.
            # Other ways to trust a server than by its key are off.
            "gss_host": None,
            "x509_trusted_certs": None,
        }
        if options.get("host_key_policy") != "auto_add":
            visit.known = await in_thread(_known_hosts)
            arguments["known_hosts"] = visit.trusted
        if options.get("compress"):
            arguments["compression_algs"] = ["zlib@openssh.com", "zlib", "none"]
        try:
            connection = await asyncssh.connect(host, options.get("port") or 22, **arguments)
        except asyncssh.HostKeyNotVerifiable as error:
            raise BadSettings(visit.why_refused(host) or str(error)) from error
        except asyncssh.KeyExchangeFailed as error:
            if not visit.has_known:
                raise
            raise BadSettings(f"{host} has no key of the kind in known_hosts: {error}") from error
        except OSError as error:
            if type(error) is OSError and error.errno is None:
                # asyncio has tried several addresses of the server, and all have failed.
                raise ConnectionError(str(error)) from error
            raise
        stack.callback(connection.abort)
        client = await connection.start_sftp_client()
        stack.pop_all()
        return connection, client


async def _credentials(options: Mapping[str, Any], stack: AsyncExitStack) -> dict[str, Any]:
    """The arguments for asyncssh to sign in with.

    If the options have credentials, no others are tried unless the options say so.
    """
    password = options.get("password")
    passphrase = options.get("passphrase")
    given = any(options.get(name) for name in ("password", "pkey", "key_filename"))
    looks_for_keys = options.get("look_for_keys", not given)
    asks_agent = options.get("allow_agent", not given)
    keys, more = await in_thread(lambda: (_keys(options), _default_keys()))
    arguments: dict[str, Any] = {
        "agent_path": () if asks_agent else None,
        "password": password,
        "passphrase": passphrase or (password if keys else None),
        "ignore_encrypted": looks_for_keys,
    }
    if options.get("username"):
        arguments["username"] = options["username"]
    if keys:
        arguments["client_keys"] = [*keys, *more] if looks_for_keys else keys
    elif not looks_for_keys:
        # With an empty list, asyncssh would try its own default keys.
        arguments["client_keys"] = await _agent_keys(stack) if asks_agent else None
    return arguments


def _keys(options: Mapping[str, Any]) -> list[Any]:
    """The private keys in the options: the paths of files, and the key in a text."""
    files = options.get("key_filename") or ()
    paths = [os.path.expanduser(path) for path in ([files] if isinstance(files, str) else files)]
    for path in paths:
        try:
            refuse_pipe(path)
            with open(path, "rb"):
                pass
        except OSError as error:
            raise BadSettings(f"key_filename in Options: {error.strerror}") from error
    keys: list[Any] = [*paths]
    if text := options.get("pkey"):
        passphrase = options.get("passphrase") or options.get("password")
        try:
            keys.append(asyncssh.import_private_key(text, passphrase))
        except asyncssh.KeyImportError as error:
            raise BadSettings(f"pkey in Options is no private key: {error}") from error
        except asyncssh.KeyEncryptionError as error:
            raise BadSettings(f"pkey in Options needs another passphrase: {error}") from error
    return keys


def _default_keys() -> list[str]:
    return [path for path in map(os.path.expanduser, _DEFAULT_KEYS) if _is_file(path)]


def _is_file(path: str) -> bool:
    """Whether the path exists; False for a `~` that stays because the user has no home."""
    return os.path.isabs(path) and os.path.exists(path)


async def _agent_keys(stack: AsyncExitStack) -> Sequence[Any] | None:
    try:
        agent = await stack.enter_async_context(asyncssh.connect_agent())
    except OSError:
        return None
    return await agent.get_keys() or None


class _Visit(asyncssh.SSHClient):
    """The handler of one connection, which trusts only keys that are known."""

    def __init__(self) -> None:
        """Know no keys yet."""
        self.known = asyncssh.SSHKnownHosts()
        self.has_known = False
        self._fingerprint: str | None = None

    def trusted(self, host: str, _addr: str, port: int | None) -> tuple[Any, ...]:
        """The keys known for a host's name; those known for its address alone do not count."""
        found = self.known.match(host, "", port)
        self.has_known = bool(found[0])
        return found[:3]

    def validate_host_public_key(
        self, host: str, addr: str, port: int, key: asyncssh.SSHKey
    ) -> bool:
        """Refuse the key, since asyncssh asks about unknown ones only; note it for the message."""
        self._fingerprint = key.get_fingerprint()
        return False

    def why_refused(self, host: str) -> str | None:
        """Why the server was refused, for a message; None if its key was not the reason."""
        if self.has_known:
            return (
                f"the key of {host} is not the one in known_hosts: another server may be answering"
            )
        return self._fingerprint and (
            f"the server's key ({self._fingerprint}) is not in ~/.ssh/known_hosts; connect once "
            'with ssh to confirm it, or trust any by host_key_policy = "auto_add" in Options'
        )


def _known_hosts() -> asyncssh.SSHKnownHosts:
    """The keys in the known_hosts files of the system and the user, without invalid lines."""
    known = asyncssh.SSHKnownHosts()
    for path in map(os.path.expanduser, _KNOWN_HOSTS):
        if not _is_file(path):
            continue
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                lines = file.readlines()
        except OSError:
            continue
        for line in lines:
            try:
                known.load(line)
            except ValueError:
                pass
    return known
