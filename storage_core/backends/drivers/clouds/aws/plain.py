"""Reads keys that are written out in AWS's variables or files, without botocore's sessions.

Everything else is left to botocore: a role, SSO, a helper, a variable or a setting that could
change who signs in or where. Loading botocore takes 100 ms of processor time, half of the cost of a
worker that writes one blob with a profile; only its parser of AWS's files takes 10.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from botocore.configloader import build_profile_map, raw_config_parse
from botocore.exceptions import ConfigNotFound, ConfigParseError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage_core.backends.drivers.clouds.aws.identity import Identity

_KEYS: Final = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
_SETTINGS: Final = frozenset({*_KEYS, "cli_auto_prompt", "cli_pager", "output", "region", "s3"})
"""The settings that a profile may have; with any other one, botocore is used."""

_FILES: Final = (
    ("AWS_CONFIG_FILE", "~/.aws/config"),
    ("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
)
_PROFILES: Final = ("AWS_DEFAULT_PROFILE", "AWS_PROFILE")
_VARIABLES: Final = frozenset(
    {
        *(name.upper() for name in _KEYS),
        *(name for name, _ in _FILES),
        *_PROFILES,
        "AWS_CA_BUNDLE",  # It counts whoever signs in.
        "AWS_DEFAULT_OUTPUT",
        "AWS_DEFAULT_REGION",
        "AWS_EC2_METADATA_DISABLED",
        "AWS_EXECUTION_ENV",
        "AWS_PAGER",
        "AWS_REGION",  # botocore does not know it.
        "AWS_SDK_LOAD_CONFIG",
    }
)
"""The variables that may be set; with any other one of AWS, botocore is used."""


class Plain(NamedTuple):
    """The plain settings of a machine."""

    keys: tuple[str, str, str | None] | None
    """Key, secret and token; None if the configuration has its own, or nobody signs in."""

    region: str | None
    style: str | None
    """How buckets are addressed."""

    def __repr__(self) -> str:
        """Without secrets, so that it can be logged."""
        return f"{type(self).__name__}(region={self.region!r})"


def plain(identity: Identity) -> Plain | None:
    """The plain settings of the machine, else None; this reads files.

    Args:
        identity: what the configuration says.
    """
    given = identity
    # See `machine.isolate`: no variable counts, but for those that name the files.
    is_isolated = given.has_keys or bool(given.profile and given.has_endpoint)
    environ: Mapping[str, str] = {} if is_isolated else os.environ
    if any(name.startswith(("AWS_", "BOTO")) and name not in _VARIABLES for name in environ):
        return None
    if "" in map(environ.get, _PROFILES):
        return None  # A profile cannot have an empty name: botocore's path raises the error.
    named = given.profile or next(filter(None, map(environ.get, _PROFILES)), None)
    try:
        profile, credentials = _sections(named or "default")
    except ConfigParseError:
        return None
    if profile is None and credentials is None and named:
        return None
    said = {**(profile or {}), **(credentials or {})}
    in_s3 = said.get("s3", {})
    if not (said.keys() <= _SETTINGS and isinstance(in_s3, dict)):
        return None
    if not in_s3.keys() <= {"addressing_style"}:
        return None
    keys = None
    if not (given.has_keys or given.is_anonymous):
        of_variables: dict[str, Any] = {}
        if not given.profile and environ.get(_KEYS[0].upper()):
            of_variables = {name: environ.get(name.upper()) for name in _KEYS}
        sources = of_variables, credentials or {}, profile or {}
        # The first that has a key, even if it is empty or its secret is missing.
        source = next((each for each in sources if _KEYS[0] in each), {})
        key, secret, token = (source.get(name) or None for name in _KEYS)
        if not (key and secret):
            return None
        keys = key, secret, token
    # If the configuration names the service's address, the machine's region does not count.
    region = said.get("region")
    if not given.is_whole:
        region = environ.get("AWS_DEFAULT_REGION", region)
    return Plain(keys, region, in_s3.get("addressing_style"))


def _sections(name: str) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """What AWS's files of configuration and of credentials say about a profile."""
    parsed = []
    for variable, path in _FILES:
        try:
            parsed.append(raw_config_parse(os.environ.get(variable, path)))
        except ConfigNotFound:
            parsed.append({})
    return build_profile_map(parsed[0])["profiles"].get(name), parsed[1].get(name)
