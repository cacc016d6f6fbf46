"""Values that a form offers for a setting. These functions read files: call them in a thread."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache


@cache
def aws_regions() -> Iterable[str]:
    """The AWS regions, as the installed SDK lists them."""
    try:
        return sorted(region for region in _partitions()["aws"] if region != "aws-global")
    except (OSError, ValueError, LookupError):
        # botocore does not promise that file.
        from botocore.session import Session

        regions: list[str] = Session().get_available_regions("s3")
        return regions


@cache
def all_aws_regions() -> frozenset[str]:
    """Every region that the installed SDK lists, including those of China and of governments.

    Empty if that cannot be found out.
    """
    try:
        return frozenset(region for regions in _partitions().values() for region in regions)
    except (OSError, ValueError, LookupError):
        return frozenset()


def _partitions() -> dict[str, dict[str, object]]:
    import json
    from importlib.util import find_spec

    # The SDK would read all its data, which blocks Python long enough for a person who is typing
    # to notice.
    found = find_spec("botocore")
    folder = next(iter((found and found.submodule_search_locations) or ()), "")
    with open(os.path.join(folder, "data", "partitions.json"), encoding="utf-8") as file:
        return {each["id"]: each["regions"] for each in json.load(file)["partitions"]}


def aws_profiles() -> Iterable[str]:
    """The profiles in the AWS configuration and credentials files of this machine."""
    from configparser import ConfigParser, Error

    names: set[str] = set()
    for variable, default in (
        ("AWS_CONFIG_FILE", "~/.aws/config"),
        ("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
    ):
        parser = ConfigParser(interpolation=None, strict=False, allow_no_value=True)
        try:
            parser.read(os.path.expanduser(os.environ.get(variable) or default), encoding="utf-8")
        except (Error, OSError, UnicodeDecodeError):
            continue
        names |= {
            section.removeprefix("profile ").strip()
            for section in parser.sections()
            if not section.startswith(("sso-session ", "services "))
        }
    return sorted(names)
