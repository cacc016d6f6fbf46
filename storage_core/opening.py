"""Opening a store: `get_store` (by name, or the default), `open_store` (without a file)."""

from __future__ import annotations

from storage_core.errors import ConfigurationError, StorageError
from storage_core.store import Store

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Callable
    from typing import TypeVar

    from storage_core.declaration.configuration import StorageConfiguration

    T = TypeVar("T")


def get_store(
    ref: str | None = None,
    *,
    config_path: str | os.PathLike[str] | None = None,
    timeout: float | None = None,
) -> Store:
    """Open a configured storage.

    Args:
        ref: its name, its ID or the start of its ID; by default the one that `STORAGE_DEFAULT`
            names, else the default of the file, else Temporary Local Storage.
        config_path: the configuration file; see `ConfigFile`.
        timeout: seconds that one call may take; by default `STORAGE_TIMEOUT`, else what the
            configuration says, else 10.

    Raises:
        StorageNotFound: no configuration has this name or ID.
        ConfigurationError: the file, the configuration or a reference in it is wrong.
        TypeError: `ref` is not a string, or `timeout` not a number.
    """
    from storage_core.config.file import ConfigFile

    file = ConfigFile(config_path)
    configuration = _without_frames(lambda: file.get(ref))
    if configuration is None:
        from storage_core.types.temporary import TemporaryLocalStorage

        configuration = TemporaryLocalStorage()
    return Store(configuration, timeout=timeout)


def open_store(configuration: StorageConfiguration, *, timeout: float | None = None) -> Store:
    """Open a storage that is in no configuration file.

    Args:
        configuration: its settings; a relative path starts from the current directory.
        timeout: seconds that one call may take; see `get_store`.

    Raises:
        ConfigurationError: a setting is wrong, or a reference cannot be resolved.
        TypeError: `configuration` is not a storage configuration, or `timeout` not a number.
    """
    from storage_core.declaration.configuration import require_configuration

    require_configuration(configuration)
    return Store(_without_frames(lambda: _checked_settings(configuration)), timeout=timeout)


def _checked_settings(configuration: StorageConfiguration) -> StorageConfiguration:
    from storage_core.declaration.table import read_settings, with_absolute_paths

    cls = type(configuration)
    values, faults = read_settings(cls, configuration.given())
    if faults:
        raise ConfigurationError(
            f"{configuration.label}: " + "; ".join(f"{name} {why}" for name, why in faults)
        )
    return cls(name=configuration.name, id=configuration.id, **with_absolute_paths(cls, values))


def _without_frames(call: Callable[[], T]) -> T:
    """Return what `call` returns; its error is raised without the frames that hold secrets."""
    try:
        return call()
    except StorageError as error:
        from storage_core.redaction import without_frames

        failure = without_frames(error)
    try:
        raise failure
    finally:
        # Otherwise this frame and the error would keep each other alive, and the caller's objects.
        del failure
