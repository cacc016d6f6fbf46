"""Values that a form offers for a setting. They may read files: ask in a worker."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache


@cache
def aws_regions() -> Iterable[str]:
    """The AWS regions, as the installed SDK lists them."""
    import json
    from importlib.resources import files

    # Asked for them, the SDK would read all of what it knows, and Python do nothing else for long
    # enough that a person who is typing would feel it.
    try:
        listed = files("botocore").joinpath("data/partitions.json").read_text(encoding="utf-8")
        partitions = {each["id"]: each["regions"] for each in json.loads(listed)["partitions"]}
        return sorted(region for region in partitions["aws"] if region != "aws-global")
    except (OSError, ValueError, LookupError):
        # That file is nobody's promise.
        from botocore.session import Session

        regions: list[str] = Session().get_available_regions("s3")
        return regions


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
