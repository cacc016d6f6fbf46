"""Sends one signed request; the result is an answer, or a refusal in botocore's form."""

from __future__ import annotations

from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, NamedTuple

from storage_core.backends.drivers.clouds.aws.answers import (
    Refusal,
    fault_of,
    names_another_region,
    region_of,
)
from storage_core.backends.drivers.direct.s3.endpoint import endpoint_of, service_of
from storage_core.backends.drivers.direct.s3.sigv4 import EMPTY
from storage_core.backends.drivers.direct.transport import LONGEST, SHORT, TooLong
from storage_core.backends.remote.faults import BadSettings, Fault, Redirected
from storage_core.backends.remote.lock import Lock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage_core.backends.drivers.clouds.aws.identity import Identity
    from storage_core.backends.drivers.direct.s3.addresses import Addresses
    from storage_core.backends.drivers.direct.s3.endpoint import Addressing, Endpoint
    from storage_core.backends.drivers.direct.s3.signing import Signing
    from storage_core.backends.drivers.direct.s3.sigv4 import Signer
    from storage_core.backends.drivers.direct.transport import Answer, Transport
    from storage_core.backends.remote.limit import Limit
    from storage_core.backends.remote.network import Network

_REGION: Final = "x-amz-bucket-region"


_OF_MANY: Final = ("DeleteObjects", "ListBuckets", "ListObjectsV2")
"""Operations on many objects, whose answers may be long."""


class Request(NamedTuple):
    """A request to a bucket."""

    operation: str
    """AWS's name for it: `PutObject`."""

    method: str
    path: str
    """Below the bucket, percent-encoded, with a `/` in front; empty for the bucket itself."""

    query: str = ""
    """Percent-encoded, its parameters sorted."""

    headers: Mapping[str, str] | None = None
    """With names in lower case."""

    body: bytes | None = None


class Reply(NamedTuple):
    """An answer that has been read."""

    headers: Mapping[str, str]
    body: bytes


class Client:
    """Sends requests to one bucket."""

    def __init__(
        self,
        bucket: str,
        addresses: Addresses,
        signing: Signing,
        identity: Identity,
        transport: Transport,
        network: Network,
        added: Mapping[str, Mapping[str, str]],
        timeout: float,
    ) -> None:
        """Send nothing yet.

        Args:
            bucket: its name; it must exist.
            addresses: tell where it is.
            signing: knows who signs.
            identity: who signs in, by the configuration.
            transport: sends requests.
            network: is told the address of the service.
            added: headers of each operation besides its own.
            timeout: seconds that one call may take.
        """
        self.timeout = timeout
        self._bucket = bucket
        self._addresses = addresses
        self._signing = signing
        self._identity = identity
        self._transport = transport
        self._network = network
        self._added = added
        self._lock = Lock()
        self._given: Addressing | None = None
        self._endpoint: Endpoint | None = None

    def opened(self, limit: Limit, request: Request) -> Answer:
        """Send a request and return the answer, with its body still to be read.

        Raises:
            Refusal: it is refused, or has failed.
            Redirected: the server redirects elsewhere.
            OSError: the connection failed.
        """
        is_moved = is_renewed = False
        while True:
            signer = self._signing.signer(limit)
            endpoint = self._endpoint or self._found(limit)
            answer = self._sent(limit, request, signer, endpoint)
            if answer.status < 300:
                return answer
            refusal = _refusal(answer, request)
            if not is_moved and self._moves(request, refusal, endpoint):
                is_moved = True
            elif not is_renewed and self._signing.has_others(refusal.response, signer):
                is_renewed = True
            else:
                raise refusal from self._said(refusal)

    def read(self, limit: Limit, request: Request) -> Reply:
        """Send a request and return the whole answer.

        Raises:
            Refusal: see `opened`; an answer with a good status may hold one as well.
        """
        answer = self.opened(limit, request)
        body = answer.read(LONGEST if request.operation in _OF_MANY else SHORT)
        # The answer to a request to delete several lists those that are left as errors, too.
        is_whole = request.operation == "DeleteObjects" and b"<DeleteResult" in body
        # It may come after many blanks, which servers send while they work.
        if b"<Error" in body and not is_whole:
            refusal = Refusal(_error(500, answer.headers, body), request.operation)
            raise refusal from self._said(refusal)
        return Reply(answer.headers, body)

    def link(self, limit: Limit, path: str, seconds: int) -> tuple[str, int, str]:
        """The signed URL of an object, for how many seconds it is valid, and what ends it earlier.

        Args:
            limit: how long finding credentials may take.
            path: see `Request.path`.
            seconds: for how long it should be valid.

        Raises:
            UnsupportedOperation: there are no credentials to sign it with.
        """
        # Imported late: no request needs it.
        from storage_core.backends.drivers.clouds.aws.linking import held, nobody_signs
        from storage_core.backends.drivers.direct.s3.presigning import presigned

        signer = self._signing.signer(limit)
        if signer is None:
            raise nobody_signs()
        endpoint = self._endpoint or self._found(limit)
        seconds, hint = held(seconds, self._signing.finding, signer.keys.token)
        added = self._added["GetObject"]
        return presigned(signer, endpoint, path, added, seconds), seconds, hint

    def close(self) -> None:
        """Close idle connections."""
        self._signing.close()
        self._transport.close()

    def _sent(
        self, limit: Limit, request: Request, signer: Signer | None, endpoint: Endpoint
    ) -> Answer:
        operation, method, path, query, own, body = request
        if operation == "ListBuckets":
            endpoint = service_of(endpoint, self._bucket)
        path = f"{endpoint.path}{path}" or "/"
        headers = {"host": endpoint.host, **self._added[operation]}
        if own:
            headers.update(own)
        if signer is not None:
            payload = sha256(body).hexdigest() if body else EMPTY
            signer.sign(method, path, query, headers, payload=payload, region=endpoint.region)
        url = f"{endpoint.origin}{path}?{query}" if query else f"{endpoint.origin}{path}"
        return self._transport.exchange(limit, method, url, headers, body)

    def _found(self, limit: Limit) -> Endpoint:
        with self._lock:
            if self._endpoint is None:
                self._given = self._addresses.read(limit)
                self._endpoint = endpoint_of(self._bucket, self._given)
                of_aws = self._endpoint.origin.replace(f"//{self._bucket}.", "//", 1)
                self._network.service = self._given.endpoint_url or of_aws
            return self._endpoint

    def _moves(self, request: Request, refusal: Refusal, asked: Endpoint) -> bool:
        """Whether to make the request again, for the region that the server names.

        At AWS, each region has its own host; any other service keeps its address.
        """
        region = region_of(refusal.response)
        if not names_another_region(refusal.response, of_head=request.method == "HEAD"):
            return False
        given = self._given
        if given is None or region == asked.region:
            return False
        with self._lock:
            try:
                self._endpoint = endpoint_of(self._bucket, given._replace(region=region))
            except BadSettings:
                return False
        return True

    def _said(self, refusal: Refusal) -> BaseException | None:
        if fault_of(refusal.response) is not Fault.DENIED:
            return None
        # Imported late: only messages need it.
        from storage_core.backends.drivers.clouds.aws.refusals import refused

        return refused(refusal.response, self._identity, self._signing.who)


def broken(request: Request, reply: Reply) -> Refusal:
    """The error for an answer that is not what was expected: its end may be missing."""
    return Refusal(_of_status(500, reply.headers), request.operation)


def _refusal(answer: Answer, request: Request) -> Refusal:
    status, headers = answer.status, answer.headers
    if status < 400 and _REGION not in headers:
        answer.close()
        raise Redirected(headers.get("location", ""))
    try:
        body = answer.read(SHORT)
    except TooLong:
        # Do not wait for a long body: more time is given as bytes come, and the status is enough.
        body = b""
    return Refusal(_error(status, headers, body), request.operation)


def _error(status: int, headers: Mapping[str, str], body: bytes) -> dict[str, object]:
    """An error in botocore's form."""
    if body:
        from storage_core.backends.drivers.direct.s3.bodies import Broken, said

        try:
            fields = dict(said(body).fields)
        except Broken:
            fields = {}
        for name in ("RequestId", "HostId"):
            fields.pop(name, None)
        if fields.get("Code"):
            metadata = {"HTTPStatusCode": status, "HTTPHeaders": headers}
            return {"Error": fields, "ResponseMetadata": metadata}
    return _of_status(status, headers)


def _of_status(status: int, headers: Mapping[str, str]) -> dict[str, object]:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    return {
        "Error": {"Code": str(status), "Message": phrase},
        "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": headers},
    }
