"""Earlier versions of the configuration file, kept in `$PREFECT_HOME/history`.

Every transaction keeps the text that it replaces, so that it can be restored. It also keeps the
text that it has saved: if somebody then edits the file by hand, that text becomes a version too.
Only the owner can read the folder and the versions, because they hold whatever secrets the file
held. A secret that is moved out of the file is taken out of its versions as well.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from typing import Final, NamedTuple

from storage_core.backends.base import time_at
from storage_core.config.history.summary import summary_of_changes
from storage_core.config.model.problems import refuse_newer
from storage_core.config.saving import replace
from storage_core.config.saving.lock import locked
from storage_core.config.toml.read import decode, parse, read_text
from storage_core.disk_advice import words
from storage_core.errors import ConfigurationError, StorageNotFound
from storage_core.paths import command, is_text, prefect_home, shortened

KEPT: Final = 20
"""Versions kept of one configuration file; the oldest are dropped first."""

_STAMP: Final = re.compile(r"(\d{8}T\d{6}\.\d{6}Z)\.toml")
_SAVED: Final = "saved"
_UNREADABLE: Final = "\0"
_FORM: Final = "%Y%m%dT%H%M%S.%fZ"
_FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Version(NamedTuple):
    """One text of the configuration file that was replaced."""

    stamp: str
    """When it was replaced, in UTC; also its name."""

    path: str
    """The file that holds it."""

    @property
    def when(self) -> datetime:
        return _time(self.stamp)


def versions(path: str) -> list[Version]:
    """The versions of the configuration file at `path` that can be restored, newest first."""
    found: list[Version] = []
    if _root() is None or is_text(path):
        return found
    newer = _bytes_in(path)
    for version in [*_changed_by_hand(path), *_kept(path)]:
        data = _bytes_in(version.path)
        # Two that are alike are one: a save failed, or they differed only in a secret since moved.
        if data != newer:
            found.append(version)
            newer = data
    return found


def files(path: str) -> list[str]:
    """Every file of the history that holds a text of the configuration file at `path`."""
    if _root() is None or is_text(path):
        return []
    last = os.path.join(_folder(path), _SAVED)
    return [version.path for version in _kept(path)] + ([last] if os.path.exists(last) else [])


def find(path: str, stamp: str) -> Version:
    """The version with this stamp or number, where 1 is the newest.

    Raises:
        StorageNotFound: there is none.
    """
    kept = versions(path)
    for number, version in enumerate(kept, 1):
        if stamp in (version.stamp, str(number)):
            return version
    raise StorageNotFound(
        f"no version {stamp!r} of {shortened(path)} is kept; "
        f"`{command('restore', path)}` lists those that are"
    )


def text_of(version: Version) -> str:
    """The configuration file as it was."""
    try:
        with open(version.path, "rb") as file:
            return decode(file.read(), version.path)
    except OSError as error:
        raise ConfigurationError(
            f"cannot read {shortened(version.path)} ({words(error)}); allow reading it"
        ) from error


def versions_with_changes(path: str) -> list[tuple[Version, str]]:
    """`versions(path)`, each with `summary_of_changes` from it to what replaced it.

    The newest was replaced by what the file holds now.
    """
    newer = _readable_text(lambda: read_text(path))
    found = []
    for version in versions(path):
        older = _readable_text(partial(text_of, version))
        found.append((version, summary_of_changes(older, newer)))
        newer = older
    return found


def readable(version: Version) -> str:
    """The configuration file as it was, if that was TOML.

    Raises:
        ConfigurationError: it was not; the message says where its text is.
    """
    text = text_of(version)
    try:
        parse(text, version.path)
    except ConfigurationError:
        raise ConfigurationError(
            f"the version of {version.stamp} is not TOML and is not brought back; "
            f"its text is in {shortened(version.path)}"
        ) from None
    return text


def keep(path: str, data: bytes) -> None:
    """Keep `data`, which the file at `path` holds and is about to lose. Call it under the lock.

    If the history cannot be written, this is logged and the change goes on.
    """
    if data and _root() is not None:
        # If there is no home folder, `saved` logs it, after the file is saved.
        with _logged(path):
            _make_folder(path)
            for version in _changed_by_hand(path):
                _add(path, _bytes_in(version.path) or b"", version.stamp)
            _add(path, data, f"{datetime.now(UTC):{_FORM}}")


def saved(path: str, data: bytes) -> None:
    """Remember what was saved in the file at `path`. Call it under the lock."""
    with _logged(path):
        _make_folder(path)
        target = os.path.join(_folder(path), _SAVED)
        with suppress(FileNotFoundError):
            os.unlink(f"{target}~")
        _write_new(f"{target}~", data)
        os.replace(f"{target}~", target)


def restore(path: str, version: Version) -> str | None:
    """Make the configuration file what it was, after keeping what it is now, even if broken.

    Returns:
        The text that was replaced, empty when there was no file; None if it was broken.

    Raises:
        ConfigurationError: the version cannot be read, or the file cannot be saved.
    """
    text = readable(version)
    with locked(path) as target:
        before = replace.fingerprint(target)
        replaced: str | None = ""
        try:
            with open(target, "rb") as file:
                data = file.read()
            replaced = _intact(data, path)
            keep(path, data)
        except FileNotFoundError:
            pass
        except OSError as error:
            raise ConfigurationError(
                f"cannot read {shortened(path)} ({words(error)}); allow reading it"
            ) from error
        replace.write(path, text, before)
        saved(path, text.encode())
    return replaced


def _intact(data: bytes, path: str) -> str | None:
    """`data` as text; None if it is not TOML.

    Raises:
        ConfigurationError: its `version` is newer than this program: it must not be replaced.
    """
    try:
        text = decode(data, path)
        tables = parse(text, path)
    except ConfigurationError:
        return None
    refuse_newer(tables, path)
    return text


def _changed_by_hand(path: str) -> list[Version]:
    """The text saved last, if it is no version yet and the file has since been edited by hand."""
    last, kept = os.path.join(_folder(path), _SAVED), _kept(path)
    text = _bytes_in(last)
    if text is None or text == _bytes_in(path) or (kept and text == _bytes_in(kept[0].path)):
        return []
    changed = replace.fingerprint(path)
    now, when = datetime.now(UTC), changed and time_at(changed.modified_ns / 1e9)
    if when is None or not _FIRST < when < now:
        when = now  # A file's time may be in the future, and later versions must sort after it.
    return [Version(_stamp(when, kept), last)]


def _kept(path: str) -> list[Version]:
    folder = _folder(path)
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    found = [(match[1], name) for name in names if (match := _STAMP.fullmatch(name))]
    return [Version(stamp, os.path.join(folder, name)) for stamp, name in sorted(found)[::-1]]


def _add(path: str, data: bytes, stamp: str) -> None:
    """Add the newest version and drop the oldest. The same text twice is one version."""
    folder, kept = _folder(path), _kept(path)
    stamp = _stamp(_time(stamp), kept)
    target = os.path.join(folder, f"{stamp}.toml")
    if kept and _bytes_in(kept[0].path) == data:
        # The save that was to replace it failed; this one does.
        os.rename(kept[0].path, target)
        return
    last = os.path.join(folder, _SAVED)
    if _bytes_in(last) == data:
        # On the disk already; what is being saved takes its place.
        os.rename(last, target)
    else:
        _write_new(target, data)
    for old in kept[KEPT - 1 :]:
        os.unlink(old.path)


def _stamp(when: datetime, kept: list[Version]) -> str:
    """A stamp for `when`, later than all others."""
    return max(f"{when:{_FORM}}", _after(kept[0].stamp) if kept else "")


def _make_folder(path: str) -> None:
    folder = _folder(path)
    for missing in (os.path.dirname(os.path.dirname(folder)), os.path.dirname(folder), folder):
        os.makedirs(missing, mode=0o700, exist_ok=True)
    os.chmod(os.path.dirname(folder), 0o700)


@contextmanager
def _logged(path: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ConfigurationError) as error:
        from logging import getLogger

        getLogger("storage_core").warning(
            "cannot keep the last version of %s in the history: %s",
            path,
            getattr(error, "strerror", error),
        )


def _readable_text(read: Callable[[], str]) -> str:
    """What `read` returns; if it fails, a text that is not TOML."""
    try:
        return read()
    except ConfigurationError:
        return _UNREADABLE


def _root() -> str | None:
    """The folder of all histories; None without a home folder, since none is kept then."""
    try:
        return os.path.join(prefect_home(), "history")
    except ConfigurationError:
        return None


def _folder(path: str) -> str:
    """The folder for the versions of this configuration file."""
    target = os.path.realpath(path)
    name = f"{os.path.basename(target)}-{sha256(os.fsencode(target)).hexdigest()[:12]}"
    return os.path.join(prefect_home(), "history", name)


def _after(stamp: str) -> str:
    """The first stamp after `stamp`: two saves may share a microsecond, a clock may be set back."""
    from datetime import timedelta

    return f"{_time(stamp) + timedelta(microseconds=1):{_FORM}}"


def _time(stamp: str) -> datetime:
    return datetime.strptime(stamp, _FORM).replace(tzinfo=UTC)


def _bytes_in(path: str) -> bytes | None:
    """What the file holds; None if it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None


def _write_new(path: str, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    with open(os.open(path, flags, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
