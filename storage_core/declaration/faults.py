"""What is wrong with settings, and which one was meant. Most workers do not load this."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from storage_core.declaration.setting import RESERVED
from storage_core.nearest import nearest, one_slip

if TYPE_CHECKING:
    from storage_core.declaration.configuration import StorageConfiguration

_OF_THE_FILE: Final = ("include", "default", "version")
"""Keys of the file that TOML counts as part of the last table when they are written at its end."""

_CREDENTIALS: Final = ("key", "secret", "token", "passw", "credential")


class Fault(NamedTuple):
    """What is wrong with one setting."""

    name: str
    """Its key; for a combination of settings, the one that a person should look at first."""

    message: str
    """What to do, without the key's name and without the value."""


class Nearest(NamedTuple):
    """The known key that an unknown one may have been meant for."""

    name: str
    """The known key that is most similar to it."""

    alike: bool
    """Whether the two are similar enough to ask "did you mean …?"."""

    meant: bool
    """Whether the value may be taken over without asking.

    A secret under a wrong key must stay hidden. So a secret setting takes the value of any similar
    key; another setting only if the keys differ by one slip and do not sound like a secret.
    """


def nearest_setting(cls: type[StorageConfiguration], key: str) -> Nearest:
    """The setting, or `id` or `type`, that is most similar to an unknown key."""
    wanted, known = key.lower().replace("-", "_"), _known_keys(cls)
    found = nearest(wanted, known)
    alike = found is not None
    name = found or nearest(wanted, known, at_least=0) or known[0]
    setting = cls.setting_named(name)
    if setting is None or wanted == name:
        return Nearest(name, alike, setting is not None)
    in_clear = one_slip(wanted, name) and not any(word in wanted + name for word in _CREDENTIALS)
    return Nearest(name, alike, alike and (setting.secret or in_clear))


def unknown_setting(cls: type[StorageConfiguration], key: str) -> str:
    """The message about an unknown key, with the known one that is most similar."""
    found = nearest_setting(cls, key)
    if key in _OF_THE_FILE:
        return f"is not a setting of {cls.label}; move the line to the top, above the first [table]"
    hint = f"did you mean {found.name}?"
    if not found.alike:
        hint = f"the nearest is {found.name}, known are {', '.join(_known_keys(cls))}"
    return f"is not a setting of {cls.label}; {hint}"


def sounds_secret(key: str) -> bool:
    """Whether an unknown key is named like a credential."""
    from re import IGNORECASE, search

    return search("secret|token|passw|credential|key$", key, IGNORECASE) is not None


def _known_keys(cls: type[StorageConfiguration]) -> list[str]:
    return [*RESERVED, *(setting.name for setting in cls.settings())]
