"""The settings of one configuration as they are exported.

Secrets are left out and references kept; if secrets are asked for, they are written, and references
are resolved.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from os import urandom
from typing import TYPE_CHECKING, Any, Final

from storage_core.declaration.configuration import resolved
from storage_core.errors import ConfigurationError
from storage_core.paths import expanded
from storage_core.redaction import MASK, secret_spans
from storage_core.references import (
    LITERAL,
    SCHEMES,
    VARIABLE,
    is_literal,
    is_reference,
    resolve,
    without_literal,
)

if TYPE_CHECKING:
    from storage_core.declaration.configuration import StorageConfiguration
    from storage_core.declaration.setting import Setting

_KEY: Final = urandom(32)

_MISSING: Final = object()

_LINK: Final = re.compile(r":[A-Za-z][A-Za-z0-9+.-]*://")
"""The beginning of another URL in a chain."""

PASSWORD_IN: Final = "the password in"
"""Comes in `left_out` before the name of a setting that is a URL without its password."""

LEFT_OUT: Final = "is left out, since it stands in the configuration as it is"


@dataclass(frozen=True, kw_only=True)
class Value:
    """A text: itself, or the reference to it; neither if it is a secret that is left out."""

    setting: str
    """The name of the setting; inside a table with dots: `options.key`."""

    text: str | None = field(default=None, repr=False)
    reference: str | None = None
    digest: bytes | None = field(default=None, repr=False)
    """Tells apart two secrets that are left out; of no use to another process."""

    @property
    def variable(self) -> str | None:
        """The name of the variable that it refers to; None if to none."""
        return self._target(VARIABLE)

    @property
    def file(self) -> str | None:
        """The absolute path of the file that it refers to; None if to none."""
        target = self._target("file")
        return None if target is None else expanded(target)

    @property
    def keyring(self) -> tuple[str, str] | None:
        """The service and user of the keyring entry that it refers to; None if to none."""
        target = self._target("keyring")
        if target is None:
            return None
        service, _, user = target.rpartition("/")
        return service, user

    def _target(self, scheme: str) -> str | None:
        found, _, target = (self.reference or "").partition(":")
        return target if found == scheme else None


def digest_of(secret: object) -> bytes:
    """A digest that is the same for the same secret, in this process only."""
    from hashlib import blake2b

    return blake2b(repr(secret).encode(), key=_KEY).digest()


class Settings:
    """The settings of one configuration as they are exported.

    Args:
        configuration: with absolute paths.
        reveal: whether secrets are written as they are.
    """

    def __init__(self, configuration: StorageConfiguration, *, reveal: bool) -> None:
        self._configuration = configuration
        self._reveal = reveal
        self.table: dict[str, Any] = {}
        """The settings as a configuration file has them."""

        self._digests: dict[str, bytes] = {}
        self.left_out: list[str] = []
        """The secrets that are not in `table`, with dots for those inside a table."""

        for name, value in configuration.given().items():
            declared = configuration.setting_named(name)
            assert declared is not None
            self._add(declared, value)

    def value(self, name: str) -> Value | None:
        """A setting that is text; None if it is not given or not text."""
        if name in self.left_out:
            return Value(setting=name, digest=self._digests.get(name))
        text = self.table.get(name)
        if not isinstance(text, str):
            return None
        declared = self._configuration.setting_named(name)
        if declared is not None and declared.is_reference(text):
            return Value(setting=name, reference=text)
        return Value(setting=name, text=without_literal(text))

    def options(self) -> dict[str, Any]:
        """The table Options, with a `Value` in place of each text."""
        given = self._configuration.given().get("options") or {}
        return {key: self._option(key, value, f"options.{key}") for key, value in given.items()}

    def _add(self, declared: Setting, value: Any) -> None:
        name = declared.name
        if declared.form == "table":
            kept = _plain(self.options(), self.left_out)
            if kept is not _MISSING:
                self.table[name] = kept
            return
        if not isinstance(value, str) or not declared.schemes:
            self.table[name] = value
            return
        if declared.is_reference(value):
            if self._reveal:
                value = _protected(declared, resolved(declared, value, self._label(declared.label)))
        elif declared.secret and not self._reveal:
            self.left_out.append(name)
            self._digests[name] = digest_of(without_literal(value))
            return
        else:
            value = self.without_password(declared, value)
        self.table[name] = value

    def _option(self, key: str, value: Any, path: str, *, secret: bool = False) -> Any:
        """A copy of a part of Options, with a `Value` for each text."""
        from storage_core.declaration.tables import hidden

        if isinstance(value, Mapping):
            if set(value) == {"ref"} and is_reference(value["ref"]):
                reference = str(value["ref"])
                if self._reveal:
                    return Value(setting=path, text=resolve(reference, self._label(path)))
                return Value(setting=path, reference=reference)
            if set(value) == {"ref"} and is_literal(value["ref"]):
                value = without_literal(value["ref"])
            else:
                # Everything below a key that sounds secret is secret, whatever its own key.
                secret = secret or _is_secret(key)
                return {
                    name: self._option(name, inner, f"{path}.{name}", secret=secret)
                    for name, inner in value.items()
                }
        if isinstance(value, list):
            return [
                self._option(key, inner, f"{path}.{number}", secret=secret)
                for number, inner in enumerate(value)
            ]
        if isinstance(value, str):
            is_hidden = secret or any(True for _ in hidden(value, key))
            if self._reveal or not is_hidden:
                return Value(setting=path, text=value)
            return Value(setting=path, digest=digest_of(value))
        if isinstance(value, bool) or self._reveal:
            return value
        if secret or _is_secret(key):
            return Value(setting=path, digest=digest_of(value))
        return value

    def without_password(self, declared: Setting, value: str) -> str:
        """`value` without the passwords of a URL in it, unless secrets are asked for."""
        if self._reveal:
            return value
        spans = secret_spans(value, bare=declared.form == "url")
        secrets = [value[start:end] for start, end in spans]
        if any(_LINK.search(each) for each in secrets):
            # In `zip://d::https://u:pw@h/a.zip` all from `d:` on looks like one password.
            raise ConfigurationError(
                f"{self._label(declared.label)} is a chain of URLs, out of which the password "
                "cannot be taken; export it with --reveal, or move the password into Options"
            )
        for start, end in sorted(spans, reverse=True):
            colon = value[start - 1] == ":" and value[end : end + 1] == "@"
            value = value[: start - colon] + value[end:]
        if spans:
            left_out = f"{PASSWORD_IN} {declared.name}"
            self.left_out.append(left_out)
            self._digests[left_out] = digest_of(secrets)
        return value

    def _label(self, label: str) -> str:
        return f"{self._configuration.name}: {label}"


def _is_secret(key: str) -> bool:
    from storage_core.declaration.tables import visible

    # Any number is masked if its key sounds secret.
    return bool(visible(0, key) == MASK)


def _protected(declared: Setting, text: str) -> str:
    """A text as a configuration file has it, marked as literal if it looks like a reference."""
    looks_otherwise = is_reference(text, declared.schemes or SCHEMES) or is_literal(text)
    return LITERAL + text if looks_otherwise else text


def _plain(value: Any, left_out: list[str]) -> Any:
    """A table as a configuration file has it, without what is left out."""
    if isinstance(value, Value):
        if value.reference is not None:
            return {"ref": value.reference}
        if value.text is None:
            left_out.append(value.setting)
            return _MISSING
        return value.text
    if isinstance(value, dict):
        kept = {key: _plain(inner, left_out) for key, inner in value.items()}
        found = {key: inner for key, inner in kept.items() if inner is not _MISSING}
        return found if found or not value else _MISSING
    if isinstance(value, list):
        kept_items = [_plain(inner, left_out) for inner in value]
        # Half a list would be another list.
        return _MISSING if any(item is _MISSING for item in kept_items) else kept_items
    return value
