"""An answer that is none of those that were hoped for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage_core.backends.drivers.direct.transport import Answer

_MOST: Final = 65536
"""Bytes of an error's body that are read; Azure's have some hundred."""


class Refused(Exception):
    """What Azure has answered, with its own words."""

    def __init__(self, words: str, status: int, code: str, headers: Mapping[str, str]) -> None:
        """Say it.

        Args:
            words: for people.
            status: of HTTP.
            code: Azure's own, for programs; empty where it has given none.
            headers: of the answer, by names in lower case.
        """
        super().__init__(words)
        self.status_code = status
        self.error_code = code
        self.headers = headers


def refusal(answer: Answer, signed_by: str) -> Exception:
    """What to raise for an answer, which is closed.

    Args:
        answer: with its body still to come.
        signed_by: the connection string or the SAS that signs.
    """
    # Imported late: it costs as much as a request, and most are answered.
    from storage_core.backends.drivers.clouds.azure.refusals import explained

    with answer:
        if said := explained(answer.status, answer.headers, signed_by):
            return said
        words, code = _words(answer, _beginning(answer))
    return Refused(words, answer.status, code, answer.headers)


def _words(answer: Answer, body: bytes) -> tuple[str, str]:
    """Azure's words and its code: from the body, else from the head, as Azure's client has them."""
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
