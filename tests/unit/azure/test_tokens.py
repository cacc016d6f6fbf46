"""Tokens are kept until shortly before they end, and one thread looks for all."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from storage_core.backends.drivers.clouds.azure.token import Token
from storage_core.backends.drivers.direct.azure import tokens as module
from storage_core.backends.drivers.direct.azure.signing import Bearer
from storage_core.backends.drivers.direct.azure.tokens import Tokens
from storage_core.backends.remote.faults import Explained, Fault
from storage_core.backends.remote.limit import Limit, OutOfTime


def now() -> float:
    """By the clock that tokens are held against."""
    seconds: float = vars(module)["time"].time()
    return seconds


class Giver:
    """Gives tokens that last so long, and counts them."""

    def __init__(self, lasts: float = 3600) -> None:
        self.lasts = lasts
        self.count = 0
        self.allowed = Event()
        self.allowed.set()
        self.asked = Event()
        self.fails = False

    def __call__(self, limit: Limit) -> Token:
        self.count += 1
        self.asked.set()
        assert self.allowed.wait(10)
        if self.fails:
            raise Explained(Fault.DENIED, "no", "ask", while_signing_in=True)
        return Token(f"token {self.count}", int(now() + self.lasts))


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Moves the clock that tokens are held against."""
    real, ahead = time.time, 0.0
    monkeypatch.setattr(module, "time", type("", (), {"time": lambda: real() + ahead}))

    def move(seconds: float) -> None:
        nonlocal ahead
        ahead += seconds

    return move


def test_a_token_is_kept_until_five_minutes_before_its_end(later: Callable[[float], None]) -> None:
    giver = Giver()
    tokens = Tokens(giver)
    assert tokens.get(Limit(1)) == tokens.get(Limit(1)) == "token 1"
    later(3290)
    assert tokens.get(Limit(1)) == "token 1"
    later(20)
    assert tokens.get(Limit(1)) == "token 2"


def test_a_token_that_lasts_for_two_minutes_is_kept_for_one(later: Callable[[float], None]) -> None:
    tokens = Tokens(Giver(lasts=120))
    tokens.get(Limit(1))
    later(55)
    assert tokens.get(Limit(1)) == "token 1"
    later(10)
    assert tokens.get(Limit(1)) == "token 2"


def test_a_refused_token_is_not_used_again_and_another_helps_only_if_it_was_old(
    later: Callable[[float], None],
) -> None:
    tokens = Tokens(Giver())
    signer = Bearer(tokens)
    headers: dict[str, str] = {}
    signer.sign(Limit(1), "GET", "/box", {}, headers)
    assert headers == {"authorization": "Bearer token 1"}
    later(600)
    assert signer.has_another(headers)
    assert tokens.get(Limit(1)) == "token 2"
    # Another thread has been refused with the first one meanwhile.
    assert signer.has_another(headers)
    assert tokens.get(Limit(1)) == "token 2"
    assert not tokens.forget("token 2")
    assert tokens.get(Limit(1)) == "token 3"


def test_one_thread_looks_for_a_token_and_all_get_it_or_are_told() -> None:
    giver = Giver()
    for fails in (False, True):
        tokens = Tokens(giver)
        giver.count, giver.fails = 0, fails
        giver.allowed.clear()
        giver.asked.clear()
        with ThreadPoolExecutor(8) as pool:
            first = pool.submit(tokens.get, Limit(10))
            assert giver.asked.wait(10)
            others = [pool.submit(tokens.get, Limit(10)) for _ in range(7)]
            while pool._work_queue.qsize():
                time.sleep(0.001)
            time.sleep(0.05)
            giver.allowed.set()
            ended = [each.exception() for each in (first, *others)]
        assert giver.count == 1
        assert {str(each) for each in ended} == ({"no"} if fails else {"None"})
    giver.fails = False
    assert tokens.get(Limit(1)) == "token 2"


def test_who_waits_for_another_thread_waits_no_longer_than_the_call_lasts() -> None:
    giver = Giver()
    tokens = Tokens(giver)
    giver.allowed.clear()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(tokens.get, Limit(10))
        assert giver.asked.wait(10)
        with pytest.raises(OutOfTime):
            tokens.get(Limit(0.01))
        giver.allowed.set()
        assert first.result() == "token 1"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_a_forked_child_waits_for_no_thread_of_its_parent() -> None:
    giver = Giver()
    tokens = Tokens(giver)
    giver.allowed.clear()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(tokens.get, Limit(10))
        assert giver.asked.wait(10)
        child = os.fork()
        if child == 0:
            tokens._find = Giver()
            os._exit(0 if tokens.get(Limit(5)) == "token 1" else 1)
        assert os.waitpid(child, 0)[1] == 0
        giver.allowed.set()
        first.result()


def test_a_token_is_not_in_what_is_logged_of_it() -> None:
    assert repr(Token("secret", 5)) == "Token(expires_on=5)"


def test_a_token_that_is_refused_takes_no_other_away(later: Callable[[float], None]) -> None:
    """Another thread finds one between two steps of the thread that was refused."""
    giver = Giver()
    tokens = Tokens(giver)
    found: list[str] = []
    steps = iter([True])

    class First(str):
        __hash__ = str.__hash__

        def __ne__(self, other: object) -> bool:
            if next(steps, False):
                later(4000)
                found.append(tokens.get(Limit(1)))
            return str.__ne__(self, other)

    first = tokens.get(Limit(1))
    tokens._token = Token(First(first), 0)
    tokens.forget(first)
    assert found == ["token 2"]
    assert tokens.get(Limit(1)) == "token 2"


def test_the_same_token_may_be_given_again() -> None:
    tokens = Tokens(lambda limit: Token("same", int(now() + 3600)))
    assert tokens.get(Limit(1)) == "same"
    tokens.forget("same")
    searches = []
    for _ in range(3):
        assert tokens.get(Limit(1)) == "same"
        searches.append(tokens._searches)
    assert searches == [2, 2, 2]
