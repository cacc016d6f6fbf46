"""Errors for answers of Google Cloud Storage that are not a success."""

from __future__ import annotations

from json import loads
from typing import Final

REDIRECTS: Final = 300
"""The first status that is not a success."""

FAILURES: Final = 400

LONGEST: Final = 65536
"""The most bytes that are read of such an answer."""


class Refused(Exception):
    """An answer that is not a success; the message has the service's own words."""

    def __init__(self, said: str, status: int = 0) -> None:
        """Take what the answer says. Pickle leaves the status out, and sets it afterwards.

        Args:
            said: the words in the answer.
            status: its HTTP status.
        """
        super().__init__(said)
        self.status = status


class Unreadable(Exception):
    """An answer that is not Google's, although its status is a success."""

    status = 200

    def __init__(
        self, said: str = "what answers there does not speak the protocol of Google Cloud Storage"
    ) -> None:
        """Say so."""
        super().__init__(said)


def refusal(status: int, content: bytes) -> Refused:
    """The error to raise for an answer.

    Args:
        status: its HTTP status, which is not a success.
        content: the beginning of its body.
    """
    return Refused(f"{_said(content) or _phrase(status)}, {status}", status)


def _said(content: bytes) -> str:
    """The words for a person, which are in JSON if the answer is the service's own."""
    text = content.decode("utf-8", "replace").strip()
    if text.startswith("<"):
        return ""  # An HTML page of something in front of the service.
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
