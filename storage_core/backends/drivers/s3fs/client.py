"""The part of S3's client that s3fs leaves to botocore: its session. Called by the S3 backend."""

from __future__ import annotations

from functools import cache
from typing import Any

from aiobotocore.httpsession import AIOHTTPSession  # type: ignore[import-untyped]
from aiobotocore.session import AioSession  # type: ignore[import-untyped]
from botocore.loaders import create_loader

from storage_core.backends.remote.faults import Redirected


class HTTPSession(AIOHTTPSession):  # type: ignore[misc]
    """Follows no redirect: botocore's own session does not, and the token would travel along."""

    async def send(self, request: Any) -> Any:
        answer = await super().send(request)
        # A region is botocore's to deal with, which signs the request anew for it.
        if 300 <= answer.status_code < 400 and "x-amz-bucket-region" not in answer.headers:
            raise Redirected
        return answer

    async def _get_session(self, proxy_url: str | None) -> Any:
        return _NotFollowing(await super()._get_session(proxy_url))


class _NotFollowing:
    def __init__(self, session: Any) -> None:
        self._session = session

    def request(self, *args: Any, **kwargs: Any) -> Any:
        return self._session.request(*args, **kwargs, allow_redirects=False)


@cache
def descriptions(data_path: str | None) -> Any:
    """What botocore knows of S3, read once: every session would read it again, for 0.1 s."""
    loader = create_loader(data_path)
    for part in ("service-2", "endpoint-rule-set-1"):
        loader.load_service_model("s3", part)
    for name in ("endpoints", "partitions", "sdk-default-configuration"):
        loader.load_data(name)
    return loader


def session_of(arguments: dict[str, Any]) -> Any:
    """A session like the one that s3fs would make itself."""
    session = AioSession(**arguments)
    loader = descriptions(session.get_config_variable("data_path"))
    session.register_component("data_loader", loader)
    return session
