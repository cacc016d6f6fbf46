"""The partitions of AWS, each with regions and host names of its own; without botocore."""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from urllib.parse import urlsplit


class Partition(NamedTuple):
    """A partition, as in botocore's `partitions.json`."""

    name: str
    regions: str
    """A pattern for the names of its regions, future ones included."""

    suffix: str
    """The end of host names."""

    dual_stack: str
    """The end of the names of hosts that have an IPv6 address too."""

    everywhere: str | None = None
    """The name that stands for no region in particular."""


AWS: Final = Partition(
    *("aws", r"(us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+", "amazonaws.com", "api.aws", "aws-global")
)

PARTITIONS: Final = (
    AWS,
    Partition(
        *("aws-cn", r"cn-\w+-\d+", "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
        "aws-cn-global",
    ),
    Partition("aws-eusc", r"eusc-(de)-\w+-\d+", "amazonaws.eu", "api.amazonwebservices.eu"),
    Partition(
        *("aws-iso", r"us-iso-\w+-\d+", "c2s.ic.gov", "api.aws.ic.gov", "aws-iso-global"),
    ),
    Partition(
        *("aws-iso-b", r"us-isob-\w+-\d+", "sc2s.sgov.gov", "api.aws.scloud", "aws-iso-b-global"),
    ),
    Partition(
        *("aws-iso-e", r"eu-isoe-\w+-\d+", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
        "aws-iso-e-global",
    ),
    Partition(
        *("aws-iso-f", r"us-isof-\w+-\d+", "csp.hci.ic.gov", "api.aws.hci.ic.gov"),
        "aws-iso-f-global",
    ),
    Partition(
        *("aws-us-gov", r"us-gov-\w+-\d+", "amazonaws.com", "api.aws", "aws-us-gov-global"),
    ),
)


def partition_of(region: str) -> Partition:
    """The partition of a region; the main one of AWS if the region is unknown."""
    for each in PARTITIONS:
        if region == each.everywhere or re.fullmatch(each.regions, region):
            return each
    return AWS


def is_aws(url: str) -> bool:
    """Whether this is an address of AWS itself, in any of its partitions."""
    host = urlsplit(url).hostname or ""
    return host.endswith(_SUFFIXES)


_SUFFIXES: Final = tuple(
    f".{suffix}" for each in PARTITIONS for suffix in (each.suffix, each.dual_stack)
)
