"""What Google Cloud Storage answers when it does not do what it is asked."""

from __future__ import annotations

from json import loads
from typing import Final

REDIRECTS: Final = 300
"""The first status of an answer that does not come with what was asked for."""

FAILURES: Final = 400

LONGEST: Final = 65536
"""Bytes that are read of such an answer."""


class Refused(Exception):
    """An answer that is no success, in the service's own words."""

    def __init__(self, said: str, status: int = 0) -> None:
        """Remember it. The status may be left out, as pickle does, which sets it afterwards.

        Args:
            said: in the answer.
            status: of it.
        """
        super().__init__(said)
        self.status = status


class Unreadable(Exception):
    """An answer that is none of Google's, though it says that all is well."""

    status = 200

    def __init__(
        self, said: str = "what answers there does not speak the protocol of Google Cloud Storage"
    ) -> None:
        """Say so."""
        super().__init__(said)


def refusal(status: int, content: bytes) -> Refused:
    """What to raise for an answer.

    Args:
        status: which is no success.
        content: the beginning of it.
    """
    return Refused(f"{_said(content) or _phrase(status)}, {status}", status)


def _said(content: bytes) -> str:
    """The words for a person, which are in JSON where it is the service that answers."""
    text = content.decode("utf-8", "replace").strip()
    if text.startswith("<"):
        return ""  # A page of whatever stands in front of it.
    try:
        error = loads(text)["error"]
        said = error if isinstance(error, str) else error.get("message")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return text
    return said.strip() if isinstance(said, str) else ""


def _phrase(status: int) -> str:
    from http import HTTPStatus

    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "no reason given"
