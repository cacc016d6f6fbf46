"""The services that speak S3, and what each of them does by rules of its own.

What is declared here was seen on the version named, and is measured anew by each `make
test-servers`: a service that has changed fails a test.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Final, Literal, NamedTuple, TypeAlias

from storage_core.testing.backends import BackendCases
from tests.servers.moto import moto
from tests.servers.rclone import rclone_s3
from tests.servers.s3 import S3Server
from tests.servers.s3rver import s3rver
from tests.servers.swift import swift

Condition: TypeAlias = Literal["keeps", "ignores", "refuses"]
"""What becomes of a write on condition that nothing is replaced."""


class Service(NamedTuple):
    """One service."""

    name: str
    start: Callable[..., AbstractContextManager[S3Server]]
    condition: Condition
    """On a PUT."""

    condition_on_parts: Condition
    """On the request that puts the parts of an upload together."""

    spans: Sequence[tuple[int, int]] = BackendCases.spans
    """Ranges that it answers."""

    objects_below_objects: bool = True
    """Whether there can be an object `a/b` beside `a/b/c`, as on S3 itself."""

    lists_on: bool = True
    """Whether a listing has a second page."""

    checks_secret: bool = True
    checks_clock: bool = True
    """Whether a request is refused that seems to be signed an hour ago."""

    both_win: Literal["never", "at times", "always"] = "never"
    """Of two writers of one new key in the same moment, by boto3: both are told that they have
    written it."""

    framing: Literal["takes", "refuses", "stores"] = "takes"
    """What becomes of a PUT with AWS's newer checksums over https, which come in a framing."""


SERVICES: Final = (
    # 5.2.5
    Service("moto", moto, "keeps", "keeps", checks_clock=False),
    # 1.75.2: keeps objects as files of these names
    Service(
        *("rclone", rclone_s3, "ignores", "ignores"),
        objects_below_objects=False,
        both_win="always",
        framing="refuses",
    ),
    # 3.7.1: knows one key, takes any secret for it, and answers bytes=0-0 with the whole object;
    # its token of a second page is made by DES, which OpenSSL 3, and with it Node 17, has no more
    Service(
        *("s3rver", s3rver, "ignores", "ignores"),
        spans=((0, 2), *BackendCases.spans[1:]),
        lists_on=False,
        checks_secret=False,
        both_win="always",
        framing="stores",
    ),
    # 2.35.5
    Service("Swift 2.35", partial(swift, version="2.35"), "refuses", "keeps"),
    # 2.38.3: looks and writes in two steps
    Service(*("Swift 2.38", partial(swift, version="2.38"), "keeps", "keeps"), both_win="at times"),
)
