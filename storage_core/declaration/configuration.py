"""The base class of all storage types: a named, identified set of settings of one type.

A storage type is a frozen dataclass whose fields are declared with `setting(…)`, as in
`storage_core.types`. Instances hold references unresolved; only the short-lived copy that `opened`
makes holds the secrets themselves.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod

from storage_core import keys
from storage_core.backends.base import DEFAULT_TIMEOUT
from storage_core.declaration import checks
from storage_core.declaration.setting import Setting, as_written, declared_settings, setting
from storage_core.errors import ConfigurationError, StorageError
from storage_core.light import dataclass, replace
from storage_core.paths import absolute
from storage_core.references import is_literal, resolve, source_of, without_literal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any, ClassVar, Self, TypeAlias

    from storage_core.backends.base import Backend

    Table: TypeAlias = dict[str, Any]
    """The value of a setting of the form "table"."""
else:
    Table = dict


@dataclass(frozen=True, repr=False)
class Opening:
    """What opening a storage type needs besides its settings."""

    timeout: float
    """Seconds that one call may take."""

    secrets: tuple[str, ...]
    """The resolved secrets, to be kept out of error messages."""

    def __repr__(self) -> str:
        """Without secrets, so that it can be logged."""
        return f"{type(self).__name__}(timeout={self.timeout!r})"


@dataclass(frozen=True, kw_only=True, repr=False)
class StorageConfiguration(ABC):
    """A configured place to keep blobs; `storage_core.open_store` opens it."""

    type: ClassVar[str]
    """The word in the file: `s3`."""

    label: ClassVar[str]
    """What people call it: `S3 Storage`."""

    description: ClassVar[str]
    """One sentence, shown in menus."""

    place: ClassVar[str]
    """The word for what holds the blobs: `bucket`."""

    badge: ClassVar[str] = ""
    """Its abbreviation, at most five capitals: `TEMP`; empty where `type` in capitals will do."""

    _settings: ClassVar[tuple[Setting, ...]]

    note: ClassVar[str] = ""
    """A warning or hint shown with the form; empty for most."""

    name: str | None = None
    """The name in the configuration file; None for a configuration without a file."""

    id: str | None = None
    """The UUID in the configuration file; None for a configuration without a file."""

    protected: bool = setting(
        "Protected",
        "Ask for the name before this configuration or its blobs are deleted.",
        default=False,
        form="flag",
        advanced=True,
    )
    read_only: bool = setting(
        "Read Only",
        "Write and delete nothing through this configuration.",
        default=False,
        form="flag",
        advanced=True,
    )
    tags: list[str] | None = setting(
        "Tags",
        "Short words to find this configuration by.",
        default=None,
        form="list",
        advanced=True,
        check=checks.tags,
        placeholder="prod eu",
    )

    def __post_init__(self) -> None:
        """Accept path objects, and mappings for JSON."""
        for declared in self.settings():
            value = getattr(self, declared.name)
            # Most are not set: skipping them here and for paths saves 2 ms of 37 for 1,000 tables.
            if value is not None and (written := as_written(declared, value)) is not value:
                object.__setattr__(self, declared.name, written)

    @classmethod
    def settings(cls) -> tuple[Setting, ...]:
        """All settings: those of the type in the specification's order, then the common ones."""
        found: tuple[Setting, ...] | None = vars(cls).get("_settings")
        if found is None:
            found = cls._settings = declared_settings(cls)
        return found

    @classmethod
    def setting_named(cls, name: str) -> Setting | None:
        """The setting with this key, or None."""
        return next((setting for setting in cls.settings() if setting.name == name), None)

    @classmethod
    def check_together(cls, values: dict[str, Any]) -> Iterable[tuple[str, str]]:
        """What is wrong with a combination of settings: (setting's name, message)."""
        return ()

    @classmethod
    def needless(cls, values: Mapping[str, Any]) -> Iterable[str]:
        """The settings that have no effect beside `values`; Enter in a form skips them."""
        return ()

    @classmethod
    def doubts(cls, values: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """What may be saved but not opened: (setting's name, message without the value).

        Opening raises them as errors; `doubts_before` gives them as warnings.

        Args:
            values: the settings that are given, references resolved; None for one that is not
                resolved yet.
        """
        return ()

    @classmethod
    def doubts_before(cls, values: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """The `doubts` about settings as written, references unresolved."""
        return cls.doubts(
            {name: _known(cls.setting_named(name), value) for name, value in values.items()}
        )

    @classmethod
    def cautions(cls, values: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """What looks like a mistake but need not be one: (setting's name, message).

        This looks at the disk: call it off the event loop.

        Args:
            values: the settings that are given, as written, paths absolute.
        """
        from storage_core.declaration import cautions

        for declared in cls.settings():
            value = values.get(declared.name)
            if said := cautions.of_setting(declared, value):
                yield declared.name, said
            elif declared.form == "table":
                yield from ((declared.name, said) for said in cautions.in_table(value))

    def given(self) -> dict[str, Any]:
        """The settings that differ from their defaults: what a file has to say."""
        return {
            setting.name: value
            for setting in self.settings()
            if (value := getattr(self, setting.name)) != setting.default and value is not None
        }

    @property
    @abstractmethod
    def location(self) -> str:
        """The place, passwords masked: `s3://bucket/prefix`."""

    def blob_location(self, kind: keys.Kind) -> str:
        """Where blobs of `kind` are stored: `s3://bucket/prefix/results`."""
        return f"{self.location.rstrip('/')}/{kind}"

    @property
    def naming(self) -> keys.KeyType:
        """How names are generated for new blobs."""
        return "uuid"

    @property
    def has_server(self) -> bool:
        """Whether it leads to a server, which has to be reached and may want credentials."""
        return False

    @property
    def engine_here(self) -> str:
        """The engine that this process would use, `direct` or `fsspec`; empty without a choice.

        Raises:
            ConfigurationError: `STORAGE_ENGINE` names no engine, or the engine does not understand
                an option.
        """
        return ""

    @property
    def default_timeout(self) -> float | None:
        """Seconds that one call may take, if the configuration says so."""
        return None

    def timeout_for(self, given: float | None) -> float:
        """Seconds that one call may take: as given, by `STORAGE_TIMEOUT`, as configured, or 10.

        Raises:
            ConfigurationError: it is not more than 0 seconds and at most a day.
            TypeError: `given` is not a number.
        """
        if given is not None:
            if isinstance(given, bool) or not isinstance(given, int | float):
                raise TypeError(f"timeout must be a number of seconds, not {type(given).__name__}")
            source, value = "timeout", given
        elif text := os.environ.get("STORAGE_TIMEOUT"):
            source = "STORAGE_TIMEOUT"
            try:
                value = float(text)
            except ValueError:
                value = -1.0
        else:
            return self.default_timeout or DEFAULT_TIMEOUT
        try:
            return checks.seconds(value)
        except ValueError as error:
            raise ConfigurationError(f"{source} {error}") from None

    @abstractmethod
    def backend(self, opening: Opening) -> Backend:
        """Open the place. `self` is a copy with its references resolved."""

    def opened(self, *, timeout: float) -> Backend:
        """Resolve the references and open the place.

        Raises:
            ConfigurationError: a reference cannot be resolved, or leads to what cannot be used.
        """
        try:
            backend = self._opened(timeout)
        except StorageError as error:
            from storage_core.redaction import without_frames

            failure = without_frames(error)
        else:
            if not self.read_only:
                return backend
            from storage_core.backends.read_only import ReadOnlyBackend

            return ReadOnlyBackend(backend, self.name or backend.location)
        # Raised out here, so that no frame that holds a secret is kept with the error, and frame
        # and error do not keep each other alive.
        try:
            raise failure
        finally:
            del failure

    def _opened(self, timeout: float) -> Backend:
        whose = f"{self.name}: " if self.name else ""
        resolved = self._resolved(whose)
        backend = self._backend_by(resolved, whose, timeout)
        if any(getattr(self, name) != value for name, value in resolved.items()):
            latest = resolved

            def renewed() -> Backend | None:
                nonlocal latest
                now = self._resolved(whose)
                if now == latest:
                    return None
                opened = self._backend_by(now, whose, timeout)
                latest = now
                return opened

            backend.renewable(renewed)
        return backend

    def _backend_by(self, resolved: Mapping[str, Any], whose: str, timeout: float) -> Backend:
        plain = replace(self, **resolved)
        for name, message in plain.doubts(plain.given()):
            doubtful = self.setting_named(name)
            what = doubtful.label if doubtful else name
            if doubtful and doubtful.is_reference(written := getattr(self, name)):
                what += f": {source_of(written)}"
            raise ConfigurationError(f"{whose}{what} {message}")
        return plain.backend(Opening(timeout, tuple(plain.secrets())))

    def _resolved(self, whose: str) -> dict[str, Any]:
        """The settings that are or hold references, resolved and checked."""
        found: dict[str, Any] = {}
        for declared in self.settings():
            value = getattr(self, declared.name)
            label = whose + declared.label
            if declared.form == "table" and value:
                found[declared.name] = resolve_table(value, label)
            elif declared.schemes and isinstance(value, str):
                found[declared.name] = resolved(declared, value, label)
        return found

    def secrets(self) -> Iterator[str]:
        """Every text in the settings that must not be shown."""
        for declared in self.settings():
            value = getattr(self, declared.name)
            if declared.secret and value:
                yield value
            elif declared.form == "table" and value:
                from storage_core.declaration.tables import secrets_in

                yield from secrets_in(value)

    def renamed(self, name: str | None, id: str | None) -> Self:
        """The same settings under another name and ID."""
        return replace(self, name=name, id=id)

    def __repr__(self) -> str:
        """Secrets are masked, so that it can be logged."""
        from storage_core.declaration.display import masked_settings

        shown = {"name": self.name} if self.name else {}
        shown |= masked_settings(self.settings(), self.given())
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in shown.items())})"


@dataclass(frozen=True, kw_only=True, repr=False)
class RemoteStorage(StorageConfiguration):
    """Base class of the storage types that are reached over a network."""

    timeout: float | None = setting(
        "Timeout",
        "Seconds one call may take, retries included; large blobs get more (default 10).",
        default=None,
        form="number",
        advanced=True,
        placeholder="10",
        check=checks.seconds,
    )
    ca_bundle: str | None = setting(
        "CA Bundle",
        "PEM file of certificates to trust besides the system's.",
        default=None,
        form="file",
        advanced=True,
        placeholder="/etc/ssl/my-ca.pem",
        check=checks.file_path,
    )

    @property
    def has_server(self) -> bool:
        return True

    @property
    def default_timeout(self) -> float | None:
        return self.timeout

    @property
    def trusted(self) -> str | None:
        """The whole path of the PEM file of `ca_bundle`; None without one."""
        return absolute(self.ca_bundle) if self.ca_bundle else None


def prefix_setting(place: str) -> Any:
    """The setting `prefix`, a path inside a bucket or container."""
    return setting(
        "Prefix",
        f"Path inside the {place} under which blobs lie.",
        default=None,
        check=checks.prefix,
        advanced=True,
        placeholder="team-a/results",
    )


def options_setting(driver: str) -> Any:
    """The setting `options`, a table passed to the driver as it is."""
    return setting(
        "Options",
        f"Anything else, handed to the driver ({driver}) as it is.",
        default=None,
        form="table",
        advanced=True,
    )


def resolved(setting: Setting, value: str, label: str) -> str:
    """The value that is meant by `value`, which may be a reference or begin with `literal:`.

    Raises:
        ConfigurationError: the reference leads nowhere, or to what is not valid for the setting.
    """
    found = resolve(value, label, setting.schemes)
    if not setting.is_reference(value):
        return found
    try:
        if setting.form in ("path", "file"):
            checks.whole_path(found)
        checked: str = setting.normalised(found)
    except ValueError as error:
        raise ConfigurationError(f"{label}: {source_of(value)} {error}") from None
    return checked


def _known(setting: Setting | None, value: Any) -> Any:
    """A setting's value as far as it is known; None for a reference, or what looks like one."""
    if setting is None or not setting.schemes or not isinstance(value, str):
        return value
    is_unknown = setting.is_reference(value) or (setting.reference and is_literal(value))
    return None if is_unknown else without_literal(value)


def resolve_table(table: dict[str, Any], label: str) -> dict[str, Any]:
    """A copy of `table` with every `{ref = "env:NAME"}` resolved."""

    def resolved(value: Any) -> Any:
        if isinstance(value, dict):
            if set(value) == {"ref"} and isinstance(value["ref"], str):
                return resolve(value["ref"], label)
            return {key: resolved(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [resolved(inner) for inner in value]
        return value

    return {key: resolved(value) for key, value in table.items()}


def texts_in(value: object) -> Iterator[str]:
    """Every text inside plain data, such as a table of the file."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_in(inner)


def require_configuration(value: object) -> None:
    """Raise a `TypeError` if `value` is not a storage configuration."""
    if not isinstance(value, StorageConfiguration):
        what = f"the class {value.__name__}" if isinstance(value, type) else type(value).__name__
        raise TypeError(
            f'expected a storage configuration such as LocalStorage(storage_path="…"), not {what}'
        )
