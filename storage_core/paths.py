"""Paths of the configuration file and its home folder, and paths that people write.

Only `os.path`: every worker process runs this, and importing `pathlib` costs milliseconds.
"""

from __future__ import annotations

import os
from errno import EINVAL
from stat import S_ISFIFO

from storage_core.errors import ConfigurationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO, Final, TypeVar

    T = TypeVar("T")

CONFIG_NAME: Final = "storage.toml"

TEXT_VARIABLE: Final = "STORAGE_CONFIG_TEXT"
"""The variable that may hold the text of a configuration file. Its name is also the source of that
text, where other sources are the absolute path of a file."""

FILE_VARIABLE: Final = "STORAGE_CONFIG"
"""The variable that may name the configuration file, and others that lie beneath it."""

LOCAL_SCHEMES: Final = ("file://", "local://")
"""The URL schemes that fsspec has for the local file system."""

_DESCRIPTORS: Final = ("/dev/fd/", "/dev/stdin", "/proc/")
"""Where the pipes of a shell's `<(…)` are, which is what they are read by."""


def prefect_home() -> str:
    """`$PREFECT_HOME`, else `~/.prefect`, as an absolute path."""
    return absolute(os.environ.get("PREFECT_HOME") or "~/.prefect")


def config_source(given: str | os.PathLike[str] | None = None) -> str:
    """Where the configuration is read from: the absolute path of a file, or `TEXT_VARIABLE`.

    The file is `given`, else the first in `$STORAGE_CONFIG`, else `storage.toml` in the home.
    """
    return config_sources(given)[0]


def config_sources(given: str | os.PathLike[str] | None = None) -> tuple[str, ...]:
    """`config_source`, and the absolute paths of the files that lie beneath it.

    Those are the further ones in `$STORAGE_CONFIG`, which are separated as in `PATH`.

    Raises:
        ConfigurationError: a path leads nowhere, or the first one is empty.
    """
    if given is None and os.environ.get(TEXT_VARIABLE):
        return (TEXT_VARIABLE,)
    chosen = os.fspath(given) if given is not None else os.environ.get(FILE_VARIABLE)
    if not chosen:
        return (os.path.join(prefect_home(), CONFIG_NAME),)
    if given is not None or os.pathsep not in chosen or os.path.isfile(absolute(chosen)):
        return (absolute(chosen),)
    first, *others = chosen.split(os.pathsep)
    if not first:
        # The first is one's own and is written to: it must not be one that is meant to be beneath.
        raise ConfigurationError(
            f"{FILE_VARIABLE} begins with {os.pathsep}, where the path of your own file belongs; "
            "write it there"
        )
    return (absolute(first), *(absolute(each) for each in others if each))


def is_text(source: str) -> bool:
    """Whether the source is not a file but the text in `TEXT_VARIABLE`, which is never written."""
    return source == TEXT_VARIABLE


def command(words: str, source: str) -> str:
    """The command line `storage WORDS` for this configuration, as a person has to type it."""
    try:
        if source == config_source():
            return f"storage {words}"
    except ConfigurationError:
        pass  # Without a home only --config leads to a file.
    # Imported only for a hint: workers do without it.
    from shlex import quote

    return f"storage {words} --config {quote(source)}"


def local_folder(base_path: str) -> str | None:
    """The path, if `base_path` is one or a `file://` or `local://` URL; None for other URLs."""
    if scheme := local_scheme(base_path):
        return base_path[len(scheme) :]
    return None if "://" in base_path or "::" in base_path else base_path


def local_scheme(path: str) -> str:
    """The scheme of a `file://` or `local://` URL, as it is written; empty for anything else."""
    written = (path[: len(scheme)] for scheme in LOCAL_SCHEMES)
    return next((each for each in written if each.lower() in LOCAL_SCHEMES), "")


def with_lower_schemes(url: str) -> str:
    """The URL with its schemes, of which a chain has several, as fsspec knows them."""
    *chained, last = url.split("::")
    parts = [part if "://" in part else part.lower() for part in chained]
    return "::".join(_with_lower_scheme(part) for part in (*parts, last))


def _with_lower_scheme(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    return f"{scheme.lower()}{separator}{rest}" if separator else url


def absolute(path: str, folder: str | None = None) -> str:
    """`path` with `~` expanded and made absolute from `folder` (default: the current one).

    Raises:
        ConfigurationError: it is relative, and the current folder was deleted; or there is no home
            for its `~`.
    """
    found = expanded(path)
    if not os.path.isabs(found):
        try:
            found = os.path.join(folder or os.getcwd(), found)
        except FileNotFoundError:
            raise ConfigurationError(
                f"{path} is relative, and the current folder was deleted; write the whole path"
            ) from None
    return os.path.normpath(found)


def expanded(path: str) -> str:
    """`path` with the home folder in place of a `~` or `~user` at its beginning.

    Raises:
        ConfigurationError: there is no such home. Taken literally, `~` would be a folder of this
            name in the current one, and an empty HOME would lead to the root of the disk.
    """
    if not path.startswith("~"):
        return path
    found = os.path.expanduser(path)
    own = path == "~" or path.startswith(("~/", f"~{os.sep}"))
    has_home = os.name == "nt" or not own or os.environ.get("HOME") != ""
    if has_home and os.path.isabs(found):
        return found
    if not own:
        user = path[1:].split("/")[0]
        raise ConfigurationError(
            f"{path}: there is no user {user} here; write the whole path, or ./{path} for a "
            "folder of this name"
        )
    home = os.environ.get("HOME")
    state = (
        "is not set, and the system does not know this user"
        if home is None
        else "is no whole path"
        if home
        else "is empty"
    )
    raise ConfigurationError(
        f"{path}: HOME {state}, so that ~ leads nowhere; set HOME, or write whole paths, in "
        "STORAGE_CONFIG for the file and in PREFECT_HOME for its folder"
    )


def shown_home() -> str:
    """`prefect_home()` for display; as it is written, if it cannot be resolved."""
    try:
        return shortened(prefect_home())
    except ConfigurationError:
        return os.environ.get("PREFECT_HOME") or "~/.prefect"


def opened(path: str) -> BinaryIO:
    """Open a file for reading, even while a link on the way to it is being replaced."""
    return settled(lambda path: open(path, "rb"), path)


def is_pipe(path: str) -> bool:
    """Whether opening the file would wait until somebody writes into it: it is a named pipe.

    Raises:
        OSError: there is no such file, or it cannot be looked up.
    """
    return not path.startswith(_DESCRIPTORS) and S_ISFIFO(settled(os.stat, path).st_mode)


def refuse_pipe(path: str) -> None:
    """Raise `OSError` where opening the file would wait for ever, or fails anyway."""
    if is_pipe(path):
        raise OSError(EINVAL, "it is a pipe, not a file")


def settled(action: Callable[[str], T], path: str) -> T:
    """Return what `action` returns for a file that may just be being replaced, trying again.

    In a folder that Kubernetes mounts, the link `..data` is switched to a new folder and the old
    one deleted: a program that has followed the link but not yet opened the file finds none. That
    happened in 8 of 46,400 reads.
    """
    for _ in range(2):
        try:
            return action(path)
        except FileNotFoundError:
            pass
    return action(path)


def shortened(path: str) -> str:
    """`path` for display: the home directory as `~`."""
    home = os.path.expanduser("~").rstrip(os.sep)
    if home and (path == home or path.startswith(home + os.sep)):
        return "~" + path[len(home) :]
    return path


def join_url(root: str, prefix: str | None) -> str:
    """`root/prefix`, or `root` alone."""
    return f"{root}/{prefix}" if prefix else root
