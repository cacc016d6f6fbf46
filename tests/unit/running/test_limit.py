"""The time of a call that blocks: what makes it longer, and what ends it before."""

from __future__ import annotations

import socket
import time
from threading import Thread

import pytest

from storage_core.backends.base import SLOWEST_RATE
from storage_core.backends.remote.limit import Cancellation, Cancelled, Limit, OutOfTime
from tests.patience import within


def test_it_is_up_when_the_seconds_are() -> None:
    assert 0 < Limit(60).left() <= 60
    limit = Limit(0.05)
    time.sleep(0.06)
    with pytest.raises(OutOfTime):
        limit.left()
    assert isinstance(OutOfTime(), TimeoutError)


def test_bytes_that_come_make_it_longer() -> None:
    limit = Limit(0)
    limit.came(60 * SLOWEST_RATE)
    assert 50 < limit.left() <= 60


def test_who_is_cancelled_does_nothing_more() -> None:
    cancellation = Cancellation()
    limit = Limit(60, cancellation)
    other = limit.another(60)
    cancellation.set()
    cancellation.set()
    for each in (limit, other):
        with pytest.raises(Cancelled):
            each.left()
        with within(5), pytest.raises(Cancelled):
            each.pause(30)
    # Nothing that handles errors takes it for one.
    assert not isinstance(Cancelled(), Exception)


def test_cancelling_frees_a_thread_that_waits_for_a_socket() -> None:
    ours, theirs = socket.socketpair()
    cancellation = Cancellation()
    limit = Limit(60, cancellation)
    received: list[bytes] = []

    def receive() -> None:
        limit.hold(ours)
        received.append(ours.recv(1))

    waiting = Thread(target=receive)
    waiting.start()
    while not cancellation._held:
        time.sleep(0.001)
    cancellation.set()
    waiting.join(5)
    assert received == [b""]
    with pytest.raises(Cancelled):
        limit.release(ours)
    with pytest.raises(Cancelled):
        limit.hold(theirs)
    for each in (ours, theirs):
        each.close()


def test_a_socket_that_is_released_is_left_alone() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        cancellation = Cancellation()
        limit = Limit(60, cancellation)
        limit.hold(ours)
        limit.release(ours)
        cancellation.set()
        ours.sendall(b"x")
        assert theirs.recv(1) == b"x"
