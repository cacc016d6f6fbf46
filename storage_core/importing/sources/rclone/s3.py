"""rclone remotes on S3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from storage_core.importing.made import InexpressibleError, Made, given, left_out, split_path
from storage_core.types.s3 import S3Storage

if TYPE_CHECKING:
    from storage_core.importing.sources.rclone.remote import Remote

_VIRTUAL: Final = frozenset(
    {
        *("Alibaba", "Cubbit", "DigitalOcean", "Dreamhost", "GCS", "Hetzner", "HuaweiOBS"),
        *("ImpossibleCloud", "Intercolo", "Leviia", "Linode", "LyveCloud", "Netease", "OVHcloud"),
        *("Petabox", "Qiniu", "Rabata", "RackCorp", "Scaleway", "Selectel", "Servercore", "Storj"),
        *("Synology", "TencentCOS", "Wasabi", "Zata", "us3"),
    }
)
"""Providers, besides AWS, for which rclone 1.75 always uses virtual-hosted addressing."""

_S3: Final = frozenset(
    {
        *("provider", "env_auth", "access_key_id", "secret_access_key", "session_token"),
        *("region", "endpoint", "profile", "role_arn", "role_external_id", "sts_endpoint"),
        *("acl", "server_side_encryption", "sse_kms_key_id", "storage_class", "requester_pays"),
        *("force_path_style", "use_accelerate_endpoint", "use_dual_stack", "v2_auth"),
        "shared_credentials_file",
    }
)
_S3_TUNING: Final = frozenset(
    {
        *("location_constraint", "bucket_acl", "upload_cutoff", "chunk_size", "max_upload_parts"),
        *("copy_cutoff", "disable_checksum", "upload_concurrency", "leave_parts_on_error"),
        *("list_chunk", "list_version", "list_url_encode", "no_check_bucket", "no_head"),
        *("no_head_object", "memory_pool_flush_time", "memory_pool_use_mmap", "disable_http2"),
        *("directory_markers", "use_multipart_etag", "use_unsigned_payload", "might_gzip"),
        *("use_presigned_request", "use_data_integrity_protections", "use_accept_encoding_gzip"),
        *("no_system_metadata", "use_already_exists", "use_multipart_uploads", "use_x_id"),
        *("sign_accept_encoding", "sdk_log_mode", "list_versions_oldest_first"),
        *("bucket_object_lock_enabled", "object_lock_supported", "role_session_duration"),
        *("role_session_name", "use_arn_region"),
    }
)
"""Options that say how rclone makes requests, not where to or as whom."""


def s3(remote: Remote, path: str) -> Made:
    """What a remote of type `s3` becomes; `path` is bucket and prefix."""
    if remote.is_true("v2_auth") or remote.text("region") == "other-v2-signature":
        raise InexpressibleError("it signs by version 2 (v2_auth); Storage signs by version 4")
    keys = remote.text("access_key_id"), remote.text("secret_access_key")
    by_chain = remote.is_true("env_auth") and keys == ("", "")
    if any(keys) and not all(keys):
        missing = "secret_access_key" if keys[0] else "access_key_id"
        raise InexpressibleError(f"{missing} is missing; rclone refuses it too")
    file = remote.text("shared_credentials_file")
    if by_chain and file:
        raise InexpressibleError(
            "its keys are in a file of AWS's of its own (shared_credentials_file); set "
            "AWS_SHARED_CREDENTIALS_FILE to that, and run: storage import aws"
        )
    bucket, prefix = split_path(path)
    settings = {
        "bucket": bucket,
        "aws_access_key_id": remote.setting("access_key_id"),
        "aws_secret_access_key": remote.setting("secret_access_key"),
        "aws_session_token": remote.setting("session_token") if all(keys) else None,
        "profile_name": remote.setting("profile") if by_chain else None,
        "region_name": remote.setting("region"),
        "prefix": prefix,
        "endpoint_url": _endpoint(remote),
        "role_arn": remote.setting("role_arn"),
        "external_id": remote.setting("role_external_id") if remote.text("role_arn") else None,
        "options": {
            "anon": not any(keys) and not by_chain,
            "requester_pays": remote.is_true("requester_pays"),
            "config_kwargs": {"s3": _addressing(remote)},
            "s3_additional_kwargs": {
                "ACL": remote.in_table("acl"),
                "ServerSideEncryption": remote.in_table("server_side_encryption"),
                "SSEKMSKeyId": remote.in_table("sse_kms_key_id"),
                "StorageClass": remote.in_table("storage_class"),
            },
        },
    }
    lost = left_out(remote.besides(_S3 | _S3_TUNING))
    return Made(
        cls=S3Storage, settings=given(settings), asks=None if bucket else "bucket", lost=lost
    )


def _addressing(remote: Remote) -> dict[str, Any]:
    provider, has_endpoint = remote.text("provider"), bool(remote.text("endpoint"))
    style = ""
    if has_endpoint:
        # Storage uses path addressing for services other than AWS by default.
        forced = remote.text("force_path_style")
        if provider in _VIRTUAL or (forced and not remote.is_true("force_path_style")):
            style = "virtual"
    return {
        "addressing_style": style,
        "use_accelerate_endpoint": remote.is_true("use_accelerate_endpoint"),
        "use_dualstack_endpoint": remote.is_true("use_dual_stack"),
    }


def _endpoint(remote: Remote) -> str | None:
    """The endpoint, with the scheme that rclone lets one leave out; None if it is not set."""
    value = remote.text("endpoint")
    return (
        remote.setting("endpoint") if not value or value.startswith("http") else f"https://{value}"
    )
