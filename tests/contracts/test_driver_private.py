"""Every use of a library's private name in `storage_core`, and what is relied on in each.

A new version of a library that changes one of them fails the test of that name. A use that is not
in this list fails as well; a new one belongs into the folder of its driver, and into the list.
"""

from __future__ import annotations

import _thread
import importlib
import inspect
import re
import ssl
import sys
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from queue import SimpleQueue
from secrets import token_hex
from typing import Any

import aiohttp
import fsspec
import gcsfs.core
import pytest
from aiobotocore.httpsession import AIOHTTPSession
from botocore.awsrequest import AWSRequest
from botocore.exceptions import HTTPClientError
from botocore.httpsession import URLLib3Session
from botocore.session import Session
from fsspec.asyn import AsyncFileSystem
from fsspec.spec import AbstractBufferedFile, AbstractFileSystem

import storage_core
from storage_core.backends.drivers import fsspec as fsspec_driver
from tests.contracts.private_names import Use, uses

DRIVERS = "storage_core.backends.drivers"


async def requests_are_made_by_it() -> None:
    """Overridden so that no redirect is followed: aiohttp would follow it with the credentials."""
    asked: list[Any] = []

    class Session:
        async def request(self, *_: Any, **options: Any) -> Any:
            asked.append(options)
            raise ConnectionError

    class Recording(AIOHTTPSession):
        async def _get_session(self, proxy_url: str | None) -> Any:
            asked.append(await super()._get_session(proxy_url))
            return Session()

    async with Recording() as session:
        with pytest.raises(HTTPClientError):
            await session.send(AWSRequest("GET", "http://127.0.0.1:1/").prepare())
    opened, options = asked
    assert isinstance(opened, aiohttp.ClientSession)
    assert "allow_redirects" not in options


async def it_connects() -> None:
    """Called since gcsfs does so only in the calls of its own, and has no other name for it."""
    fs = gcsfs.core.GCSFileSystem(token="anon", asynchronous=True, skip_instance_cache=True)
    with pytest.raises(RuntimeError):
        _ = fs.session
    await fs._set_session()
    assert isinstance(fs.session, aiohttp.ClientSession)
    await fs.session.close()


CALLED: dict[str, tuple[Any, dict[str, Any]]] = {
    "cat_file": (("path",), {"start": 0, "end": 1}),
    "info": (("path",), {}),
    "ls": (("path",), {"detail": True}),
    "makedirs": (("path",), {"exist_ok": True}),
    "pipe_file": (("path", b""), {}),
    "put_file": (("here", "path"), {}),
    "rm_file": (("path",), {}),
}
"""The methods that are called on any file system of fsspec, and how."""


async def they_are_what_asynchronous_file_systems_do() -> None:
    """Called on the event loop, as fsspec's documentation says; those without `_` would block."""
    folder = Path(inspect.getfile(fsspec_driver)).parent
    source = "".join(path.read_text() for path in folder.glob("*.py"))
    assert set(re.findall(r'\.do\(\s*"(\w+)"', source)) == set(CALLED)
    for name, (args, options) in CALLED.items():
        method = getattr(AsyncFileSystem, f"_{name}")
        assert inspect.iscoroutinefunction(method), name
        inspect.signature(method).bind(None, *args, **options)


async def botocore_connects_by_them() -> None:
    client = Session().create_client(
        "sts", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key=token_hex(4)
    )
    http = client._endpoint.http_session
    assert isinstance(http, URLLib3Session)
    ours = ssl.create_default_context()
    http._get_ssl_context = lambda: ours
    assert http._get_pool_manager_kwargs()["ssl_context"] is ours
    assert http._manager.connection_pool_kw["ssl_context"] is not ours


async def fsspec_asks_a_file_system_by_them() -> None:
    """Overridden as fsspec's documentation says: it has no other names for what it asks."""
    asked: list[str] = []

    class Probe(AbstractFileSystem):
        protocol = f"probe{token_hex(4)}"
        _fs_token = "a token"

        @staticmethod
        def _get_kwargs_from_urls(path: str) -> dict[str, Any]:
            asked.append("_get_kwargs_from_urls")
            return {}

        @classmethod
        def _strip_protocol(cls, path: Any) -> Any:
            asked.append("_strip_protocol")
            return super()._strip_protocol(path)

        def _open(self, path: str, *_: Any, **options: Any) -> Any:
            asked.append("_open")
            return File(self, path, size=3, cache_type="none")

    class File(AbstractBufferedFile):
        def _fetch_range(self, start: int, end: int) -> bytes:
            asked.append("_fetch_range")
            return b"abc"[start:end]

    fsspec.register_implementation(Probe.protocol, Probe)
    with fsspec.open(f"{Probe.protocol}://x") as file:
        assert file.read() == b"abc"
    assert Probe().__dask_tokenize__() == "a token"
    assert {*asked} == {"_get_kwargs_from_urls", "_strip_protocol", "_open", "_fetch_range"}


async def python_tells_who_calls() -> None:
    """There are no public names for a caller's frame, and for threads of other languages."""
    assert sys._getframe().f_code.co_name == "python_tells_who_calls"
    found: SimpleQueue[object] = SimpleQueue()
    _thread.start_new_thread(lambda: found.put(threading.current_thread()), ())
    assert isinstance(found.get(timeout=60), threading._DummyThread)


FILES = "storage_core.fs"

USES: dict[str, tuple[Use, Callable[[], Awaitable[None]]]] = {
    "aiobotocore: AIOHTTPSession._get_session": (
        Use("_get_session", f"{DRIVERS}.s3fs.client"),
        requests_are_made_by_it,
    ),
    **{
        f"botocore: {name}": (Use(name, f"{DRIVERS}.clouds.aws.machine"), botocore_connects_by_them)
        for name in ("_endpoint", "_manager", "_get_ssl_context")
    },
    "fsspec: AsyncFileSystem._cat_file, _info and so on": (
        Use("_*", f"{DRIVERS}.fsspec.calls"),
        they_are_what_asynchronous_file_systems_do,
    ),
    "gcsfs: GCSFileSystem._set_session": (
        Use("_set_session", f"{DRIVERS}.gcsfs.client"),
        it_connects,
    ),
    **{
        f"fsspec: {name} in {module}": (
            Use(name, f"{FILES}.{module}"),
            fsspec_asks_a_file_system_by_them,
        )
        for name, modules in {
            "_fetch_range": ("reading",),
            "_fs_token": ("configured", "single"),
            "_get_kwargs_from_urls": ("configured",),
            "_open": ("files",),
            "_strip_protocol": ("configured", "pairs", "path", "single"),
        }.items()
        for module in modules
    },
    "sys._getframe": (Use("_getframe", f"{FILES}.writing"), python_tells_who_calls),
    "threading._DummyThread": (Use("_DummyThread", f"{FILES}.positions"), python_tells_who_calls),
}


@pytest.mark.parametrize("use", USES)
async def test_a_private_name_is_what_it_was(use: str) -> None:
    try:
        await USES[use][1]()
    except (Exception, pytest.fail.Exception) as error:
        raise AssertionError(f"{use} is another thing in this version") from error


def test_the_list_is_complete_and_all_of_it_is_in_folders_that_stand_on_a_library() -> None:
    found = uses(storage_core)
    assert found == {use for use, _ in USES.values()}
    assert [use for use in found if not re.match(rf"{DRIVERS}\.\w+\.|{FILES}\.", use.module)] == []


MADE_UP = """
import logging, os
from json import _default_decoder
from collections import namedtuple
class Ours(namedtuple("Ours", "a")):
    def _mine(self): return self._also_mine, self._replace(a=1), self._theirs
    _also_mine = 1
class Formatter(logging.Formatter):
    def __init__(self): self._style = None
def use(other):
    os._exit(1)
    getattr(other, "_by_text")
    return other._mine, other._reached, other.__name__
"""


def test_whatever_way_a_private_name_is_reached_it_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "made_up").mkdir()
    (tmp_path / "made_up" / "__init__.py").write_text("")
    (tmp_path / "made_up" / "module.py").write_text(MADE_UP)
    monkeypatch.syspath_prepend(tmp_path)
    found = uses(importlib.import_module("made_up"))
    names = {"_default_decoder", "_theirs", "_style", "_by_text", "_reached"}
    assert found == {Use(name, "made_up.module") for name in names}
