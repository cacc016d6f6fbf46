"""rclone remotes on disks and on servers with a sign-in: local, WebDAV, SFTP and FTP."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote, urlsplit

from storage_core.importing.made import InexpressibleError, Made, given, left_out, server_url
from storage_core.importing.sources.rclone.remote import expanded_path
from storage_core.importing.values import as_it_is
from storage_core.types.file import FileStorage
from storage_core.types.local import LocalStorage

if TYPE_CHECKING:
    from storage_core.importing.sources.rclone.remote import Remote

_LOCAL_TUNING: Final = frozenset(
    {
        *("nounc", "unicode_normalization", "no_check_updated", "no_clone", "no_preallocate"),
        *("no_sparse", "no_set_modtime", "time_type", "hashes", "fatal_if_no_space"),
        *("zero_size_links", "skip_specials", "metadata_restore_special_bits"),
    }
)


def local(remote: Remote, path: str) -> Made:
    """What a remote of type `local` becomes; only an alias of it names a folder, in `path`."""
    lost = left_out(remote.besides(_LOCAL_TUNING))
    if path:
        return replace(folder(path), lost=lost)
    return Made(cls=LocalStorage, settings={}, asks="storage_path", lost=lost)


def folder(path: str) -> Made:
    """What a folder on this machine becomes."""
    if not os.path.isabs(path):
        raise InexpressibleError(
            "its folder is relative to wherever rclone is started; write the whole path"
        )
    return Made(cls=LocalStorage, settings={"storage_path": as_it_is(path)})


_WEBDAV: Final = frozenset({"url", "vendor", "user", "pass", "bearer_token", "headers"})
_WEBDAV_TUNING: Final = frozenset(
    {"pacer_min_sleep", "nextcloud_chunk_size", "owncloud_exclude_shares"}
)
_OTHER_SIGN_INS: Final = {
    "sharepoint": "its vendor sharepoint signs in by cookies, which Storage cannot",
    "sharepoint-ntlm": "its vendor sharepoint-ntlm signs in by NTLM, which Storage cannot",
}


def webdav(remote: Remote, path: str) -> Made:
    """What a remote of type `webdav` becomes; `path` is below its URL."""
    if said := _OTHER_SIGN_INS.get(remote.text("vendor")):
        raise InexpressibleError(said)
    for key in ("bearer_token_command", "unix_socket"):
        if remote.text(key):
            raise InexpressibleError(f"it has {key}, which Storage cannot follow")
    url = remote.text("url")
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https"):
        raise InexpressibleError("its url is no address of a WebDAV server")
    user, password = remote.text("user"), remote.password("pass")
    if not (user or password) and parts.username:
        user, password = unquote(parts.username), unquote(parts.password or "")
    headers = _headers(remote.text("headers"))
    if (token := remote.text("bearer_token")) and not (user or password):
        headers["Authorization"] = f"Bearer {token}"
    scheme = "webdavs" if parts.scheme == "https" else "webdav"
    netloc = parts.netloc.rpartition("@")[2]
    folder = "/".join([parts.path.strip("/"), *([quote(path.strip("/"))] if path else [])])
    settings = {
        "base_path": f"{scheme}://{netloc}/{folder.strip('/')}",
        "options": {
            "auth": [user, password or ""] if user or password else None,
            "headers": headers,
        },
    }
    lost = left_out(remote.besides(_WEBDAV | _WEBDAV_TUNING))
    return Made(cls=FileStorage, settings=given(settings), lost=lost)


def _headers(text: str) -> dict[str, str]:
    """Parse headers from CSV, in which names and values alternate."""
    if not text:
        return {}
    from csv import reader

    fields = next(reader([text]), [])
    if len(fields) % 2:
        raise InexpressibleError("its headers are no pairs of name and value")
    return dict(zip(fields[::2], fields[1::2], strict=True))


_SFTP: Final = frozenset(
    {
        *("host", "user", "port", "pass", "key_pem", "key_file", "key_file_pass"),
        *("key_use_agent", "known_hosts_file", "pin_host_key", "host_keys"),
    }
)
_SFTP_TUNING: Final = frozenset(
    {
        *("pubkey_file", "disable_hashcheck", "ask_password", "path_override", "set_modtime"),
        *("shell_type", "hashes", "md5sum_command", "sha1sum_command", "skip_links"),
        *("crc32sum_command", "sha256sum_command", "blake3sum_command", "xxh3sum_command"),
        *("xxh128sum_command", "use_fstat", "disable_concurrent_reads", "idle_timeout"),
        *("disable_concurrent_writes", "chunk_size", "concurrency", "connections"),
        "copy_is_hardlink",
    }
)
_OF_THE_HOME: Final = (
    "its folder is relative to the home of the user on the server; write the whole path, such as "
    "/home/USER/data"
)


def sftp(remote: Remote, path: str) -> Made:
    """What a remote of type `sftp` becomes, at a path on the server."""
    for key in ("ssh", "server_command", "socks_proxy", "http_proxy", "pubkey"):
        if remote.text(key):
            raise InexpressibleError(f"it has {key}, which Storage cannot follow")
    if path and not path.startswith("/"):
        raise InexpressibleError(_OF_THE_HOME)
    key_file = remote.text("key_file")
    by_agent = remote.is_true("key_use_agent")
    settings = {
        "base_path": server_url(
            "sftp",
            remote.text("host"),
            user=remote.text("user") or _current_user(),
            port=_port(remote, "22"),
            path=quote(path),
        ),
        "options": {
            "password": remote.password("pass"),
            "key_filename": expanded_path(key_file) if key_file and not by_agent else None,
            "pkey": _unquoted(remote.text("key_pem")),
            "passphrase": remote.password("key_file_pass"),
            "allow_agent": by_agent,
        },
    }
    lost = left_out(remote.besides(_SFTP | _SFTP_TUNING))
    known = remote.text("known_hosts_file")
    if known in ("", "none") and not remote.text("host_keys"):
        lost += (
            "that any server is trusted: connect once with ssh, or set host_key_policy in Options",
        )
    else:
        lost += ("which keys of the server are trusted: Storage looks in ~/.ssh/known_hosts",)
    return Made(cls=FileStorage, settings=given(settings), lost=lost)


def _unquoted(pem: str) -> str | None:
    """The text of a private key, which rclone's file has on one line."""
    return pem.replace("\\n", "\n").replace("\\r", "") if pem else None


_FTP: Final = frozenset({"host", "user", "port", "pass", "tls", "explicit_tls", "disable_tls13"})
_FTP_TUNING: Final = frozenset(
    {
        *("concurrency", "disable_epsv", "disable_mlsd", "disable_utf8", "writing_mdtm"),
        *("force_list_hidden", "idle_timeout", "close_timeout", "tls_cache_size", "shut_timeout"),
        *("ask_password", "no_check_upload"),
    }
)


def ftp(remote: Remote, path: str) -> Made:
    """What a remote of type `ftp` becomes, at a path on the server."""
    if remote.is_true("tls"):
        raise InexpressibleError(
            "it speaks TLS from the first byte (tls), which Storage cannot; explicit_tls it can"
        )
    for key in ("socks_proxy", "http_proxy"):
        if remote.text(key):
            raise InexpressibleError(f"it has {key}, which Storage cannot follow")
    settings = {
        "base_path": server_url(
            "ftp", remote.text("host"), port=_port(remote, "21"), path=f"/{path.strip('/')}"
        ),
        "options": {
            "username": remote.text("user") or _current_user(),
            "password": remote.password("pass"),
            "tls": remote.is_true("explicit_tls"),
        },
    }
    lost = left_out(remote.besides(_FTP | _FTP_TUNING))
    if not path.startswith("/"):
        lost += ("that it begins in the folder where signing in leads: here, at the root",)
    return Made(cls=FileStorage, settings=given(settings), lost=lost)


def _port(remote: Remote, usual: str) -> str:
    port = remote.text("port")
    if port and not (port.isascii() and port.isdigit()):
        raise InexpressibleError("its port is no number")
    return "" if port == usual else port


def _current_user() -> str:
    """The user that rclone signs in as if none is named."""
    from getpass import getuser

    try:
        return os.environ.get("USER") or getuser()
    except (OSError, KeyError):
        return ""
