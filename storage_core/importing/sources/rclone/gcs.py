"""rclone remotes on Google Cloud Storage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from storage_core.importing.made import InexpressibleError, Made, given, left_out, split_path
from storage_core.importing.sources.rclone.remote import expanded_path
from storage_core.importing.values import as_it_is
from storage_core.types.gcs import GoogleCloudStorage

if TYPE_CHECKING:
    from storage_core.importing.sources.rclone.remote import Remote

_GCS: Final = frozenset(
    {
        *("project_number", "user_project", "service_account_file", "anonymous", "endpoint"),
        *("service_account_credentials", "env_auth", "token", "access_token"),
    }
)
_GCS_TUNING: Final = frozenset(
    {
        *("client_id", "client_secret", "auth_url", "token_url", "client_credentials"),
        *("bucket_acl", "location", "directory_markers", "no_check_bucket"),
    }
)


def gcs(remote: Remote, path: str) -> Made:
    """What a remote of type `google cloud storage` becomes; `path` is bucket and prefix."""
    bucket, prefix = split_path(path)
    file, text = remote.text("service_account_file"), remote.text("service_account_credentials")
    info: str | None = None
    lost: tuple[str, ...] = ()
    is_anonymous = remote.is_true("anonymous")
    if is_anonymous:
        pass
    elif text:
        info = remote.setting("service_account_credentials")
    elif file:
        info = f"file:{expanded_path(file)}"
    elif remote.is_true("env_auth"):
        pass
    elif remote.text("access_token"):
        raise InexpressibleError("it signs in by an access token, which ends within an hour")
    elif remote.text("token"):
        lost = ("the sign-in by a browser; sign in with: gcloud auth application-default login",)
    settings = {
        "bucket": bucket,
        "prefix": prefix,
        "project": remote.setting("project_number"),
        "service_account_info": info,
        "endpoint_url": _gcs_endpoint(remote),
        "options": {
            "token": "anon" if is_anonymous else None,
            "requester_pays": remote.in_table("user_project"),
        },
    }
    lost += left_out(remote.besides(_GCS | _GCS_TUNING))
    asks = None if bucket else "bucket"
    return Made(cls=GoogleCloudStorage, settings=given(settings), asks=asks, lost=lost)


def _gcs_endpoint(remote: Remote) -> str | None:
    """The endpoint without the path of the API, which rclone's has; None if it is not set."""
    found = remote.text("endpoint")
    if not found:
        return None
    return as_it_is(found.rstrip("/").removesuffix("/storage/v1"))
