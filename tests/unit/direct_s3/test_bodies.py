"""Answers in XML, and the times in them."""

from __future__ import annotations

from datetime import UTC, datetime
from textwrap import dedent

import pytest

from storage_core.backends.drivers.direct.s3.bodies import Broken, Listed, Said, listed, said
from storage_core.backends.drivers.direct.s3.times import time_said

PAGE = dedent(
    """\
    <?xml version="1.0" encoding="UTF-8"?>
    <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
      <Name>box</Name><Prefix>a/</Prefix><IsTruncated>true</IsTruncated>{more}
      <NextContinuationToken>1+/=&amp;x</NextContinuationToken>
      <Contents>
        <Key>a/b%2Bc+d&#x20;e</Key><LastModified>2026-11-29T01:02:03.000Z</LastModified>
        <ETag>&quot;x&quot;</ETag><Size>3</Size><Owner><ID>i</ID></Owner>
      </Contents>
      <Contents><Size>0</Size><Key>empty</Key></Contents>
      <CommonPrefixes><Prefix>a/folder/</Prefix></CommonPrefixes>
    </ListBucketResult>"""
)


def test_a_page_is_read_as_the_server_has_encoded_it() -> None:
    plain = PAGE.format(more="")
    assert listed(plain.encode()) == Listed(
        [("a/b%2Bc+d e", "3", "2026-11-29T01:02:03.000Z"), ("empty", "0", "")],
        ["a/folder/"],
        True,
        "1+/=&x",
    )
    encoded = PAGE.format(more="<EncodingType>url</EncodingType>")
    assert listed(encoded.encode()).blobs[0][0] == "a/b+c d e"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "   ",
        "OK",
        '{"listed": []}',
        "<html><body>Sign in</body></html>",
        PAGE.format(more="")[:-30],
        "<ListBucketResult><Contents><Size>1</Size></Contents></ListBucketResult>",
        "<!DOCTYPE x><ListBucketResult></ListBucketResult>",
        '<!DOCTYPE x [<!ENTITY e "boom">]><ListBucketResult>&e;</ListBucketResult>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd"><ListBucketResult></ListBucketResult>',
        "<ListBucketResult>&unknown;</ListBucketResult>",
        '<?xml version="1.0" encoding="klingon"?><ListBucketResult></ListBucketResult>',
    ],
)
def test_what_is_no_page_or_not_all_of_one_is_refused(body: str) -> None:
    with pytest.raises(Broken):
        listed(body.encode())


def test_errors_are_read_wherever_they_stand() -> None:
    fields = {"Code": "SlowDown", "Message": "wait & see"}
    error = "<Code>SlowDown</Code><Message>wait &amp; see</Message>"
    assert said(f"\n <Error>{error}</Error>".encode()) == Said("Error", fields)
    nested = f"<ErrorResponse><Error>{error}</Error></ErrorResponse>"
    assert said(nested.encode()).fields["Code"] == "SlowDown"
    with pytest.raises(Broken):
        said(f"<!DOCTYPE Error><Error>{error}</Error>".encode())
    with pytest.raises(Broken):
        said(f"<Error>{error}".encode())


@pytest.mark.parametrize(
    "text",
    [
        "Sun, 29 Nov 2026 01:02:03 GMT",
        "Sunday, 29-Nov-26 01:02:03 GMT",
        "Sun, 29 Nov 2026 02:02:03 +0100",
        "2026-11-29T01:02:03.000Z",
        "2026-11-29T01:02:03Z",
        "2026-11-29T01:02:03",
        "2026-11-29T02:02:03+01:00",
    ],
)
def test_times_are_read_in_each_form(text: str) -> None:
    assert time_said(text) == datetime(2026, 11, 29, 1, 2, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        *(None, "", "now", "Sun, 31 Nov 2026 01:02:03 GMT", "Sun, 29 Foo 2026 01:02:03 GMT"),
        *("0001-01-01T00:00:00+14:00", "99999-01-01T00:00:00Z"),
    ],
)
def test_what_is_no_time_hides_nothing_else(text: str | None) -> None:
    assert time_said(text) is None
