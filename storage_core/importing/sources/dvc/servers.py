"""DVC remotes on disks and servers: folders, SSH, WebDAV and HTTP."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

from storage_core.importing.made import InexpressibleError, Made, given, left_out, server_url
from storage_core.importing.sources.dvc.clouds import EVERYWHERE, verified
from storage_core.importing.values import as_it_is
from storage_core.types.file import FileStorage
from storage_core.types.local import LocalStorage

if TYPE_CHECKING:
    from urllib.parse import SplitResult

    from storage_core.importing.sources.dvc.levels import Remote


def folder(remote: Remote) -> Made:
    """What a remote whose URL is a path becomes."""
    known = {"type", "protected", "shared", "slow_link_warning"}
    return Made(
        cls=LocalStorage,
        settings={"storage_path": remote.setting("url")},
        lost=left_out(remote.besides(EVERYWHERE | known)),
    )


def ssh(remote: Remote) -> Made:
    """What a remote whose URL begins with `ssh://` becomes."""
    parts = _parts(remote)
    user = remote.text("user") or unquote(parts.username or "")
    port = remote.text("port") or str(parts.port or "")
    if port and not (port.isascii() and port.isdigit()):
        raise InexpressibleError("its port is no number")
    file = remote.text("keyfile")
    settings = {
        "base_path": server_url(
            "sftp",
            parts.hostname or "",
            user=user,
            port="" if port == "22" else port,
            path=quote(unquote(parts.path)),
        ),
        "options": {
            "password": remote.text("password") or unquote(parts.password or "") or None,
            "key_filename": file or None,
            "passphrase": remote.text("passphrase") or None,
        },
    }
    known = {
        *("user", "port", "password", "keyfile", "passphrase", "allow_agent", "type"),
        *("ask_password", "ask_passphrase"),
    }
    lost = (
        *left_out(remote.besides(EVERYWHERE | known)),
        "that any server is trusted, and ~/.ssh/config: connect once with ssh by this host name",
    )
    return Made(cls=FileStorage, settings=given(settings), lost=lost)


def webdav(remote: Remote) -> Made:
    """What a remote whose URL begins with `webdav://` or `webdavs://` becomes."""
    parts = _parts(remote)
    for key in ("cert_path", "bearer_token_command"):
        if remote.text(key):
            raise InexpressibleError(f"it has {key}, which Storage cannot follow")
    user, password = remote.text("user"), remote.text("password")
    headers: dict[str, str] = {}
    auth: list[str] | None = None
    if header := remote.text("custom_auth_header"):
        headers[header] = password
    elif token := remote.text("token"):
        headers["Authorization"] = f"Bearer {token}"
    elif user:
        auth = [user, password]
    elif parts.username:
        auth = [unquote(parts.username), unquote(parts.password or "")]
    return _file(remote, parts, {"auth": auth, "headers": headers}, {"token", "key_path"})


def http(remote: Remote) -> Made:
    """What a remote whose URL begins with `http://` or `https://` becomes; it is read-only."""
    parts = _parts(remote)
    kind = remote.text("auth").lower()
    user, password = remote.text("user"), remote.text("password")
    if kind not in ("", "basic", "custom"):
        raise InexpressibleError(f"it signs in by {kind}, which Storage cannot")
    headers: dict[str, str] = {}
    if parts.username or parts.password:
        # In DVC's client, user and password in the URL win over `auth = basic`.
        headers["Authorization"] = _basic(
            unquote(parts.username or ""), unquote(parts.password or "")
        )
    elif kind == "basic":
        headers["Authorization"] = _basic(user, password)
    if kind == "custom":
        headers[remote.text("custom_auth_header")] = password
    options = {"client_kwargs": {"headers": headers}}
    return _file(remote, parts, options, {"auth"})


def _basic(user: str, password: str) -> str:
    return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"


def _file(remote: Remote, parts: SplitResult, options: dict[str, Any], known: set[str]) -> Made:
    ca_bundle, lost = verified(remote)
    netloc = parts.netloc.rpartition("@")[2]
    url = f"{parts.scheme}://{netloc}/{parts.path.strip('/')}"
    settings = {"base_path": as_it_is(url), "ca_bundle": ca_bundle, "options": options}
    known |= {"user", "password", "ask_password", "custom_auth_header", "ssl_verify"}
    lost += left_out(remote.besides(EVERYWHERE | known))
    return Made(cls=FileStorage, settings=given(settings), lost=lost)


def _parts(remote: Remote) -> SplitResult:
    """The parts of the URL. Raises `InexpressibleError` if it names no server."""
    try:
        parts = urlsplit(remote.text("url"))
        valid = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        valid = False
    if not valid:
        raise InexpressibleError("its url names no server")
    if remote.is_true("ask_password"):
        raise InexpressibleError("it asks for its password each time (ask_password)")
    return parts
