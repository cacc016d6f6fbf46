"""Makes the requests of one attempt, by what is known about the service from earlier ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from storage_core.backends.drivers.clouds.aws.answers import Refusal, fault_of
from storage_core.backends.drivers.direct.s3.client import broken
from storage_core.backends.remote.faults import ConditionRefused, Fault
from storage_core.backends.remote.limit import Limit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage_core.backends.drivers.direct.s3.client import Client, Reply, Request
    from storage_core.backends.drivers.direct.transport import Answer

_MAYBE_CONDITION: Final = (Fault.OTHER, Fault.UNSUPPORTED)
"""The faults of answers that may be due to a write's condition without saying so."""


class Habits:
    """What is known about a service from its answers, shared by all sessions."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self.unconditional: set[str] = set()
        """Operations that the service does not accept with a condition."""

        self.needs_digest = False
        """Whether the service only accepts an object's bytes with their digest."""


class Asking:
    """Makes requests within one limit."""

    def __init__(self, client: Client, habits: Habits, limit: Limit) -> None:
        """Send nothing yet.

        Args:
            client: signs and sends.
            habits: of the service.
            limit: how long all requests together may take.
        """
        self._client = client
        self._habits = habits
        self._limit = limit

    def afresh(self) -> Asking:
        """The same with the whole time of a call, for work after this one's time is up."""
        return Asking(self._client, self._habits, Limit(self._client.timeout))

    def opened(self, request: Request) -> Answer:
        """Send a request and return the answer, with its body still to be read."""
        return self._client.opened(self._limit, request)

    def read(self, request: Request) -> Reply:
        """Send a request and return the whole answer.

        Raises:
            Refusal: it is refused or has failed, even if only the body of the answer says so, or
                the end of the body is missing.
        """
        reply = self._client.read(self._limit, request)
        if reply.body and request.operation != "ListObjectsV2":
            self.fields_of(request, reply)
        return reply

    def link(self, path: str, seconds: int) -> tuple[str, int, str]:
        """The signed URL of an object; see `Client.link`."""
        return self._client.link(self._limit, path, seconds)

    def takes(self, operation: str) -> bool:
        """Whether the service accepts an operation with a condition, as far as is known."""
        return operation not in self._habits.unconditional

    def stored(self, request: Request, *, create: bool) -> Reply:
        """Make the request that creates an object; with `create`, on condition that there is none.

        Raises:
            ConditionRefused: the answer may be due to the condition.
        """
        if not create:
            return self.sent(request)
        if not self.takes(request.operation):
            raise ConditionRefused
        headers = {**(request.headers or {}), "if-none-match": "*"}
        try:
            return self.sent(request._replace(headers=headers))
        except Refusal as refusal:
            if fault_of(refusal.response) in _MAYBE_CONDITION:
                unconditional = self._habits.unconditional
                raise ConditionRefused(lambda: unconditional.add(request.operation)) from refusal
            raise

    def sent(self, request: Request) -> Reply:
        """Make a request; one with bytes of an object has their digest where it is required."""
        if request.operation not in ("PutObject", "UploadPart"):
            return self.read(request)
        if not self._habits.needs_digest:
            try:
                return self.read(request)
            except Refusal as refusal:
                if "Content-MD5" not in str(refusal):
                    raise
                # A bucket with Object Lock accepts no bytes without a digest.
                self._habits.needs_digest = True
        from base64 import b64encode
        from hashlib import md5

        digest = b64encode(md5(request.body or b"", usedforsecurity=False).digest()).decode()
        headers = {**(request.headers or {}), "content-md5": digest}
        return self.read(request._replace(headers=headers))

    def fields_of(self, request: Request, reply: Reply) -> Mapping[str, str]:
        """The fields in the XML of an answer.

        Raises:
            Refusal: its end is missing, or it is an HTML page of something between.
        """
        from storage_core.backends.drivers.direct.s3.bodies import Broken, said

        try:
            found = said(reply.body)
        except Broken:
            raise broken(request, reply) from None
        if found.root.lower() == "html":
            raise broken(request, reply)
        return found.fields
