"""Where a bucket is asked, by a client of botocore as the oracle."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import product
from secrets import token_hex
from typing import Any

import pytest
from botocore.config import Config
from botocore.loaders import create_loader
from botocore.session import Session

from storage_core.backends.drivers.clouds.aws.partitions import PARTITIONS, partition_of
from storage_core.backends.drivers.direct.s3.endpoint import Addressing, endpoint_of
from storage_core.backends.remote.faults import BadSettings

CLIENTS = 130
REGIONS = (
    *(None, "us-east-1", "eu-west-1", "aws-global", "cn-north-1", "us-gov-west-1", "local"),
    *("us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1", "us-isof-south-1", "eusc-de-east-1"),
    *("fips-us-west-2", "us-east-1-fips", "xx-nowhere-1", "aws-cn-global", "no region", "-x"),
)
URLS = (
    *(None, None, None, "http://127.0.0.1:9000", "https://10.0.0.1/", "http://[::1]:9000/below"),
    *("https://minio.example.com", "https://minio.example.com:8443/s3", "http://host/a//b/../c/"),
    *("https://host:443/", "http://host:80", "https://s3.eu-west-1.amazonaws.com"),
    *("https://s3-accelerate.amazonaws.com", "https://s3-accelerate.dualstack.amazonaws.com/x"),
)
STYLES = (None, "auto", "path", "virtual")
BUCKETS = (
    *("plain", "with.dots", "Upper", "192.168.5.4", "ab", "-begins", "ends-", "under_score"),
    *("x" * 63, "x" * 64, "two..dots", "bücket", "a b", "%41"),
)


class Captured(Exception):
    pass


def botocores(session: Session, given: Addressing) -> Callable[[str], tuple[str, str] | None]:
    """Where a client of botocore would ask for an object of a bucket, signed for which region."""
    s3: dict[str, Any] = {}
    if given.style:
        s3["addressing_style"] = given.style
    if given.accelerate:
        s3["use_accelerate_endpoint"] = True
    if given.is_regional:
        s3["us_east_1_regional_endpoint"] = "regional"
    found: list[tuple[str, str]] = []

    def capture(request: Any, **_: Any) -> None:
        scope = str(request.headers["Authorization"]).split("/")
        found.append((request.url, scope[2]))
        raise Captured

    try:
        client = session.create_client(
            "s3",
            region_name=given.region,
            endpoint_url=given.endpoint_url,
            use_ssl=given.is_secure,
            aws_access_key_id="key",
            aws_secret_access_key=token_hex(4),
            config=Config(
                s3=s3 or None,
                use_fips_endpoint=given.fips or None,
                use_dualstack_endpoint=given.dual_stack or None,
            ),
        )
    except Exception:
        return lambda _: None
    client.meta.events.register("before-send.s3", capture)

    def ask(bucket: str) -> tuple[str, str] | None:
        try:
            client.get_object(Bucket=bucket, Key="a b/c")
        except Captured:
            return found[-1]
        except Exception:
            return None
        raise AssertionError

    return ask


def ours(bucket: str, given: Addressing) -> tuple[str, str] | None:
    try:
        found = endpoint_of(bucket, given)
    except BadSettings:
        return None
    return f"{found.origin}{found.path}/a%20b/c", found.region


def test_a_bucket_is_asked_where_botocore_asks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/dev/null")
    rng = random.Random(20261129)
    session = Session()
    flags = [*product((False, True), repeat=5)]
    plain = (False, False, False, False, True)
    for _ in range(CLIENTS):
        region, url, style = map(rng.choice, (REGIONS, URLS, STYLES))
        given = Addressing(region, url, style, *rng.choice([plain, rng.choice(flags)]))
        if given.dual_stack and partition_of(region or "").name in ("aws-iso-e", "aws-iso-f"):
            continue  # botocore knows of no such addresses there, and asks nobody.
        ask = botocores(session, given)
        for bucket in BUCKETS:
            # botocore makes `bucket.[::1]` of these, or signs for a region of the name aws-global.
            by_host = style == "virtual" and "." in bucket and str(url).startswith("http://")
            if by_host and ("[" in str(url) or region in (None, "aws-global")):
                continue
            assert ours(bucket, given) == ask(bucket), (bucket, given)


def test_the_partitions_are_those_of_botocore() -> None:
    known = create_loader().load_data("partitions")["partitions"]
    expected = {
        each["id"]: (
            each["regionRegex"].replace("\\-", "-").strip("^$"),
            each["outputs"]["dnsSuffix"],
            each["outputs"]["dualStackDnsSuffix"],
        )
        for each in known
    }
    assert {each.name: (each.regions, each.suffix, each.dual_stack) for each in PARTITIONS} == (
        expected
    )
    for each in known:
        for region in each["regions"]:
            assert partition_of(region).name == each["id"]


@pytest.mark.parametrize(
    ("bucket", "given", "said"),
    [
        ("a b", Addressing(), "Invalid bucket name"),
        ("arn:aws:s3:us-east-1:123456789012:accesspoint:x", Addressing(), "Invalid bucket name"),
        ("box", Addressing("no region"), "Provided region_name 'no region' doesn't match"),
        ("box", Addressing("evil.example/"), "doesn't match a supported format"),
        ("box", Addressing(endpoint_url="ftp://host"), "Invalid endpoint"),
        ("box", Addressing(endpoint_url="http://host:port"), "Invalid endpoint"),
        ("box", Addressing(endpoint_url="http://host?a=b"), "Invalid endpoint"),
        ("box", Addressing("cn-north-1", fips=True), "Partition does not support FIPS"),
        ("a.b", Addressing(accelerate=True), "Path-style addressing cannot be used"),
    ],
)
def test_what_cannot_be_is_said(bucket: str, given: Addressing, said: str) -> None:
    with pytest.raises(BadSettings, match=said):
        endpoint_of(bucket, given)


def test_a_region_that_a_server_names_leads_nowhere_else() -> None:
    for region in ("evil.example", "evil/", "evil@host", "a:b", "", "1"):
        with pytest.raises(BadSettings):
            endpoint_of("box", Addressing(region))
    assert endpoint_of("box", Addressing("evil")).host.endswith(".amazonaws.com")
