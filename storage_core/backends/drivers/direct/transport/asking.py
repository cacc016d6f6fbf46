"""Small requests to services that give out tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage_core.backends.drivers.direct.transport.transport import Transport
    from storage_core.backends.remote.limit import Limit


_MOST: Final = 1024 * 1024
"""The most bytes of an answer."""


def ask(
    transport: Transport,
    limit: Limit,
    url: str,
    *,
    form: Mapping[str, str] | None = None,
    json: Any = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[int, bytes]:
    """Send a request and return the status and the body of the answer, whatever they are.

    Args:
        transport: sends it.
        limit: how long it may take.
        url: where to.
        form: fields to post as a form.
        json: data to post as JSON; without either it is a GET.
        headers: to send as well.
    """
    kind, body = None, None
    if form is not None:
        from urllib.parse import urlencode

        kind, body = "application/x-www-form-urlencoded", urlencode(form).encode()
    elif json is not None:
        from json import dumps

        kind, body = "application/json", dumps(json).encode()
    sent = {"Accept": "application/json", **(headers or {})}
    if kind is not None:
        sent["Content-Type"] = kind
    answer = transport.exchange(limit, "GET" if body is None else "POST", url, sent, body)
    return answer.status, answer.read(_MOST)
