"""Where secrets could come out, and where they may be kept instead: helpers of figure 12."""

from __future__ import annotations

import gc
import io
import logging
import os
import stat
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from keyring.backend import KeyringBackend

from storage_core.cli import main
from tests.reliability.canary import Canaries, secret_fields


class InMemory(KeyringBackend):
    """A keyring for one test."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


def ran(*arguments: str, stdin: str = "") -> str:
    """All that a command prints, on standard output and error, and its exit code."""
    streams = [io.TextIOWrapper(io.BytesIO(text.encode())) for text in (stdin, "", "")]
    before = sys.stdin, sys.stdout, sys.stderr
    sys.stdin, sys.stdout, sys.stderr = streams
    try:
        code = main(arguments)
    finally:
        sys.stdin, sys.stdout, sys.stderr = before
    printed = ""
    for stream in streams[1:]:
        stream.flush()
        printed += stream.buffer.getvalue().decode()  # type: ignore[attr-defined]
    assert "Traceback" not in printed
    return f"{code}\n{printed}"


@contextmanager
def started() -> Iterator[list[str]]:
    """The arguments of every process that is started meanwhile."""
    seen: list[str] = []
    is_listening = True

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if is_listening and event in ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.system"):
            seen.append(repr(args))

    sys.addaudithook(hook)
    try:
        yield seen
    finally:
        is_listening = False


def left_behind(canaries: Canaries, folder: Path) -> set[Path]:
    """The files with a secret in them, apart from the history; each private."""
    found = {path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()}
    found = {path for path in found if canaries.hits(path.read_bytes())}
    history = {path for path in found if "history" in path.parts}
    for path in history:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for path in (folder / "home" / "history").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
    if history:
        assert stat.S_IMODE((folder / "home" / "history").stat().st_mode) == 0o700
    return found - history


def references(
    canaries: Canaries, written: dict[str, dict[str, Any]], folder: Path, ring: InMemory
) -> dict[str, dict[str, Any]]:
    """The same tables, their secrets in the environment, in files and in the keyring."""
    number = 0

    def elsewhere(secret: str) -> str:
        nonlocal number
        number += 1
        if number % 3 == 0:
            os.environ[f"TEST_CANARY_{number}"] = secret
            return f"env:TEST_CANARY_{number}"
        if number % 3 == 1:
            (folder / f"secret-{number}").write_text(secret)
            return f"file:{folder}/secret-{number}"
        ring.set_password("test/canary", str(number), secret)
        return f"keyring:test/canary/{number}"

    def moved(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: moved(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [moved(inner) for inner in value]
        return {"ref": elsewhere(value)} if value in canaries.by_field.values() else value

    secret = {setting.name for _, setting in secret_fields() if setting.secret}
    return {
        name: {
            key: elsewhere(value) if key in secret else moved(value) for key, value in table.items()
        }
        for name, table in written.items()
    }


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """All that is logged by anybody, at any level, exceptions and all."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))
    root = logging.getLogger()
    level = root.level
    root.setLevel(1)
    root.addHandler(handler)
    try:
        yield text
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def shown(error: BaseException) -> Iterator[str]:
    """All that an exception shows of itself, and of those that it stands for."""
    yield "".join(traceback.format_exception(error))
    for each in chain(error):
        yield f"{each} {each!r} {each.args!r} {getattr(each, '__notes__', '')}"
        for dump in ("errors", "json"):
            if callable(getattr(each, dump, None)):
                yield repr(getattr(each, dump)())
    assert "\n" not in str(error)


def chain(error: BaseException) -> Iterator[BaseException]:
    """An exception, and all that are printed along with it or hidden behind it."""
    pending, seen = [error], set[int]()
    while pending:
        each = pending.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        pending += [other for other in (each.__cause__, each.__context__) if other]
        pending += getattr(each, "exceptions", ())


def living() -> Iterator[str]:
    """What every object of ours that is alive says of itself."""
    gc.unfreeze()  # What is frozen is not listed.
    for each in gc.get_objects():
        if str(type(each).__module__).partition(".")[0] in ("storage_core", "tui"):
            yield repr(each)
