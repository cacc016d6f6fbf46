"""Errors for answers that a request did not expect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage_core.backends.drivers.direct.transport import Answer

_MOST: Final = 65536
"""The most bytes of an error's body that are read; Azure's have a few hundred."""


class Refused(Exception):
    """Azure has refused a request; the message has its own words."""

    def __init__(self, words: str, status: int, code: str, headers: Mapping[str, str]) -> None:
        """Take what the answer says.

        Args:
            words: Azure's message.
            status: the HTTP status.
            code: Azure's error code; empty if the answer has none.
            headers: of the answer, by names in lower case.
        """
        super().__init__(words)
        self.status_code = status
        self.error_code = code
        self.headers = headers


def refusal(answer: Answer, signed_by: str) -> Exception:
    """The error to raise for an answer; this closes the answer.

    Args:
        answer: with its body still to be read.
        signed_by: the connection string or the SAS that signs.
    """
    # Imported late: it costs as much as a request, and most requests succeed.
    from storage_core.backends.drivers.clouds.azure.refusals import explained

    with answer:
        if said := explained(answer.status, answer.headers, signed_by):
            return said
        words, code = _words(answer, _beginning(answer))
    return Refused(words, answer.status, code, answer.headers)


def _words(answer: Answer, body: bytes) -> tuple[str, str]:
    """Azure's message and error code: from the body, else the headers, as in Azure's client."""
    code = answer.headers.get("x-ms-error-code", "")
    status = answer.reason or f"status {answer.status}"
    otherwise = f"Operation returned an invalid status '{status}'"
    if not body:
        return (otherwise if code else status), code
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    found: dict[str, Any] = {}
    if "xml" in kind:
        from storage_core.backends.drivers.direct.azure.markup import NoXML, children

        try:
            found = {name.lower(): text for name, text in children(body).items()}
        except NoXML:
            return otherwise, code
    elif kind.startswith("text/"):
        return (otherwise if code else body.decode(errors="replace")), code
    return found.get("message") or otherwise, found.get("code") or code


def _beginning(answer: Answer) -> bytes:
    """As much of a body as an error may have."""
    body = b""
    for chunk in answer.chunks():
        body += chunk
        if len(body) > _MOST:
            break
    return body[:_MOST]
