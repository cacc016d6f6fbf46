"""Requests of one attempt, by what has been learned of the service."""

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
"""What an answer may mean that is about the condition of a write, without saying so."""


class Habits:
    """What has been learned of a service: all sessions go by it."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self.unconditional: set[str] = set()
        """Operations that the service does not take on a condition."""

        self.needs_digest = False
        """Whether bytes are taken only with their digest."""


class Asking:
    """Makes requests within one limit."""

    def __init__(self, client: Client, habits: Habits, limit: Limit) -> None:
        """Ask nothing yet.

        Args:
            client: signs and sends.
            habits: of the service.
            limit: how long all of it may take.
        """
        self._client = client
        self._habits = habits
        self._limit = limit

    def afresh(self) -> Asking:
        """The same with all the time of a call, for what is done when that of this one is up."""
        return Asking(self._client, self._habits, Limit(self._client.timeout))

    def opened(self, request: Request) -> Answer:
        """What a request is answered, with its body still to be read."""
        return self._client.opened(self._limit, request)

    def read(self, request: Request) -> Reply:
        """What a request is answered, as a whole.

        Raises:
            Refusal: it is refused, or has failed; also where that only stands in the body of the
                answer, or the end of that is missing.
        """
        reply = self._client.read(self._limit, request)
        if reply.body and request.operation != "ListObjectsV2":
            self.fields_of(request, reply)
        return reply

    def link(self, path: str, seconds: int) -> tuple[str, int, str]:
        """The signed address of an object; see `Client.link`."""
        return self._client.link(self._limit, path, seconds)

    def takes(self, operation: str) -> bool:
        """Whether the service takes an operation on a condition, as far as anybody knows."""
        return operation not in self._habits.unconditional

    def stored(self, request: Request, *, create: bool) -> Reply:
        """Make the request that makes an object appear, on a condition if so asked.

        Raises:
            ConditionRefused: the answer, whatever it is about, may be about the condition.
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
        """Make a request; one with bytes of an object also with their digest, where it is due."""
        if request.operation not in ("PutObject", "UploadPart"):
            return self.read(request)
        if not self._habits.needs_digest:
            try:
                return self.read(request)
            except Refusal as refusal:
                if "Content-MD5" not in str(refusal):
                    raise
                # A bucket that keeps what is in it (Object Lock) takes no bytes without.
                self._habits.needs_digest = True
        from base64 import b64encode
        from hashlib import md5

        digest = b64encode(md5(request.body or b"", usedforsecurity=False).digest()).decode()
        headers = {**(request.headers or {}), "content-md5": digest}
        return self.read(request._replace(headers=headers))

    def fields_of(self, request: Request, reply: Reply) -> Mapping[str, str]:
        """What an answer says.

        Raises:
            Refusal: its end is missing, or it is a page for people, of whatever is on the way.
        """
        from storage_core.backends.drivers.direct.s3.bodies import Broken, said

        try:
            found = said(reply.body)
        except Broken:
            raise broken(request, reply) from None
        if found.root.lower() == "html":
            raise broken(request, reply)
        return found.fields
