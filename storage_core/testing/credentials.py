"""What every store promises if its server checks credentials."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from secrets import token_hex
from typing import Any

import pytest

import storage_core
from storage_core import StorageConfiguration
from storage_core.redaction import secret_spans
from storage_core.testing.remote import RemoteCases


class CredentialCases(RemoteCases):
    """Cases for a type whose server checks credentials."""

    @pytest.fixture
    def wrong_credentials(self) -> StorageConfiguration:
        raise NotImplementedError

    def test_wrong_credentials_are_denied_everywhere(
        self, wrong_credentials: StorageConfiguration
    ) -> None:
        store = storage_core.open_store(wrong_credentials)
        key = f"results/{token_hex(16)}"
        for call in (
            lambda: store.write(b"x"),
            lambda: store.read(key),
            lambda: list(store.list()),
            store.check,
        ):
            started = time.monotonic()
            with pytest.raises(storage_core.AccessDenied) as caught:
                call()
            # Refused credentials are not retried: who mistyped a password learns it at once.
            assert time.monotonic() - started < 5
            assert "\n" not in str(caught.value)
            for secret in wrong_credentials.secrets():
                assert secret not in str(caught.value)

    def test_an_error_keeps_no_frame_that_holds_a_secret(
        self, wrong_credentials: StorageConfiguration, server_down: StorageConfiguration
    ) -> None:
        refused = storage_core.open_store(wrong_credentials)
        down = storage_core.open_store(server_down, timeout=0.2)
        secrets = {*_secrets_of(wrong_credentials), *_secrets_of(server_down)}
        assert secrets
        for call in (
            lambda: refused.write(b"x"),
            refused.check,
            lambda: list(refused.list()),
            down.check,
            lambda: down.read(f"results/{token_hex(16)}"),
        ):
            with pytest.raises(storage_core.StorageError) as caught:
                call()
            for each in _chain(caught.value):
                for said in (repr(each), str(each), *_locals_of(each)):
                    for secret in secrets:
                        assert secret not in said

    def test_references_are_resolved_again_when_credentials_are_refused(
        self,
        configuration: StorageConfiguration,
        wrong_credentials: StorageConfiguration,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        right: dict[str, str] = {}

        def referring(wrong: Any, good: Any) -> Any:
            """`wrong`, with a reference to a variable in place of each text that differs."""
            if isinstance(wrong, dict) and isinstance(good, dict):
                return {key: referring(wrong[key], good.get(key)) for key in wrong}
            if isinstance(wrong, list) and isinstance(good, list):
                return list(map(referring, wrong, good))
            if wrong == good or not isinstance(wrong, str):
                return wrong
            name = f"ROTATED_{len(right)}"
            monkeypatch.setenv(name, wrong)
            right[name] = good
            return {"ref": f"env:{name}"}

        changes: dict[str, Any] = {}
        for setting in wrong_credentials.settings():
            wrong = getattr(wrong_credentials, setting.name)
            found = referring(wrong, getattr(configuration, setting.name))
            is_whole = isinstance(wrong, str) and found != wrong
            changes[setting.name] = found["ref"] if is_whole else found
        store = storage_core.open_store(replace(wrong_credentials, **changes))
        for _ in range(2):
            with pytest.raises(storage_core.AccessDenied):
                store.write(b"x")
        for name, value in right.items():
            monkeypatch.setenv(name, value)
        with ThreadPoolExecutor(4) as pool:
            keys = list(pool.map(lambda number: store.write(b"%d" % number), range(4)))
        assert [store.read(key) for key in keys] == [b"0", b"1", b"2", b"3"]
        store.close()
        assert store.read(keys[0]) == b"0"


def _secrets_of(configuration: StorageConfiguration) -> list[str]:
    """The texts that must appear nowhere: the secrets, and passwords in URLs."""
    urls = (
        value
        for setting in configuration.settings()
        if isinstance(value := getattr(configuration, setting.name), str)
    )
    passwords = [url[start:end] for url in urls for start, end in secret_spans(url)]
    return [*configuration.secrets(), *passwords]


def _chain(error: BaseException) -> Iterator[BaseException]:
    """`error`, and all errors that a crash reporter finds from it."""
    pending, seen = [error], set[int]()
    while pending:
        each = pending.pop()
        if id(each) not in seen:
            seen.add(id(each))
            yield each
            pending += filter(None, (each.__cause__, each.__context__))
            if isinstance(each, BaseExceptionGroup):
                pending += each.exceptions


def _locals_of(error: BaseException) -> Iterator[str]:
    """The local variables of the frames in a traceback, except for those of this module."""
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename != __file__:
            yield from map(repr, trace.tb_frame.f_locals.values())
        trace = trace.tb_next
