"""A clock or a region that is wrong is named, also by a server that does not say what is wrong."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from email.utils import formatdate
from secrets import token_hex
from typing import Any

import pytest
import time_machine

from storage_core import AccessDenied, AzureBlobStorage, ConfigurationError, Store, open_store
from storage_core.check import probe
from tests.engines import both
from tests.servers.azurite import AzureServer
from tests.servers.front import Asked, Reply, front_of
from tests.servers.s3 import S3Server
from tests.stores.test_conditions import error, storage_on

pytestmark = both

HOUR = 3600

CALLS: dict[str, Callable[[Store], Any]] = {
    "write": lambda store: store.write(b"x"),
    "chosen": lambda store: store.write(b"x", key="results/chosen"),
    "read": lambda store: store.read("results/chosen"),
    "exists": lambda store: store.exists("results/chosen"),
    "list": lambda store: list(store.list()),
    "delete": lambda store: store.delete("results/chosen"),
    "check": lambda store: store.check(),
}


@pytest.mark.parametrize(
    ("hours", "words"), [(-1, "60 minutes behind"), (3, "3 hours ahead of"), (-80, "3 days behind")]
)
def test_a_clock_that_is_wrong_is_said_by_every_call(
    s3_disk_server: S3Server, hours: int, words: str
) -> None:
    configuration = storage_on(s3_disk_server)
    with time_machine.travel(time.time() + hours * HOUR):
        with open_store(configuration) as store:
            for call in CALLS.values():
                with pytest.raises(AccessDenied) as caught:
                    call(store)
                said = str(caught.value)
                assert f"this machine's clock is {words} the server's" in said
                assert said.endswith("; set the clock of this machine")
        *_, last = probe(configuration)
        assert (last.step.name, last.ok) == ("sign in", False)
        assert words in last.message


def test_a_clock_that_is_right_is_not_blamed_for_wrong_keys(s3_disk_server: S3Server) -> None:
    wrong = replace(storage_on(s3_disk_server), aws_secret_access_key=token_hex(20))
    with open_store(wrong) as store:
        for name in ("write", "read", "list"):
            with pytest.raises(AccessDenied, match="check AWS Access Key ID"):
                CALLS[name](store)


@pytest.mark.parametrize("code", ["AuthenticationFailed", None])
def test_azure_is_believed_what_it_says_of_the_time(
    azure_server: AzureServer, code: str | None
) -> None:
    late = formatdate(time.time() + HOUR, usegmt=True)
    given = (("x-ms-error-code", code),) if code else ()

    with front_of(
        azure_server.endpoint_url, lambda _: Reply(403, b"", (("Date", late), *given))
    ) as front:
        configuration = AzureBlobStorage(
            container="box",
            connection_string=azure_server.connection_string.replace(
                azure_server.endpoint_url, front.url
            ),
        )
        with (
            open_store(configuration) as store,
            pytest.raises(AccessDenied, match=r"clock is 60 minutes behind .* set the clock"),
        ):
            store.write(b"x")


def test_a_region_that_is_wrong_is_named_where_the_answer_to_a_head_has_no_reason(
    s3_server: S3Server,
) -> None:
    malformed = error(400, "AuthorizationHeaderMalformed")
    malformed = malformed._replace(
        body=malformed.body.replace(b"</Error>", b"<Region>eu-north-1</Region></Error>")
    )

    def rule(asked: Asked) -> Reply | None:
        return Reply(400) if asked.method == "HEAD" else malformed

    with front_of(s3_server.endpoint_url, rule) as front:
        configuration = replace(storage_on(s3_server, front.url), region_name="eu-west-1")
        with open_store(configuration) as store:
            for call in CALLS.values():
                with pytest.raises(ConfigurationError) as caught:
                    call(store)
                assert "is in eu-north-1, Region Name is eu-west-1" in str(caught.value)


def test_sts_is_believed_what_it_says_of_the_time(s3_server: S3Server) -> None:
    early = formatdate(time.time() - HOUR, usegmt=True)
    body = (
        b"<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>Signature not yet "
        b"current: 20261122T101530Z is still later than 20261122T092030Z</Message></Error>"
        b"</ErrorResponse>"
    )
    with front_of(s3_server.endpoint_url, lambda _: Reply(403, body, (("Date", early),))) as front:
        configuration = replace(
            storage_on(s3_server),
            role_arn="arn:aws:iam::123456789012:role/reader",
            sts_endpoint_url=front.url,
        )
        with (
            open_store(configuration) as store,
            pytest.raises(AccessDenied, match=r"clock is 60 minutes ahead of .*; set its clock"),
        ):
            store.check()
