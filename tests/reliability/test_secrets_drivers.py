"""Figure 12, second part: what the library, its drivers and their failures show holds no secret."""

from __future__ import annotations

import asyncio
import copy
import logging
import pickle
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

import storage_core
from storage_core import (
    S3Storage,
    StorageConfiguration,
    StorageError,
)
from storage_core.declaration.configuration import Opening
from tests.figures import Figure
from tests.reliability.canary import Canaries
from tests.reliability.scenarios import TYPES
from tests.reliability.sinks import living, logged, shown


def use(configuration: StorageConfiguration, timeout: float, folder: Path) -> Iterator[str]:
    """Use a store in every way there is: what failures print, and what objects say they are."""
    try:
        store = storage_core.open_store(configuration, timeout=timeout)
    except StorageError as error:
        yield from shown(error)
        return
    source = folder / "source"
    source.write_bytes(b"from a file")
    known = "results/unknown"
    with suppress(StorageError):
        known = store.write(b"known")
    calls: tuple[Callable[[], object], ...] = (
        store.check,
        lambda: store.write(b"x"),
        lambda: store.write(b"x", key="results/chosen"),
        lambda: store.write(b"x", key="results/chosen"),
        lambda: store.write_file(source, "flows"),
        lambda: store.read(known),
        lambda: store.read("results/missing"),
        lambda: store.read_file(known, folder / "copy"),
        lambda: store.open(known).read(),
        lambda: store.exists(known),
        lambda: list(store.list()),
        lambda: asyncio.run(store.awrite(b"x")),  # type: ignore[arg-type]
        lambda: asyncio.run(store.aread(known)),  # type: ignore[arg-type]
        lambda: store.delete(known),
    )
    for call in calls:
        try:
            call()
        except StorageError as error:
            yield from shown(error)
    yield from living()
    store.close()


def searched(
    name: str, request: pytest.FixtureRequest, canaries: Canaries, folder: Path, only: str = ""
) -> tuple[int, int, list[str]]:
    """How many scenarios of a type, how many texts they showed, and the secrets in those.

    Of all scenarios, those with `only` in their names.
    """
    found = TYPES[name](request, canaries, request.getfixturevalue("server_down_url"))
    scenarios = {what: scenario for what, scenario in found.items() if only in what}
    texts: set[str] = set()
    with logged() as log:
        for what, scenario in scenarios.items():
            texts |= {*use(scenario, 0.1 if "down" in what else 3, folder)}
    texts |= {*log.getvalue().splitlines()}
    return len(scenarios), len(texts), canaries.hits("\n".join(texts))


@pytest.mark.parametrize("name", TYPES)
def test_neither_logs_nor_failures_nor_reprs_show_a_secret(
    name: str, request: pytest.FixtureRequest, canaries: Canaries, tmp_path: Path
) -> None:
    scenarios, texts, hits = searched(name, request, canaries, tmp_path)
    assert hits == []
    assert texts > 10 * scenarios


@pytest.mark.reliability
def test_figure_12_every_driver_and_failure(
    request: pytest.FixtureRequest, canaries: Canaries, tmp_path: Path, figure: Figure
) -> None:
    found = [searched(name, request, canaries, tmp_path) for name in TYPES]
    scenarios, texts = (sum(each[index] for each in found) for index in (0, 1))
    hits = [hit for _, _, some in found for hit in some]
    figure(
        12,
        f"{len(canaries.by_field)} secrets in DEBUG logs, tracebacks with their chains and reprs: "
        f"{scenarios} configurations of {len(TYPES)} types, right and wrong, {texts} texts",
        f"{len(hits)} hits",
    )
    assert hits == []


def test_the_drivers_own_logs_would_show_a_session_token(
    request: pytest.FixtureRequest,
    canaries: Canaries,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The positive control of the logs: the same without the cleaning of records."""
    # Requests of our own write nothing there.
    monkeypatch.setenv("STORAGE_ENGINE", "fsspec")
    monkeypatch.setattr("storage_core.logs._clean", lambda record: None)
    _, _, hits = searched("S3", request, canaries, tmp_path, "token")
    assert "s3 aws_session_token (plain)" in hits


def test_each_sink_of_the_library_would_show_a_secret(canaries: Canaries) -> None:
    """The positive controls of exceptions and reprs."""
    secret = canaries.new("not where secrets belong")

    class Talkative:
        """An object that shows what it holds, as a dataclass does."""

        __module__ = "storage_core.made_up"

        def __repr__(self) -> str:
            return f"Talkative({secret!r})"

    talkative = Talkative()
    assert canaries.hits("\n".join(living()))
    del talkative
    for error in (
        StorageError(secret),
        caused(StorageError("harmless"), ValueError(secret)),
        caused(StorageError("harmless"), caused(ValueError("harmless"), KeyError(secret))),
        StorageError("harmless", secret),
        noted(StorageError("harmless"), secret),
        ExceptionGroup("harmless", [ValueError(secret)]),
    ):
        assert canaries.hits("\n".join(shown(error)))
    with logged() as log:
        logging.getLogger("a.made.up").debug("token %s", secret)
    assert canaries.hits(log.getvalue())


def caused(error: Exception, by: Exception) -> Exception:
    error.__context__ = by
    return error


def noted(error: Exception, note: str) -> Exception:
    error.add_note(note)
    return error


# --- pickles and copies -------------------------------------------------------------------------


def test_a_pickled_store_has_the_references_and_not_what_they_name(
    canaries: Canaries, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = TYPES["S3"](request, canaries, "http://127.0.0.1:1")["right"]
    assert isinstance(right, S3Storage)
    for name in ("aws_access_key_id", "aws_secret_access_key"):
        monkeypatch.setenv(f"TEST_{name}", getattr(right, name))
    canaries.keep("s3, the right ID", f"{right.aws_access_key_id}{'-' * 24}"[:24])
    store = storage_core.open_store(
        replace(
            right,
            aws_access_key_id="env:TEST_aws_access_key_id",
            aws_secret_access_key="env:TEST_aws_secret_access_key",
        )
    )
    key = store.write(b"signed")
    for each in (store, copy.copy(store), copy.deepcopy(store), store.configuration):
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            pickled = pickle.dumps(each, protocol)
            assert canaries.hits(pickled) == []
            assert b"env:TEST_aws_secret_access_key" in pickled
    assert pickle.loads(pickle.dumps(store)).read(key) == b"signed"
    assert canaries.hits(pickle.dumps(right))


def test_what_a_storage_type_is_opened_with_does_not_show_its_secrets(canaries: Canaries) -> None:
    opening = Opening(10.0, (canaries.new("resolved"),))
    assert canaries.hits(f"{opening} {opening!r} {[opening]}") == []
