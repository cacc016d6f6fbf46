"""Listings and errors as Azure writes them, and what is refused as none."""

from __future__ import annotations

import pytest

from storage_core.backends.drivers.direct.azure.markup import Item, NoXML, children, listing

LISTING = """\
<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="https://x/"
ContainerName="box"><Prefix>a/</Prefix><Marker /><MaxResults>2</MaxResults><Delimiter>/</Delimiter>
<Blobs><BlobPrefix><Name>a/b &amp; c/</Name><Properties><Last-Modified>odd</Last-Modified>
</Properties></BlobPrefix><Blob><Name Encoded="true">a/%EF%BF%BF%2525</Name><Properties>
<Last-Modified>Sun, 29 Nov 2026 04:05:06 GMT</Last-Modified><Content-Length>12</Content-Length>
<Etag>0x1</Etag></Properties><OrMetadata /></Blob><Blob><Name>a/%25 ü</Name><Properties/></Blob>
</Blobs><NextMarker>2!96!x--</NextMarker></EnumerationResults>""".encode()

ITEMS = [
    Item("a/b & c/", is_folder=True),
    Item("a/\uffff%25", "12", "Sun, 29 Nov 2026 04:05:06 GMT"),
    Item("a/%25 ü"),
]

BOMB = b"""<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<EnumerationResults><NextMarker>&b;</NextMarker></EnumerationResults>"""


@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_a_listing_is_read_in_whatever_pieces_it_comes(size: int) -> None:
    pieces = (LISTING[at : at + size] for at in range(0, len(LISTING), size))
    assert listing(pieces) == (ITEMS, "2!96!x--")


@pytest.mark.parametrize(
    "data", [b"", b"nothing", LISTING[:-1], b"<html></html>", BOMB, b'<!DOCTYPE x SYSTEM "y"><x/>']
)
def test_what_is_no_listing_is_refused(data: bytes) -> None:
    with pytest.raises(NoXML):
        listing([data])


def test_an_error_is_read_by_its_parts_and_declares_nothing() -> None:
    body = "\ufeff<?xml version='1.0'?><Error><Code>X</Code><Message>no\nway</Message></Error>"
    assert children(body.encode()) == {"Code": "X", "Message": "no\nway"}
    for wrong in (b"<Error>", b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><Error/>', b"{}"):
        with pytest.raises(NoXML):
            children(wrong)
