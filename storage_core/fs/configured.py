"""The file system of `storage://`: all names of one configuration file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from fsspec.utils import stringify_path, tokenize

from storage_core.fs.errors import SettingsWrong, both_families
from storage_core.fs.files import BlobFileSystem
from storage_core.fs.names import PROTOCOL, encoded, split, without_protocol
from storage_core.fs.opened import Names, names_of
from storage_core.fs.spot import Spot
from storage_core.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage_core.errors import ConfigurationError

_OPTIONS = ("config_path", "timeout")


class StorageFileSystem(BlobFileSystem):
    """Any path below the location of a named configuration: `storage://NAME/path`.

    The name is the first part of every path, as a bucket is elsewhere. `storage:///path` is the
    same in the default.

    Args:
        config_path: the configuration file; by default the one that `storage_core` uses, found
            anew at each use.
        timeout: seconds that one call may take; see `get_store`.
        of_default: whether the URL had no name, which means the default; set by fsspec.
        kwargs: what tools pass to every file system, such as `asynchronous`; ignored.

    Raises:
        ConfigurationError: the URL has no name, and there is a `config_path`.
        TypeError: one of `kwargs` is nearly the name of an option, and would be ignored.
    """

    protocol = PROTOCOL

    def __init__(
        self,
        *,
        config_path: str | os.PathLike[str] | None = None,
        timeout: float | None = None,
        of_default: bool = False,
        **kwargs: Any,
    ) -> None:
        """Look at nothing yet."""
        if of_default and config_path is not None:
            raise default_of_another_file()
        for name in kwargs:
            if name != "path" and (meant := nearest(name, _OPTIONS)):
                raise TypeError(f"{PROTOCOL}:// has no option {name!r}; {meant!r} is meant?")
        super().__init__()
        self._names = names_of(config_path, timeout)
        self._timeout = timeout
        # The name of the default depends on the file; the class itself only knows the usual file.
        self._strip_protocol = self._stripped  # type: ignore[method-assign]

    @property
    def storage_options(self) -> dict[str, Any]:
        """The options that count, of those it was made with: one of another file system may be a
        secret, and must not get into a pickle."""
        return self._options

    @storage_options.setter
    def storage_options(self, given: dict[str, Any]) -> None:
        self._options = {name: given[name] for name in _OPTIONS if given.get(name) is not None}

    @property
    def _fs_token(self) -> str:
        """Stands for the file that is used now, and holds nothing of its contents."""
        with both_families():
            token: str = tokenize(PROTOCOL, self._names.source, self._timeout)
        return token

    @property
    def fsid(self) -> str:
        """The same in all processes that use the same file."""
        return f"{PROTOCOL}_{self._fs_token}"

    @staticmethod
    def _get_kwargs_from_urls(path: str) -> dict[str, Any]:
        return {"of_default": True} if without_protocol(path)[1] else {}

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:
        return _strip(path, Names(None, None))

    def _stripped(self, path: Any) -> Any:
        return _strip(path, self._names)

    def _tops(self) -> Sequence[str]:
        with both_families():
            return sorted(map(encoded, self._names.all()))

    def _spot(self, path: str) -> Spot:
        name, inner = split(path)
        opened = self._names.open(name)
        return Spot(opened.backend, encoded(name), inner, opened.identity)


def default_of_another_file() -> ConfigurationError:
    """The error for a URL without a name, which fsspec strips before it knows `config_path`."""
    return SettingsWrong(
        f"{PROTOCOL}:/// is the default of your own configuration file, whatever config_path says: "
        f"write {PROTOCOL}://NAME/ with config_path"
    )


def _strip(path: Any, names: Names) -> Any:
    if isinstance(path, list | tuple):
        return [_strip(each, names) for each in path]
    stripped, is_of_default = without_protocol(stringify_path(path))
    if not is_of_default:
        return stripped
    with both_families():
        return "/".join(filter(None, (encoded(names.default()), stripped)))
