"""A client of aiobotocore like that of s3fs, but without redirects and retries."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from weakref import WeakSet

from aiobotocore.httpsession import AIOHTTPSession  # type: ignore[import-untyped]
from aiobotocore.session import AioSession  # type: ignore[import-untyped]
from botocore.exceptions import ClientError, ConfigParseError, ProfileNotFound
from botocore.handlers import add_expect_header
from botocore.utils import parse_timestamp

from storage_core.backends.drivers.clouds.aws.answers import Refusal, fault_of, is_stale
from storage_core.backends.drivers.clouds.aws.descriptions import descriptions
from storage_core.backends.drivers.clouds.aws.failures import explained
from storage_core.backends.drivers.clouds.aws.linking import held, nobody_signs
from storage_core.backends.drivers.clouds.aws.machine import isolate
from storage_core.backends.drivers.clouds.aws.partitions import is_aws
from storage_core.backends.drivers.clouds.aws.refusals import refused
from storage_core.backends.drivers.clouds.aws.search import Search
from storage_core.backends.drivers.clouds.aws.signing_in import SigningIn
from storage_core.backends.drivers.isolated import isolated
from storage_core.backends.drivers.s3fs.imported import s3fs
from storage_core.backends.drivers.s3fs.lasting import Lasting
from storage_core.backends.remote.faults import Fault, ProxyRefused, Redirected
from storage_core.backends.remote.worker import in_thread

if TYPE_CHECKING:
    from collections.abc import Mapping
    from ssl import SSLContext

    from storage_core.backends.drivers.clouds.aws.identity import Identity
    from storage_core.backends.remote.network import Network


_ANYWHERE: Final = (None, "aws-global", "us-east-1")
"""Regions for which AWS's global address is used, which has no region."""


class Client(NamedTuple):
    """The signed-in client, and the parameters that options add to its requests."""

    driver: Any
    parameters: Any
    """Knows which parameters each request takes."""

    signing_in: SigningIn | None
    """Finds credentials; None if they are the configuration's own keys."""

    identity: Identity
    """Who signs in, by the configuration."""

    fitted: WeakSet[Any]
    """The clients of botocore that are adjusted to their server: one, or one for each region."""

    async def call(self, method: str, **arguments: Any) -> Any:
        """Make one request.

        Raises:
            Refusal: the service has refused it, or failed; botocore's error is its cause.
        """
        client = await self.driver.get_s3(arguments.get("Bucket"))
        if client not in self.fitted:
            _fit(client, self.driver.config_kwargs)
            self.fitted.add(client)
        added = {**self.driver.s3_additional_kwargs, **self.driver.req_kw, **arguments}
        request = partial(getattr(client, method), **self.parameters.filter_dict(method, added))
        used = self.signing_in.now if self.signing_in else None
        try:
            return await request()
        except ClientError as error:
            refusal = error
        if await self._has_others(refusal, used):
            try:
                return await request()
            except ClientError as error:
                refusal = error
        raise Refusal(refusal.response, refusal.operation_name) from self._explained(refusal)

    async def _has_others(self, refusal: ClientError, used: Any) -> bool:
        """Whether there are other credentials than those that were refused."""
        if self.signing_in is None or fault_of(refusal.response) is not Fault.DENIED:
            return False
        return await in_thread(self.signing_in.renew, used, is_certain=is_stale(refusal.response))

    def _explained(self, refusal: ClientError) -> BaseException | None:
        if fault_of(refusal.response) is Fault.DENIED:
            who = self.signing_in.who if self.signing_in else ""
            if (said := refused(refusal.response, self.identity, who)) is not None:
                said.__cause__ = refusal
                return said
        cause: BaseException = refusal
        return cause

    async def link(self, where: Mapping[str, str], seconds: int) -> tuple[str, int, str]:
        """The signed URL of an object, for how many seconds it is valid, and what ends it earlier.

        Raises:
            UnsupportedOperation: there are no credentials to sign it with.
        """
        if self.identity.is_anonymous:
            raise nobody_signs()
        if self.signing_in is not None:
            await in_thread(self.signing_in.credentials)
        seconds, hint = held(seconds, self.signing_in, self.identity.token)
        client = await self.driver.get_s3(where["Bucket"])
        url = await client.generate_presigned_url("get_object", Params=where, ExpiresIn=seconds)
        return url, seconds, hint

    async def close(self) -> None:
        """Close the connections."""
        if self.signing_in is not None:
            self.signing_in.close()
        await self.driver.s3.close()


async def connected(
    arguments: dict[str, Any],
    identity: Identity,
    *,
    timeout: float,  # noqa: ASYNC109 (of each step)
    network: Network,
) -> Client:
    """A client that is signed in.

    Args:
        arguments: of `s3fs.S3FileSystem`.
        identity: who signs in.
        timeout: seconds that signing in may take.
        network: how the servers are reached.

    Raises:
        Explained: there are no credentials.
    """
    arguments = _by(network, arguments)
    driver = isolated(
        s3fs.S3FileSystem,
        asynchronous=True,
        skip_instance_cache=True,
        use_listings_cache=False,
        **arguments,
    )
    signing_in = None
    if not identity.is_anonymous and (identity.role.arn or not identity.has_keys):
        signing_in = SigningIn(identity, timeout, network)
        await in_thread(signing_in.credentials)
    try:
        # In a thread: it reads files.
        driver.session = await in_thread(session_of, driver.kwargs, identity)
        if in_profile := driver.session.get_config_variable("ca_bundle"):
            network.trust_of_profile(in_profile)
        if signing_in is not None:
            driver.session.register_component("credential_provider", Lasting(signing_in))
        await driver.set_session()
    except (ConfigParseError, ProfileNotFound) as error:
        raise explained(error, Search(identity, timeout, network)) from error
    if not driver.s3.meta.config.proxies:
        # botocore chooses by the same variables; this call is only for messages to name the proxy.
        network.proxy_for(driver.s3.meta.endpoint_url)
    return Client(driver, s3fs.utils.ParamKwargsHelper(driver.s3), signing_in, identity, WeakSet())


def _fit(client: Any, chosen: Mapping[str, Any]) -> None:
    """Ask a service for nothing that only AWS knows.

    What counts is where the client goes, whichever setting, variable or profile says so. OpenStack
    Swift and rclone refuse the framing that comes with AWS's newer checksums, s3rver stores it as
    the blob, and rclone answers a range with the checksum of the whole.

    Args:
        client: of botocore.
        chosen: what its users want it to be configured with.
    """
    # With a server that does not know "Expect: 100-continue", each upload would wait in vain.
    client.meta.events.unregister("before-call.s3", add_expect_header)
    # For signed URLs botocore has other rules than for requests: the older signature, which newer
    # regions do not accept, and the global host, whose redirects break the newer signature.
    client.meta.events.register_first("choose-signer.s3.GetObject", _as_requests_are_signed)
    client.meta.events.register("before-endpoint-resolution.s3", _as_requests_are_sent)
    if not is_aws(client.meta.endpoint_url):
        for name in ("request_checksum_calculation", "response_checksum_validation"):
            if name not in chosen:
                setattr(client.meta.config, name, "when_required")


def _as_requests_are_signed(signature_version: Any, **_: Any) -> str | None:
    """The signature version of a signed URL; None for requests, and where another was chosen."""
    return "s3v4-query" if signature_version in ("v4-query", "s3v4-query") else None


def _as_requests_are_sent(builtins: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    """Have a signed URL use the host of its region."""
    if context.get("is_presign_request") and builtins.get("AWS::Region") not in _ANYWHERE:
        builtins["AWS::S3::UseGlobalEndpoint"] = False


def _by(network: Network, arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments with what is trusted, unless Options say that themselves."""
    client = dict(arguments.get("client_kwargs") or {})
    if client.get("verify") is not None:
        return arguments
    trusting = type("TrustingSession", (HTTPSession,), {"network": network})
    config = {**arguments["config_kwargs"], "http_session_cls": trusting}
    # Given, so that botocore does not look for it elsewhere; it counts for the way to the proxy.
    path = network.trust.path
    client["verify"] = path if path and os.path.isfile(path) else True
    return {**arguments, "client_kwargs": client, "config_kwargs": config}


class HTTPSession(AIOHTTPSession):  # type: ignore[misc]
    """Follows no redirect, as botocore's own session does not: the token would be sent along."""

    network: Network | None = None
    """Knows the trusted certificates; None for those that botocore is given."""

    context: SSLContext | None = None

    async def send(self, request: Any) -> Any:
        answer = await super().send(request)
        if answer.status_code == ProxyRefused.status:
            raise ProxyRefused
        # A redirect to another region is left to botocore, which signs the request again for it.
        if 300 <= answer.status_code < 400 and "x-amz-bucket-region" not in answer.headers:
            raise Redirected(answer.headers.get("location", ""))
        return answer

    async def _get_session(self, proxy_url: str | None) -> Any:
        if self.network and self.context is None:
            self.context = await in_thread(self.network.context)
        return _Ours(await super()._get_session(proxy_url), self.context)


class _Ours:
    """A session of aiohttp that follows no redirect and trusts the given certificates."""

    def __init__(self, session: Any, context: SSLContext | None) -> None:
        self._session = session
        self._trusting = {} if context is None else {"ssl": context}

    def request(self, *args: Any, **kwargs: Any) -> Any:
        return self._session.request(*args, **kwargs, **self._trusting, allow_redirects=False)


def session_of(arguments: dict[str, Any], identity: Identity) -> Any:
    """A session like the one that s3fs would make itself; see `isolate`."""
    session = AioSession(**arguments)
    if identity.is_whole:
        isolate(session, identity.profile)
    loader = descriptions(session.get_config_variable("data_path"))
    session.register_component("data_loader", loader)
    parsers = session.get_component("response_parser_factory")
    parsers.set_parser_defaults(timestamp_parser=time_said)
    return session


def time_said(said: Any) -> Any:
    """The time that a server gave; None if it is not valid, which must not hide the rest."""
    try:
        return parse_timestamp(said)
    except (ValueError, OverflowError, RuntimeError):
        return None
