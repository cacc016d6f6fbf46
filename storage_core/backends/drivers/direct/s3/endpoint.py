"""The address of a bucket, and the region to sign for, by the same rules as botocore's."""

from __future__ import annotations

from typing import Final, NamedTuple
from urllib.parse import quote, urlsplit

from storage_core.backends.drivers.clouds.aws.partitions import Partition, partition_of
from storage_core.backends.remote.faults import BadSettings

ANYWHERE: Final = "us-east-1"
_GLOBAL: Final = "aws-global"
_LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")
_PORTS: Final = {"http": 80, "https": 443}


class Addressing(NamedTuple):
    """What decides the address of a bucket."""

    region: str | None = None
    endpoint_url: str | None = None
    """Of another service than AWS, or another address of AWS."""

    style: str | None = None
    """`path`, `virtual`, or anything else for the usual one."""

    fips: bool = False
    dual_stack: bool = False
    accelerate: bool = False
    is_regional: bool = False
    """Whether us-east-1 has its regional address, rather than the global one without a region."""

    is_secure: bool = True
    """Whether to use https, where no endpoint URL says it."""


class Endpoint(NamedTuple):
    """The address of a bucket."""

    origin: str
    """Scheme, host and port."""

    host: str
    """As in the header `Host`: without the default port."""

    path: str
    """The path of the bucket; no `/` at its end."""

    region: str
    """The region that requests are signed for."""


def endpoint_of(bucket: str, given: Addressing) -> Endpoint:
    """The address of a bucket.

    Raises:
        BadSettings: there is no such address.
    """
    if not (0 < len(bucket) < 256 and _LETTERS | {*"._"} >= {*bucket}):
        raise BadSettings(
            f'Parameter validation failed: Invalid bucket name "{bucket}": it may hold letters, '
            "digits, dots, hyphens and underscores"
        )
    if given.region is not None and not _is_region(given.region):
        raise BadSettings(f"Provided region_name '{given.region}' doesn't match a supported format")
    region, fips = _plain(given.region)
    given = given._replace(fips=given.fips or fips)
    url = given.endpoint_url
    if url is None:
        return _of_aws(bucket, region, given)
    if given.accelerate:
        raise BadSettings("A custom endpoint cannot be combined with S3 Accelerate")
    signed = region if region not in (None, _GLOBAL) else ANYWHERE
    return _elsewhere(bucket, url, signed, given.style)


def service_of(endpoint: Endpoint, bucket: str) -> Endpoint:
    """The address of the service itself, for requests that concern no bucket."""
    if endpoint.path.endswith(f"/{bucket}"):
        return endpoint._replace(path=endpoint.path.removesuffix(f"/{bucket}"))
    scheme, _, host = endpoint.origin.partition("://")
    first = f"{bucket}."
    return endpoint._replace(
        origin=f"{scheme}://{host.removeprefix(first)}", host=endpoint.host.removeprefix(first)
    )


def _plain(region: str | None) -> tuple[str | None, bool]:
    """A region without the `fips-` or `-fips` at its name, and whether there was one."""
    if region is None:
        return None, False
    plain = region.replace("fips-", "").replace("-fips", "")
    return plain, plain != region


def _of_aws(bucket: str, region: str | None, given: Addressing) -> Endpoint:
    partition = partition_of(region or ANYWHERE)
    _check(partition, given)
    has_name = region not in (None, _GLOBAL)
    signed = str(region) if has_name else ANYWHERE
    scheme = "https" if given.is_secure else "http"
    suffix = partition.suffix
    # Only in their own name do these have such addresses.
    named = f".{signed}"
    if given.accelerate:
        service = "s3-accelerate.dualstack" if given.dual_stack else "s3-accelerate"
        named = ""
    else:
        service = "s3-fips" if given.fips else "s3"
        if given.dual_stack:
            service += ".dualstack"
        elif not given.fips and _is_for_all(region, given):
            named = ""
    host = f"{service}{named}.{suffix}"
    if (given.style != "path" or given.accelerate) and _is_hostable(bucket):
        host = f"{bucket}.{host}"
        return Endpoint(f"{scheme}://{host}", host, "", signed)
    if given.accelerate:
        raise BadSettings("Path-style addressing cannot be used with S3 Accelerate")
    return Endpoint(f"{scheme}://{host}", host, f"/{quote(bucket, safe='~')}", signed)


def _is_for_all(region: str | None, given: Addressing) -> bool:
    """Whether AWS's global address is used, which has no region."""
    return region in (None, _GLOBAL) or (region == ANYWHERE and not given.is_regional)


def _check(partition: Partition, given: Addressing) -> None:
    if given.accelerate and given.fips:
        raise BadSettings("Accelerate cannot be used with FIPS")
    if partition.name == "aws-cn" and given.fips:
        raise BadSettings("Partition does not support FIPS")
    if partition.name == "aws-cn" and given.accelerate:
        raise BadSettings("S3 Accelerate cannot be used in this region")


def _elsewhere(bucket: str, url: str, region: str, style: str | None) -> Endpoint:
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.query
        port = parts.port
    except ValueError:
        is_usable, port = False, None
    if not is_usable:
        raise BadSettings(f"Invalid endpoint: {url}")
    host = str(parts.hostname)
    is_ip = ":" in host or _is_ipv4(host)
    shown = f"[{host}]" if ":" in host else host
    if port not in (None, _PORTS[parts.scheme]):
        shown = f"{shown}:{port}"
    netloc, path = parts.netloc.rpartition("@")[2], parts.path.rstrip("/")
    if not netloc.isascii():
        netloc, shown = (each.encode("idna").decode() for each in (netloc, shown))
    if style == "virtual" or (style != "path" and _is_accelerated(url)):
        by_host = _is_hostable(bucket) and not is_ip
        # A wildcard certificate covers one label only, so names with dots need http.
        if by_host or (
            parts.scheme == "http" and "." in bucket and _is_hostable(bucket, dots=True)
        ):
            origin = f"{parts.scheme}://{bucket}.{netloc}"
            return Endpoint(origin, f"{bucket}.{shown}", path, region)
    path = f"{_normal(path)}/{quote(bucket, safe='~')}"
    return Endpoint(f"{parts.scheme}://{netloc}", shown, path, region)


def _normal(path: str) -> str:
    """A path without empty parts, `.` and `..`."""
    kept: list[str] = []
    for part in path.split("/"):
        if part == "..":
            del kept[-1:]
        elif part not in ("", "."):
            kept.append(part)
    return quote("".join(f"/{part}" for part in kept))


def _is_hostable(bucket: str, *, dots: bool = False) -> bool:
    """Whether the name of a bucket can be the beginning of a host name."""
    if len(bucket) < 3 or bucket.lower() != bucket or _is_ipv4(bucket):
        return False
    labels = bucket.split(".") if dots else [bucket]
    return all(map(_is_label, labels))


def _is_label(text: str) -> bool:
    """Whether a text can be a label of a host name, between two dots."""
    return 0 < len(text) < 64 and {*text} <= _LETTERS and "-" not in (text[0], text[-1])


def _is_region(text: str) -> bool:
    return _is_label(text) and not text.isdigit()


def _is_ipv4(text: str) -> bool:
    parts = text.split(".")
    return len(parts) == 4 and all(each.isdigit() and len(each) < 4 for each in parts)


def _is_accelerated(url: str) -> bool:
    """Whether an address is that of S3 Transfer Acceleration."""
    first, *features = urlsplit(url).netloc.split(".")
    return first == "s3-accelerate" and features in (
        ["amazonaws", "com"],
        ["dualstack", "amazonaws", "com"],
    )
