"""The storage types: one file each, named like the type in the configuration file.

A new type is one new file here with one subclass of `StorageConfiguration`; nothing else changes.
Third-party packages add types by the entry-point group `storage_core.types`, which is consulted
only for types that are not built in:

    [project.entry-points."storage_core.types"]
    sftp = "my_package.sftp:SFTPStorage"
"""

from __future__ import annotations

from storage_core.errors import ConfigurationError
from storage_core.nearest import nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from storage_core.declaration.configuration import StorageConfiguration

ENTRY_POINTS: Final = "storage_core.types"
_found: Final[dict[str, type[StorageConfiguration] | None]] = {}


def type_named(name: str) -> type[StorageConfiguration]:
    """The class of a storage type.

    Raises:
        ConfigurationError: no built-in type and no installed package has this name, or the
            package's class cannot be loaded.
    """
    if name not in _found:
        _found[name] = _built_in(name)
    built_in = _found[name]
    if built_in is not None:
        return built_in
    from importlib.metadata import entry_points

    for entry_point in entry_points(group=ENTRY_POINTS, name=name):
        return _third_party(entry_point.name, entry_point.load)
    raise ConfigurationError(_unknown(name))


def type_names() -> list[str]:
    """The names of all types, built-in ones first; loads no class."""
    from importlib.metadata import entry_points

    built_in = _built_in_names()
    return built_in + sorted(
        {point.name for point in entry_points(group=ENTRY_POINTS)} - {*built_in}
    )


def all_types() -> list[type[StorageConfiguration]]:
    """Every type that can be loaded, sorted by label, built-in ones first.

    So their numbers in a menu are the same on every machine.
    """
    built_in = {*_built_in_names()}
    found = []
    for name in type_names():
        try:
            found.append(type_named(name))
        except ConfigurationError:
            # A third-party package is broken: that is reported where its type is used.
            continue
    return sorted(found, key=lambda cls: (cls.type not in built_in, cls.label.casefold()))


def _built_in(name: str) -> type[StorageConfiguration] | None:
    from importlib import import_module

    # Only a plain word may reach the import system.
    if not (name.isidentifier() and name.islower()):
        return None
    module_name = f"{__name__}.{name}"
    try:
        module = import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name != module_name:
            raise
        return None
    return _class_in(vars(module), name)


def _class_in(namespace: dict[str, object], name: str) -> type[StorageConfiguration] | None:
    from storage_core.declaration.configuration import StorageConfiguration

    for value in namespace.values():
        if isinstance(value, type) and issubclass(value, StorageConfiguration):
            declared: str | None = getattr(value, "type", None)
            if declared == name:
                return value
    return None


def _third_party(name: str, load: object) -> type[StorageConfiguration]:
    from storage_core.declaration.configuration import StorageConfiguration

    try:
        cls = load()  # type: ignore[operator]
    except Exception as error:
        raise ConfigurationError(
            f"the package that provides type {name!r} cannot be loaded "
            f"({type(error).__name__}); reinstall it"
        ) from error
    if not (isinstance(cls, type) and issubclass(cls, StorageConfiguration) and cls.type == name):
        raise ConfigurationError(
            f"the package that provides type {name!r} gives no StorageConfiguration of that type"
        )
    return cls


def _built_in_names() -> list[str]:
    from pkgutil import iter_modules

    return sorted(module.name for module in iter_modules(__path__))


def _unknown(name: str) -> str:
    names = type_names()
    meant = nearest(name, names)
    hint = f"did you mean {meant!r}?" if meant else f"known are {', '.join(names)}"
    return f"type {name[:40]!r} is unknown; {hint}"
