"""Signing in on AWS in every way people do, against what hands out credentials there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import storage_core
from storage_core import S3Storage
from tests.engines import both
from tests.stores.signing_in_aws.desk import TIMEOUT, Desk
from tests.stores.signing_in_aws.ways import (
    container,
    helper,
    instance,
    keys_in_variables,
    profile,
    profile_in_a_variable,
    role,
    role_by_a_helper,
    role_by_variables,
    role_of_a_profile,
    role_of_an_instance,
    role_of_roles,
    session_token,
    sso,
    sso_session,
    web_identity,
)

pytestmark = both


WAYS: list[Callable[[Desk], S3Storage]] = [
    session_token,
    keys_in_variables,
    profile,
    profile_in_a_variable,
    helper,
    sso,
    sso_session,
    web_identity,
    role_of_a_profile,
    role_of_an_instance,
    role_of_roles,
    role_by_variables,
    role,
    role_by_a_helper,
    container,
    instance,
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_each_way_of_signing_in_works(way: Callable[[Desk], S3Storage], desk: Desk) -> None:
    store = storage_core.open_store(way(desk), timeout=TIMEOUT)
    assert store.read(store.write(b"signed in")) == b"signed in"
