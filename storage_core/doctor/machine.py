"""Versions, extras, clock, keyring and folders of this machine; imports no package for that."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from storage_core.doctor.report import NOTE, PROBLEM, Finding

_SECTION: Final = "machine"

_DRIVERS: Final = ("fsspec", "s3fs", "aiobotocore", "gcsfs", "adlfs", "textual", "keyring")
_EXTRAS: Final = {
    "objects": ("numpy", "pandas", "pyarrow", "cloudpickle"),
    "sftp": ("asyncssh",),
    "webdav": ("webdav4",),
}
_EARLIEST: Final = 2025
"""The last year without this program: a clock that shows it or an earlier year is wrong."""

_LATEST: Final = 2100


def findings() -> Iterator[Finding]:
    """Yield what is found."""
    import platform

    from storage_core import __version__

    system = f"{platform.system()} {platform.release()}, {platform.machine()}"
    python = platform.python_version()
    yield Finding(_SECTION, "storage", f"{__version__}, Python {python}, {system}")
    yield _packages()
    yield _extras()
    yield _clock()
    yield from _keyring()
    yield from _temporary()


def _packages() -> Finding:
    known = {name: _version(name) for name in _DRIVERS}
    missing = [name for name, found in known.items() if found is None]
    if missing:
        return Finding(
            _SECTION,
            "packages",
            f"{', '.join(missing)} not installed",
            "install storage-config anew",
            PROBLEM,
        )
    return Finding(_SECTION, "packages", ", ".join(f"{n} {v}" for n, v in known.items()))


def _extras() -> Finding:
    said = []
    for extra, packages in _EXTRAS.items():
        missing = [name for name in packages if _version(name) is None]
        said.append(f"{extra} {'yes' if not missing else 'no (' + ', '.join(missing) + ')'}")
    return Finding(_SECTION, "extras", ", ".join(said))


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _clock() -> Finding:
    now = datetime.now(UTC)
    zone = time.strftime("%z")
    text = f"{now:%Y-%m-%d %H:%M:%S} UTC, here {zone[:3]}:{zone[3:]}"
    if not _EARLIEST < now.year < _LATEST:
        return Finding(
            _SECTION,
            "clock",
            f"says {text}, which cannot be",
            "set it; servers refuse requests that are signed at another time",
            PROBLEM,
        )
    named = os.environ.get("TZ", "").removeprefix(":")
    if named and "/" in named and not os.path.exists(f"/usr/share/zoneinfo/{named}"):
        return Finding(
            _SECTION,
            "clock",
            f"{text}; TZ names a zone that this machine does not know",
            "install the system's tzdata; until then times are shown in UTC",
            NOTE,
        )
    return Finding(_SECTION, "clock", text)


def _keyring() -> Iterator[Finding]:
    """Which keyring would be used; it is asked only for references, in `storages`."""
    named = os.environ.get("PYTHON_KEYRING_BACKEND", "")
    if not named:
        yield Finding(_SECTION, "keyring", "the system's, as the package keyring finds it")
    elif named.replace(".", "").replace("_", "").isalnum() and len(named) < 80:
        yield Finding(_SECTION, "keyring", f"{named} (PYTHON_KEYRING_BACKEND)")
    else:
        yield Finding(
            _SECTION,
            "keyring",
            "PYTHON_KEYRING_BACKEND names no module",
            "correct or unset it",
            NOTE,
        )


def _temporary() -> Iterator[Finding]:
    from tempfile import gettempdir

    try:
        yield Finding(_SECTION, "temporary files", gettempdir())
    except OSError:
        yield Finding(
            _SECTION,
            "temporary files",
            "there is no folder for them; large objects, archives and pipes need one",
            "name a folder that can be written with TMPDIR",
            NOTE,
        )
    if not os.path.isabs(os.path.expanduser("~")) or os.environ.get("HOME") == "":
        yield Finding(
            _SECTION,
            "home",
            "there is none: ~ leads nowhere",
            "set HOME, or write whole paths",
            NOTE,
        )
    if sys.getfilesystemencoding().lower() not in ("utf-8", "utf8"):
        yield Finding(
            _SECTION,
            "file names",
            f"are {sys.getfilesystemencoding()}, not UTF-8",
            "set LC_ALL=C.UTF-8",
            NOTE,
        )
