"""Values that a form offers for a setting. They may read files: ask in a worker."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache


@cache
def aws_regions() -> Iterable[str]:
    """The AWS regions that offer S3, as the installed SDK lists them."""
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
