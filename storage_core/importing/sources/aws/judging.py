"""Whether AWS can sign in with a profile, and what a person should know who imports its name.

The ways to sign in are examined in botocore's order; no server is contacted.
"""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, Final

from storage_core.redaction import mask_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage_core.importing.sources.aws.profiles import Profile, Profiles

KEY: Final = "aws_access_key_id"
SECRET: Final = "aws_secret_access_key"
TOKENS: Final = ("aws_security_token", "aws_session_token")
_MACHINES: Final = ("Environment", "Ec2InstanceMetadata", "EcsContainer")
_OF_SSO: Final = ("sso_role_name", "sso_account_id")
_OTHERWISE: Final = frozenset({"login_session", "credential_process"})
"""Ways to sign in that override keys in the config file, but not those in the credentials file."""

_SIGNS_IN: Final = _OTHERWISE | {KEY, SECRET, *_OF_SSO, "web_identity_token_file"}
_NEEDED_BY_SSO: Final = (*_OF_SSO, "sso_start_url", "sso_region")
_FILES: Final = ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")


def unusable(profiles: Profiles, profile: Profile) -> str:
    """Why AWS cannot use a profile, in one line without secrets; empty if it can."""
    return next(_complaints(profiles, profile), "") or _missing_services(profiles, profile)


def remarks(profiles: Profiles, profile: Profile) -> Iterator[str]:
    """What to know about a profile that can be used, one line each, without secrets."""
    if profile.is_doubled:
        yield "of [default] and [profile default] only the later counts; make them one section"
    yield from _ways(profile)
    if url := endpoint_of(profiles, profile):
        yield f"its requests go to {mask_url(url)}, as long as it gets no keys or endpoint here"
    if named := [each for each in _FILES if os.environ.get(each)]:
        yield f"{' and '.join(named)} must be set where it is used, too"


def endpoint_of(profiles: Profiles, profile: Profile | None) -> str:
    """The endpoint URL of a profile for S3; empty for AWS itself."""
    if profile is None or profile.text("ignore_configured_endpoint_urls").lower() == "true":
        return ""
    of_s3 = profiles.services.get(profile.text("services"), {}).get("s3")
    url = of_s3.get("endpoint_url") if isinstance(of_s3, dict) else None
    return url or profile.text("endpoint_url")


def is_role(profile: Profile) -> bool:
    """Whether a profile assumes a role with the keys of another profile or of the machine."""
    said = profile.said
    return "role_arn" in said and "web_identity_token_file" not in said


def _ways(profile: Profile) -> Iterator[str]:
    said = profile.said
    option = f" --profile {shlex.quote(profile.name)}" if profile.name != "default" else ""
    if "mfa_serial" in said and is_role(profile):
        yield (
            "its role asks for the code of a device, which nobody is asked for here: sign in "
            f"first, with aws sts get-caller-identity{option}"
        )
    if is_role(profile):
        return
    if "web_identity_token_file" in said:
        path = profile.text("web_identity_token_file")
        yield f"it takes a role with the token in {path}, which has to be there too"
    elif any(each in said for each in _OF_SSO):
        yield f"it signs in by single sign-on: when that has ended, run: aws sso login{option}"
    elif said.get(KEY):
        if any(profile.credentials.get(each, profile.config.get(each)) for each in TOKENS):
            yield "its keys end: they have a session token, which has to be renewed in the profile"
    elif "login_session" in said:
        yield f"it signs in by aws login{option}, which needs the Python package awscrt"
    elif command := profile.text("credential_process"):
        yield f"it gets its keys from a program{_program_in(command)}, which is run for them"
    else:
        yield "it has no keys: those of the machine are used, a container's or an instance's"


def _program_in(command: str) -> str:
    """The name of the program in a command, without its arguments, which may be secrets."""
    try:
        words = shlex.split(command)
    except ValueError:
        return ""
    return f", {os.path.basename(words[0])}" if words else ""


def _complaints(profiles: Profiles, profile: Profile) -> Iterator[str]:
    said = profile.said
    if is_role(profile):
        yield from _of_role(profiles, profile, (profile.name,))
        return
    if "web_identity_token_file" in said:
        if "role_arn" not in said:
            yield "web_identity_token_file needs role_arn beside it"
        return
    if any(each in said for each in _OF_SSO):
        yield from _of_sso(profiles, profile)
        return
    yield from _of_keys(profile)


def _of_role(profiles: Profiles, profile: Profile, seen: tuple[str, ...]) -> Iterator[str]:
    """What is wrong with the source of a role's keys; `seen` are the profiles on the way there."""
    said = profile.said
    there = [each for each in ("source_profile", "credential_source") if each in said]
    if len(there) != 1:
        few = "has" if there else "lacks"
        which = "both source_profile and" if there else "source_profile or"
        yield f"role_arn {few} {which} credential_source; write one of them"
        return
    where = profile.text(there[0])
    if there[0] == "credential_source":
        if where not in _MACHINES:
            yield f"credential_source is none of {', '.join(_MACHINES)}"
        return
    source = profiles.get(where)
    if source is None:
        yield f"source_profile {where} does not exist"
    elif where in seen:
        # A profile may assume its role with its own keys.
        if where != profile.name or not {KEY, SECRET} & source.said.keys():
            yield f"source_profile {where} leads in a circle"
        else:
            yield from _of_keys(source)
    elif {KEY, SECRET} & source.said.keys() or not is_role(source):
        yield from (f"source_profile {where}: {each}" for each in _complaints(profiles, source))
        if not _SIGNS_IN & source.said.keys():
            yield f"source_profile {where} has no keys"
    else:
        yield from _of_role(profiles, source, (*seen, where))


def _of_sso(profiles: Profiles, profile: Profile) -> Iterator[str]:
    said = dict(profile.said)
    name = profile.text("sso_session")
    if "sso_session" in said:
        if name not in profiles.sso_sessions:
            yield f"sso_session {name} does not exist"
            return
        for setting, value in profiles.sso_sessions[name].items():
            if said.setdefault(setting, value) != value:
                yield f"{setting} differs from that of sso_session {name}"
                return
    if missing := [each for each in _NEEDED_BY_SSO if each not in said]:
        yield f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"


def _of_keys(profile: Profile) -> Iterator[str]:
    """What is wrong with the keys: the same file must have both the key ID and the secret."""
    keys = next((each for each in (profile.credentials, profile.config) if KEY in each), None)
    if keys is not profile.credentials and _OTHERWISE & profile.said.keys():
        return
    if keys is None:
        if SECRET in profile.said:
            yield f"{KEY} is missing"
    elif SECRET not in keys:
        yield f"{SECRET} is missing"
    elif not (keys[KEY] and keys[SECRET]):
        yield f"{SECRET if keys[KEY] else KEY} is empty"


def _missing_services(profiles: Profiles, profile: Profile) -> str:
    name = profile.text("services")
    missing = "services" in profile.said and name not in profiles.services
    return f"services {name} does not exist" if missing else ""
