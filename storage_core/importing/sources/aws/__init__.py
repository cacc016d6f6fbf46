"""AWS: the profiles of its command line and SDKs, and the keys in its variables.

Only the name of a profile is imported; its keys, roles, single sign-on, helpers and endpoints stay
where AWS keeps them. A profile in a file that AWS does not read is copied instead.

    profiles.py    the profiles in AWS's two files, read as botocore reads them
    judging.py     whether AWS can sign in with a profile, and what a person should know about it
    elsewhere.py   profiles in files that AWS does not read
    variables.py   keys, or a role, in variables
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from storage_core.importing.files import wrong
from storage_core.importing.found import Found
from storage_core.importing.sources.aws import elsewhere, variables
from storage_core.importing.sources.aws.judging import remarks, unusable
from storage_core.importing.sources.aws.profiles import Profile, Profiles, default_files, read
from storage_core.importing.values import as_it_is
from storage_core.paths import shortened
from storage_core.types.s3 import S3Storage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LABEL: Final = "AWS"


def places() -> list[str]:
    """The paths of AWS's two files."""
    return list(default_files())


def found(path: str | None = None) -> list[Found]:
    """The entries in AWS's variables and files.

    Args:
        path: a folder with `config` and `credentials`, or one of these two files.

    Raises:
        ConfigurationError: a file cannot be read.
    """
    own = default_files()
    files = own if path is None else _files_at(path)
    if not all(file in ("", *own) for file in files):
        profiles = read(*files)
        return [elsewhere.found(profiles, each) for each in profiles]
    # Read both, whichever is named: a profile in one may refer to something in the other.
    profiles = read(*own)
    by_variables = list(variables.found(profiles)) if path is None else []
    by_name = _by_name(profiles, is_used=not by_variables)
    return [*by_variables, *(each for each, profile in by_name if {*profile.files} & {*files})]


def _by_name(profiles: Profiles, *, is_used: bool) -> Iterator[tuple[Found, Profile]]:
    """Yield entries that import only the names of profiles, each with its profile.

    Args:
        profiles: all profiles.
        is_used: whether AWS uses a profile if none is named, rather than variables.
    """
    for profile in profiles:
        reason = unusable(profiles, profile)
        settings = {"profile_name": as_it_is(profile.name)}
        if region := profile.text("region"):
            settings["region_name"] = as_it_is(region)
        found = Found(
            source="aws",
            entry=f"profile {profile.name}",
            place=" and ".join(map(shortened, profile.files)),
            name=profile.name,
            cls=None if reason else S3Storage,
            settings={} if reason else settings,
            is_default=is_used and profile.name == variables.profile_in_use(),
            asks=None if reason else "bucket",
            notes=() if reason else tuple(remarks(profiles, profile)),
            reason=reason,
        )
        yield found, profile


def _files_at(path: str) -> tuple[str, str]:
    """The config file and the credentials file at a path; empty for the one that is not there."""
    path = os.path.expanduser(path)
    own = default_files()
    if os.path.isdir(path):
        files = os.path.join(path, "config"), os.path.join(path, "credentials")
        if not any(map(os.path.isfile, files)):
            raise wrong(path, "has neither config nor credentials", "name a folder such as ~/.aws")
        return _own(files[0], own), _own(files[1], own)
    if not os.path.exists(path):
        raise wrong(path, "does not exist", "correct the path")
    if not os.path.isfile(path):
        raise wrong(path, "is no regular file", "name a file, or a folder such as ~/.aws")
    # In credentials files, sections are named after profiles without `profile` before them.
    file = _own(path, own)
    is_credentials = file == own[1] or "credentials" in os.path.basename(path).lower()
    return ("", file) if file != own[0] and is_credentials else (file, "")


def _own(path: str, own: Sequence[str]) -> str:
    """The path by which AWS names a file, if it is one of its two; else `path`."""
    same = (each for each in own if os.path.realpath(each) == os.path.realpath(path))
    return next(same, path)
