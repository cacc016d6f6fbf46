"""AWS's variables: the keys or the role that they name, or the profile in use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from storage_core.importing.found import Found
from storage_core.importing.sources.aws.judging import endpoint_of
from storage_core.types.s3 import S3Storage

if TYPE_CHECKING:
    from storage_core.importing.sources.aws.profiles import Profiles

_KEY: Final = "AWS_ACCESS_KEY_ID"
_SECRET: Final = "AWS_SECRET_ACCESS_KEY"
_TOKENS: Final = ("AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN")
_PROFILES: Final = ("AWS_DEFAULT_PROFILE", "AWS_PROFILE")
_ENDPOINTS: Final = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
_IDENTITY: Final = ("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN")


def profile_in_use() -> str:
    """The profile that AWS uses if none is named."""
    return next((os.environ[each] for each in _PROFILES if each in os.environ), "default")


def found(profiles: Profiles) -> Iterator[Found]:
    """Yield an entry for the keys or the role that variables name, if they do.

    Args:
        profiles: those in the files: the one in use has the settings that variables leave open.
    """
    key, secret = os.environ.get(_KEY), os.environ.get(_SECRET)
    if key:
        yield _of_keys(profiles) if secret else _told(f"{_SECRET} is not set; export it too")
    elif all(map(os.environ.get, _IDENTITY)):
        token, role = _IDENTITY
        note = f"it takes the role in {role} with the token in {token}: both must be set for it"
        yield _told(settings=_region(profiles), notes=(note,), entry=f"{role} and {token}")


def _of_keys(profiles: Profiles) -> Found:
    settings: dict[str, Any] = {
        "aws_access_key_id": f"env:{_KEY}",
        "aws_secret_access_key": f"env:{_SECRET}",
    }
    notes = []
    if token := next(filter(os.environ.get, _TOKENS), None):
        settings["aws_session_token"] = f"env:{token}"
        notes.append(f"its keys end: {token} has to be renewed with them")
    settings |= _region(profiles)
    # With keys in a configuration, variables of the endpoint are ignored: so set it here.
    if url := _endpoint(profiles):
        settings["endpoint_url"] = url
    return _told(settings=settings, notes=tuple(notes))


def _region(profiles: Profiles) -> dict[str, str]:
    in_use = profiles.get(profile_in_use())
    region = os.environ.get("AWS_DEFAULT_REGION") or (in_use.text("region") if in_use else "")
    return {"region_name": region} if region else {}


def _endpoint(profiles: Profiles) -> str:
    if os.environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
        return ""
    named = next(filter(None, map(os.environ.get, _ENDPOINTS)), "")
    return named or endpoint_of(profiles, profiles.get(profile_in_use()))


def _told(
    reason: str = "",
    *,
    settings: dict[str, Any] | None = None,
    notes: tuple[str, ...] = (),
    entry: str = f"{_KEY} and {_SECRET}",
) -> Found:
    return Found(
        source="aws",
        entry=entry,
        place="the environment",
        name="aws",
        cls=None if reason else S3Storage,
        settings=settings or {},
        is_default=not reason,
        asks=None if reason else "bucket",
        notes=notes,
        reason=reason,
    )
