"""DVC remotes on S3, Google Cloud Storage and Azure Blob Storage."""

from __future__ import annotations

import os
from configparser import RawConfigParser
from typing import TYPE_CHECKING, Any, Final

from storage_core.importing.files import ini_of, text_of
from storage_core.importing.made import InexpressibleError, Made, given, left_out, split_path
from storage_core.importing.values import as_it_is
from storage_core.types.azure import AzureBlobStorage
from storage_core.types.gcs import GoogleCloudStorage
from storage_core.types.s3 import S3Storage

if TYPE_CHECKING:
    from storage_core.importing.sources.dvc.levels import Remote

EVERYWHERE: Final = frozenset(
    {
        *("url", "jobs", "checksum_jobs", "worktree", "no_traverse", "version_aware", "verify"),
        *("timeout", "read_timeout", "connect_timeout", "connection_timeout", "max_sessions"),
    }
)
"""Options that say how DVC works, not where blobs are."""

_GRANTS: Final = {
    "acl": "ACL",
    "sse": "ServerSideEncryption",
    "sse_kms_key_id": "SSEKMSKeyId",
    "grant_read": "GrantRead",
    "grant_read_acp": "GrantReadACP",
    "grant_write_acp": "GrantWriteACP",
    "grant_full_control": "GrantFullControl",
}


def s3(remote: Remote) -> Made:
    """What a remote whose URL begins with `s3://` becomes."""
    text = remote.text
    bucket, prefix = _place(remote)
    keys: dict[str, str | None] = {
        "aws_access_key_id": remote.setting("access_key_id"),
        "aws_secret_access_key": remote.setting("secret_access_key"),
        "aws_session_token": remote.setting("session_token"),
    }
    profile = remote.setting("profile")
    # For DVC this variable of AWS wins over the file that a remote names.
    own_file = "" if "AWS_SHARED_CREDENTIALS_FILE" in os.environ else text("credentialpath")
    if own_file and not text("access_key_id"):
        keys, profile = _keys_in(own_file, text("profile") or "default"), None
    known = {
        *("region", "endpointurl", "access_key_id", "secret_access_key", "session_token"),
        *("profile", "credentialpath", "allow_anonymous_login", "use_ssl", "ssl_verify"),
        *("cache_regions", "listobjects", *_GRANTS),
    }
    ca_bundle, lost = verified(remote)
    settings = {
        "bucket": bucket,
        "prefix": prefix,
        **keys,
        "profile_name": profile,
        "region_name": remote.setting("region"),
        "endpoint_url": remote.setting("endpointurl"),
        "ca_bundle": ca_bundle,
        "options": {
            "anon": remote.is_true("allow_anonymous_login"),
            "s3_additional_kwargs": {ours: text(its) for its, ours in _GRANTS.items()},
        },
    }
    if text("use_ssl").lower() == "false" and not text("endpointurl"):
        lost += ("the option use_ssl: AWS is asked over https",)
    lost += left_out(remote.besides(EVERYWHERE | known))
    return Made(cls=S3Storage, settings=given(settings), lost=lost)


def _keys_in(file: str, profile: str) -> dict[str, str | None]:
    """The keys in a credentials file that AWS itself does not read."""
    parser = ini_of(file, text_of(file), RawConfigParser(strict=False))
    found = dict(parser[profile]) if parser.has_section(profile) else {}
    names = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
    if not (found.get(names[0]) and found.get(names[1])):
        raise InexpressibleError(
            f"its credentialpath has no keys for {profile}; set AWS_SHARED_CREDENTIALS_FILE to "
            "that file, and run: storage import aws"
        )
    return {name: as_it_is(found.get(name) or "") for name in names}


def gcs(remote: Remote) -> Made:
    """What a remote whose URL begins with `gs://` becomes."""
    bucket, prefix = _place(remote)
    file = remote.text("credentialpath")
    is_public = remote.is_true("allow_anonymous_login")
    known = {"projectname", "credentialpath", "endpointurl", "allow_anonymous_login"}
    settings = {
        "bucket": bucket,
        "prefix": prefix,
        "project": remote.setting("projectname"),
        "service_account_info": f"file:{file}" if file and not is_public else None,
        "endpoint_url": remote.setting("endpointurl"),
        "options": {"token": "anon" if is_public else None},
    }
    lost = left_out(remote.besides(EVERYWHERE | known))
    return Made(cls=GoogleCloudStorage, settings=given(settings), lost=lost)


def azure(remote: Remote) -> Made:
    """What a remote whose URL begins with `azure://` becomes."""
    container, prefix = _place(remote)
    text = remote.text
    account = remote.setting("account_name")
    settings: dict[str, Any] = {"container": container, "prefix": prefix}
    whole = remote.setting("connection_string")
    if not whole and not account:
        whole, account = _of_environment()
    if whole:
        settings["connection_string"] = whole
    elif key := text("account_key"):
        settings["connection_string"] = (
            f"DefaultEndpointsProtocol=https;AccountName={text('account_name')};AccountKey={key};"
            "EndpointSuffix=core.windows.net"
        )
    elif signature := text("sas_token"):
        settings["connection_string"] = (
            f"BlobEndpoint=https://{text('account_name')}.blob.core.windows.net;"
            f"SharedAccessSignature={signature.removeprefix('?')}"
        )
    else:
        settings["account_name"] = account
        names = ("tenant_id", "client_id", "client_secret")
        settings["options"] = {name: text(name) for name in names} | {
            "anon": remote.is_true("allow_anonymous_login")
        }
    known = {
        *("connection_string", "account_name", "account_key", "sas_token", "tenant_id"),
        *("client_id", "client_secret", "allow_anonymous_login"),
    }
    excluded = {each for each in remote.options if each.startswith("exclude_")}
    lost = left_out(remote.besides(EVERYWHERE | known | excluded))
    return Made(cls=AzureBlobStorage, settings=given(settings), lost=lost)


def _of_environment() -> tuple[str | None, str | None]:
    """A reference to the connection string or to the account in the variables that DVC reads."""
    if os.environ.get(name := "AZURE_STORAGE_CONNECTION_STRING"):
        return f"env:{name}", None
    if os.environ.get(name := "AZURE_STORAGE_ACCOUNT"):
        return None, f"env:{name}"
    raise InexpressibleError("it names no account; add account_name, or run: storage import azure")


def _place(remote: Remote) -> tuple[str, str]:
    """The bucket and the prefix of the URL."""
    bucket, prefix = split_path(remote.text("url").partition("://")[2])
    if not bucket:
        raise InexpressibleError("its url names no bucket")
    return as_it_is(bucket), as_it_is(prefix)


def verified(remote: Remote) -> tuple[str | None, tuple[str, ...]]:
    """The file of certificates in `ssl_verify`, if any, and lines for what cannot be expressed."""
    said = remote.text("ssl_verify")
    if said.lower() == "false":
        return None, ("the switch ssl_verify: certificates are always checked",)
    if said.lower() in ("", "true"):
        return None, ()
    # Unlike other paths in the file, this one is relative to the folder in which DVC is started.
    if not os.path.isabs(os.path.expanduser(said)):
        return None, ("the file of ssl_verify, whose path is relative; set CA Bundle",)
    return said, ()
