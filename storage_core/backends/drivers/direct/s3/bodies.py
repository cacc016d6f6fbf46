"""Reads S3's XML with expat itself: importing the parsers above it takes ten times as long.

No answer of S3 has a document type, so one that has is refused, and with it every entity.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from xml.parsers import expat

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


class Broken(Exception):
    """The body is not what was expected, or not complete."""


class Said(NamedTuple):
    """A small answer."""

    root: str
    fields: Mapping[str, str]
    """The texts of the elements directly below the root, or below the error in it."""


class Listed(NamedTuple):
    """A page of a listing."""

    blobs: list[tuple[str, str, str]]
    """Name, size, time."""

    folders: list[str]
    has_more: bool
    token: str
    """Gets the next page; empty after the last one."""


def said(body: bytes) -> Said:
    """Read a small answer.

    Raises:
        Broken: it is not a complete document.
    """
    path: list[str] = []
    text: list[str] = []
    fields: dict[str, str] = {}
    roots: list[str] = []

    def start(name: str, _attributes: Any) -> None:
        path.append(name)
        text.clear()
        if len(path) == 1:
            roots.append(name)

    def end(name: str) -> None:
        path.pop()
        depth = len(path)
        if depth == 1 or (depth == 2 and path[1] == "Error"):
            fields[name] = "".join(text)
        text.clear()

    parser = _parser()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text.append
    _parse(parser, body)
    return Said(roots[0], fields)


_WANTED = frozenset({"Key", "Size", "LastModified", "Prefix"})


def listed(body: bytes) -> Listed:
    """Read a page of a listing.

    Raises:
        Broken: it is not one, or not complete.
    """
    blobs: list[tuple[str, str, str]] = []
    folders: list[str] = []
    said = {"NextContinuationToken": "", "EncodingType": "", "IsTruncated": ""}
    roots: list[str] = []
    now: dict[str, str] = {}
    text: list[str] = []
    parser = _parser()

    def begin(name: str, _attributes: Any) -> None:
        roots.append(name)
        parser.StartElementHandler = start

    def start(_name: str, _attributes: Any) -> None:
        text.clear()

    def end(name: str) -> None:
        if name in _WANTED:
            now[name] = "".join(text)
        elif name == "Contents":
            blobs.append((now["Key"], now["Size"], now.get("LastModified", "")))
            now.clear()
        elif name == "CommonPrefixes":
            folders.append(now["Prefix"])
            now.clear()
        elif name in said:
            said[name] = "".join(text)
        text.clear()

    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text.append
    try:
        _parse(parser, body)
    except KeyError:
        raise Broken from None
    if roots != ["ListBucketResult"]:
        raise Broken
    if said["EncodingType"] == "url":
        from urllib.parse import unquote_plus

        blobs = [(unquote_plus(name), size, time) for name, size, time in blobs]
        folders = [unquote_plus(name) for name in folders]
    return Listed(blobs, folders, said["IsTruncated"] == "true", said["NextContinuationToken"])


def buckets(body: bytes) -> list[str]:
    """The names in a list of buckets.

    Raises:
        Broken: it is not one, or not complete.
    """
    return _texts(body, "ListAllMyBucketsResult", "Bucket", "Name")


def undeleted(body: bytes) -> list[str]:
    """The names of the objects that a request to delete several has not deleted.

    Raises:
        Broken: it is not an answer to such a request, or not complete.
    """
    return _texts(body, "DeleteResult", "Error", "Key")


def _texts(body: bytes, root: str, above: str, wanted: str) -> list[str]:
    """The texts of all elements `wanted` directly in an `above`, in a document with that `root`."""
    texts: list[str] = []
    path: list[str] = []
    text: list[str] = []
    roots: list[str] = []

    def start(name: str, _attributes: Any) -> None:
        if not path:
            roots.append(name)
        path.append(name)
        text.clear()

    def end(name: str) -> None:
        path.pop()
        if name == wanted and path[-1:] == [above]:
            texts.append("".join(text))
        text.clear()

    parser = _parser()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text.append
    _parse(parser, body)
    if roots != [root]:
        raise Broken
    return texts


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    return parser


def _parse(parser: expat.XMLParserType, body: bytes) -> None:
    try:
        # Some servers send blanks first, to keep the connection alive while they work.
        parser.Parse(body.lstrip(), True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        if isinstance(error, KeyError):
            raise
        raise Broken from None


def _refuse(*_doctype: object) -> None:
    raise Broken
