"""rclone remotes on Azure Blob Storage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from storage_core.importing.made import InexpressibleError, Made, given, left_out, split_path
from storage_core.types.azure import AzureBlobStorage

if TYPE_CHECKING:
    from storage_core.importing.sources.rclone.remote import Remote

_AZURE: Final = frozenset(
    {
        *("account", "env_auth", "key", "sas_url", "connection_string", "tenant", "client_id"),
        *("client_secret", "use_emulator", "use_az", "use_msi", "endpoint"),
    }
)
_AZURE_TUNING: Final = frozenset(
    {
        *("upload_cutoff", "chunk_size", "upload_concurrency", "copy_cutoff", "copy_concurrency"),
        *("copy_total_concurrency", "use_copy_blob", "list_chunk", "use_arrow_list"),
        *("list_parallelism", "archive_tier_delete", "disable_checksum", "public_access"),
        *("memory_pool_flush_time", "memory_pool_use_mmap", "directory_markers"),
        *("no_check_container", "no_head_object", "delete_snapshots"),
        "disable_instance_discovery",
    }
)

_EMULATED: Final = "devstoreaccount1"
_EMULATOR: Final = f"http://127.0.0.1:10000/{_EMULATED}"
_EMULATED_KEY: Final = (
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)
"""The key of the account that only emulators have; Azure's documentation publishes it."""


def azure(remote: Remote, path: str) -> Made:
    """What a remote of type `azureblob` becomes; `path` is container and prefix."""
    container, prefix = split_path(path)
    text = remote.text
    lost: tuple[str, ...] = ()
    settings: dict[str, Any] = {"account_name": remote.setting("account")}
    if remote.is_true("env_auth"):
        if not text("account"):
            settings["account_name"] = "env:AZURE_STORAGE_ACCOUNT_NAME"
    elif remote.is_true("use_emulator"):
        settings = {"connection_string": _emulator(remote)}
    elif text("account") and text("key"):
        settings = _with_key(remote)
    elif sas := text("sas_url"):
        settings, named = _with_signature(sas)
        if named and container not in ("", named):
            raise InexpressibleError("its sas_url is of another container than the alias names")
        container = named or container
    elif text("connection_string"):
        settings = {"connection_string": remote.setting("connection_string")}
    elif all(map(text, ("client_id", "tenant", "client_secret"))):
        settings["options"] = {
            "client_id": remote.in_table("client_id"),
            "client_secret": remote.in_table("client_secret"),
            "tenant_id": remote.in_table("tenant"),
        }
    elif remote.is_true("use_az") or remote.is_true("use_msi"):
        lost = ("that only one way to sign in is tried: Storage tries all of Azure's",)
    elif text("client_id") or text("service_principal_file"):
        raise InexpressibleError(
            "it signs in by a certificate, a password or a file of a service principal, which "
            "Storage cannot"
        )
    else:
        settings["options"] = {"anon": True}
    if "connection_string" not in settings:
        if not settings.get("account_name"):
            raise InexpressibleError("it names no account")
        _set_host(settings, text("endpoint"))
    settings |= {"container": container, "prefix": prefix}
    lost += left_out(remote.besides(_AZURE | _AZURE_TUNING))
    asks = None if container else "container"
    return Made(cls=AzureBlobStorage, settings=given(settings), asks=asks, lost=lost)


def _with_key(remote: Remote) -> dict[str, Any]:
    key = remote.in_table("key")
    if isinstance(key, dict) and not remote.text("endpoint"):
        return {"account_name": remote.setting("account"), "options": {"account_key": key}}
    account = f"AccountName={remote.text('account')};AccountKey={remote.text('key')}"
    if endpoint := remote.text("endpoint"):
        return {"connection_string": f"BlobEndpoint={endpoint};{account}"}
    text = f"DefaultEndpointsProtocol=https;{account};EndpointSuffix=core.windows.net"
    return {"connection_string": text}


def _emulator(remote: Remote) -> str:
    if not any(map(remote.text, ("account", "key", "endpoint"))):
        return "UseDevelopmentStorage=true"
    return (
        f"BlobEndpoint={remote.text('endpoint') or _EMULATOR};"
        f"AccountName={remote.text('account') or _EMULATED};"
        f"AccountKey={remote.text('key') or _EMULATED_KEY}"
    )


def _with_signature(url: str) -> tuple[dict[str, Any], str]:
    """The settings for a URL with a signature, and the container in it; empty if it has none."""
    try:
        parts = urlsplit(url)
        host = parts.netloc
    except ValueError:
        host = ""
    if not host or not parts.query:
        raise InexpressibleError("its sas_url is no URL with a signature")
    folders = parts.path.strip("/").split("/")
    # A URL with an IP address or localhost (azurite) has the account in its path.
    is_by_path = (parts.hostname or "").replace(".", "").isdigit() or parts.hostname == "localhost"
    account = f"/{folders.pop(0)}" if is_by_path else ""
    container = folders[0] if folders else ""
    text = f"BlobEndpoint={parts.scheme}://{host}{account};SharedAccessSignature={parts.query}"
    return {"connection_string": text}, container


def _set_host(settings: dict[str, Any], endpoint: str) -> None:
    if endpoint:
        parts = urlsplit(endpoint)
        if parts.scheme != "https" or parts.path.strip("/"):
            raise InexpressibleError("its endpoint is not https://HOST, which signing in needs")
        settings["options"] = {**settings.get("options", {}), "account_host": parts.netloc}
