"""What S3 refuses is told by who has signed in, and how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from secrets import token_hex

import pytest

import storage_core
from storage_core import S3Storage
from storage_core.errors import AccessDenied
from tests.engines import both
from tests.servers.aws import ROLE
from tests.servers.raw_http import raw_server, response
from tests.stores.signing_in_aws.desk import TIMEOUT, Desk
from tests.stores.signing_in_aws.ways import (
    keys_in_variables,
    nobody,
    profile,
    role,
    session_token,
    web_identity,
)

pytestmark = both


def test_keys_of_the_configuration_are_to_be_checked_where_they_are_refused(desk: Desk) -> None:
    storage = replace(session_token(desk), aws_access_key_id="AKIA" + token_hex(8).upper())
    with pytest.raises(AccessDenied, match="check AWS Access Key ID, AWS Secret Access Key"):
        storage_core.open_store(storage, timeout=TIMEOUT).check()


REFUSED = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    "<Error><Code>{}</Code><Message>The provided token is no good.</Message></Error>"
)


@pytest.mark.parametrize(
    ("code", "way", "said"),
    [
        ("ExpiredToken", session_token, "get new temporary credentials, and set AWS Session Token"),
        ("ExpiredToken", profile, "get new credentials there: profile corp in .* signed in"),
        ("AccessDenied", web_identity, f"see what is allowed there: the role {ROLE} .AWS_ROLE_ARN"),
        ("AccessDenied", role, f"see what is allowed there: the role {ROLE} .Role ARN. signed in"),
        ("AccessDenied", nobody, "nobody has signed in .anon in Options.*set AWS Access Key ID"),
        ("AccessDenied", keys_in_variables, "see what .*: the keys in AWS_ACCESS_KEY_ID and AWS_"),
    ],
)
def test_what_s3_refuses_is_told_by_who_has_signed_in(
    code: str, way: Callable[[Desk], S3Storage], said: str, desk: Desk
) -> None:
    with raw_server(response("403 Forbidden", REFUSED.format(code).encode())) as server:
        storage = replace(way(desk), endpoint_url=server.url)
        with pytest.raises(AccessDenied, match=f"access denied .{code}: .*; {said}"):
            storage_core.open_store(storage, timeout=TIMEOUT).check()
