"""Stores a secret outside of the configuration file, so that a reference can replace it.

The reference is resolved and compared before anything is taken out of the file.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from storage_core import keyrings
from storage_core.config.model.lookup import require_own
from storage_core.config.model.problems import refuse_newer
from storage_core.disk_advice import words
from storage_core.errors import ConfigConflict, ConfigurationError
from storage_core.paths import expanded
from storage_core.references import check_reference, is_reference, resolve

if TYPE_CHECKING:
    from storage_core.config.model.entries import Configurations
    from storage_core.config.model.entry import Entry
    from storage_core.declaration.setting import Setting


class Relocated(NamedTuple):
    """A secret stored where a reference leads, still in the file as well. Never shown."""

    name: str
    """The configuration."""

    setting: Setting
    value: str
    """As written in the file."""

    reference: str

    def __repr__(self) -> str:
        return f"<{self.setting.name} of {self.name!r}, relocated to {self.reference}>"

    def change_of(self, entry: Entry) -> dict[str, str]:
        """The settings to change so that the reference replaces the secret.

        Args:
            entry: the configuration as it is now.

        Raises:
            ConfigConflict: the secret was changed while it was being stored.
        """
        if entry.table.get(self.setting.name) != self.value:
            # Storing it takes time: a person may have had to unlock a keyring.
            raise ConfigConflict(
                f"{self.setting.label} of {self.name!r} was changed by another program meanwhile, "
                f"and {self.reference} holds what it was before; choose another place"
            )
        return {self.setting.name: self.reference}


def relocated(found: Configurations, ref: str, setting: str, reference: str) -> Relocated:
    """Store a plain secret where `reference` leads, and check that it leads there.

    Args:
        found: what the file holds.
        ref: the configuration.
        setting: the key of a secret setting that holds a plain secret.
        reference: `keyring:service/user` (stored there), `file:/path` (created there if there is
            no such file) or `env:NAME` (which must hold the secret already).

    Raises:
        ConfigurationError: there is no plain secret, or the reference does not lead to it; or the
            configuration stands in a layer beneath.
    """
    refuse_newer(found.tables, found.source)
    entry = found.find(ref)
    require_own(entry, found.source)
    declared = entry.cls.setting_named(setting) if entry.cls else None
    value = entry.table.get(setting)
    if declared is None or not declared.secret:
        raise ConfigurationError(f"{setting} is no secret setting of {entry.name!r}")
    if not isinstance(value, str) or not value or is_reference(value):
        raise ConfigurationError(f"{declared.label} of {entry.name!r} holds no secret to move")
    if not is_reference(reference):
        raise ConfigurationError("write where to: keyring:service/user, file:/path or env:NAME")
    try:
        check_reference(reference)
    except ValueError as error:
        raise ConfigurationError(str(error)) from None

    stored(resolve(value, declared.label), reference, f"{declared.label} of {entry.name!r}")
    return Relocated(entry.name, declared, value, reference)


def stored(secret: str, reference: str, label: str) -> None:
    """Store a secret where `reference` leads, and check that it leads there.

    Args:
        secret: what is to be found there.
        reference: see `relocated`.
        label: what it is, for errors.

    Raises:
        ConfigurationError: it cannot be stored, or another secret stands there.
    """
    _store(secret, reference, label)
    if resolve(reference, label) != secret:
        raise ConfigurationError(
            f"{reference} holds something else than {label}; put the secret there, or choose "
            "another place"
        )


def _store(secret: str, reference: str, label: str) -> None:
    scheme, _, target = reference.partition(":")
    if scheme == "keyring":
        service, _, user = target.rpartition("/")
        # Never overwrite another secret: the caller finds that it differs.
        if not keyrings.password(service, user, label):
            keyrings.keep(service, user, secret, label)
    elif scheme == "file":
        path = expanded(target)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
        try:
            with open(os.open(path, flags, 0o600), "w", encoding="utf-8", newline="") as file:
                file.write(secret)
                file.flush()
                os.fsync(file.fileno())
        except FileExistsError:
            return
        except FileNotFoundError:
            raise ConfigurationError(
                f"{label}: {os.path.dirname(target)} does not exist; create that folder, "
                "or choose another place"
            ) from None
        except OSError as error:
            raise ConfigurationError(
                f"{label}: cannot write {target} ({words(error)}); choose another place"
            ) from error
