"""Profiles in files that AWS does not read: their settings are copied as far as possible."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from storage_core.importing.found import Found
from storage_core.importing.sources.aws.judging import (
    KEY,
    SECRET,
    TOKENS,
    endpoint_of,
    is_role,
    unusable,
)
from storage_core.importing.values import as_it_is
from storage_core.paths import shortened
from storage_core.types.s3 import S3Storage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage_core.importing.sources.aws.profiles import Profile, Profiles

_AWAY: Final = "keys that AWS finds for it; to import the name, let AWS_CONFIG_FILE name this file"


def found(profiles: Profiles, profile: Profile) -> Found:
    """The entry of a profile, with its settings instead of its name."""
    reason = unusable(profiles, profile)
    keys = {} if reason else _keys(profiles, profile)
    if not reason and not keys:
        reason = f"has no keys of its own, but {_AWAY}"
    settings = {} if reason else {**keys, **_rest(profiles, profile)}
    return Found(
        source="aws",
        entry=f"profile {profile.name}",
        place=" and ".join(map(shortened, profile.files)),
        name=profile.name,
        cls=None if reason else S3Storage,
        settings=settings,
        is_default=profile.name == "default",
        asks=None if reason else "bucket",
        lost=() if reason else _lost(profile),
        reason=reason,
    )


def _keys(profiles: Profiles, profile: Profile) -> dict[str, Any]:
    """The keys in the profile, or in the source profile of its role; empty if there are none."""
    if not is_role(profile):
        return _own_keys(profile)
    source = profiles.get(profile.text("source_profile"))
    if source is None or (is_role(source) and source.name != profile.name):
        return {}
    keys = _own_keys(source)
    if not keys or "mfa_serial" in profile.said:
        return {}
    role = {"role_arn": profile.text("role_arn"), "external_id": profile.text("external_id")}
    return {**keys, **{name: as_it_is(value) for name, value in role.items() if value}}


def _own_keys(profile: Profile) -> dict[str, Any]:
    said: Mapping[str, Any] = next(
        (each for each in (profile.credentials, profile.config) if KEY in each), {}
    )
    if not said:
        return {}
    token = next((said[each] for each in TOKENS if said.get(each)), None)
    keys = {KEY: said[KEY], SECRET: said[SECRET], "aws_session_token": token}
    return {name: as_it_is(value) for name, value in keys.items() if value}


def _rest(profiles: Profiles, profile: Profile) -> dict[str, Any]:
    rest: dict[str, Any] = {}
    if region := profile.text("region"):
        rest["region_name"] = as_it_is(region)
    if url := endpoint_of(profiles, profile):
        rest["endpoint_url"] = as_it_is(url)
    style = profile.below("s3").get("addressing_style")
    if style:
        rest["options"] = {"config_kwargs": {"s3": {"addressing_style": style}}}
    return rest


def _lost(profile: Profile) -> tuple[str, ...]:
    known = {KEY, SECRET, *TOKENS, "region", "output", "endpoint_url", "services", "s3"}
    known |= {"role_arn", "source_profile", "external_id", "cli_pager", "cli_auto_prompt"}
    below = {f"s3.{each}" for each in profile.below("s3") if each != "addressing_style"}
    return tuple(sorted({*profile.said} - known | below))
