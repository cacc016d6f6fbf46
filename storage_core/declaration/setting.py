"""One setting of a storage type, declared once.

Forms, prompts, command options, the JSON Schema and the documentation's tables are all made from
these declarations; nothing else in the project knows that S3 has a bucket.
"""

from __future__ import annotations

import os

from storage_core.light import dataclass, replace
from storage_core.printable import trimmed, unquoted
from storage_core.references import (
    SCHEMES,
    VARIABLE,
    check_references_in,
    is_literal,
    is_reference,
    is_unicode,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, Final, Literal, TypeAlias

    Form: TypeAlias = Literal[
        "text", "choice", "path", "file", "url", "number", "flag", "list", "json", "table"
    ]
    """The kind of value: it decides the widget, the prompt and the TOML type.

    A "path" leads to a folder, a "file" to a file."""

    Check: TypeAlias = Callable[[str], str]
    """Returns the value as it should be saved, or raises `ValueError` saying what to write."""

    Suggest: TypeAlias = Callable[[], Iterable[str]]
    """Values to choose from. It may read files: call it off the event loop."""
RESERVED: Final = ("id", "type")
"""Keys of a storage table that are not settings."""

_MISSING: Final = object()
_DECLARED: Final = "_declared"


@dataclass(frozen=True, kw_only=True)
class Setting:
    """The declaration of one setting."""

    label: str
    """What people call it, in the words of the specification."""

    help: str
    """One sentence: what it is for."""

    form: Form = "text"

    name: str = ""
    """The key in the TOML table; `aws_access_key_id` is the option `--aws-access-key-id`."""

    required: bool = False

    default: str | float | bool | None = None
    """Its value if the file gives none; None for no value."""

    secret: bool = False
    """Whether it is masked and never echoed; it may hold a reference."""

    reference: bool = False
    """Whether it may hold a reference such as `env:NAME`; true for every secret."""

    signs_in: bool = False
    """Whether it is for signing in, rather than for the place; true for every reference."""

    advanced: bool = False
    """Beyond the specification: shown under "Advanced"."""

    choices: tuple[str, ...] = ()
    """For the form "choice": the values allowed."""

    unless: str | None = None
    """The setting that can be given instead of this one: one of the two is required, never both."""

    check: Check | None = None
    suggest: Suggest | None = None

    offered: bool = False
    """Whether the server can be asked, once signed in, which values there are."""

    placeholder: str = ""
    """An example value, shown in an empty field."""

    hint: str = ""
    """What an empty field shows if no example says what to write."""

    @property
    def schemes(self) -> tuple[str, ...]:
        """The schemes of references that it may hold: `env` for any text, more for a secret."""
        if self.reference:
            return SCHEMES
        is_text = self.form in ("text", "path", "file", "url") and not self.choices
        return (VARIABLE,) if is_text else ()

    def is_reference(self, value: object) -> bool:
        """Whether `value` of this setting says where the value is kept."""
        return is_reference(value, self.schemes)

    def normalised(self, value: Any) -> Any:
        """`value`, which is not a reference, as it is saved.

        Raises:
            ValueError: it is not valid; the message says what to write.
        """
        if self.secret and isinstance(value, str) and not is_unicode(value):
            raise ValueError("must be UTF-8 text")
        if self.form == "table":
            check_references_in(value)
        return self.check(value) if self.check else value

    @property
    def option(self) -> str:
        """Its option on the command line."""
        return "--" + self.name.replace("_", "-")

    @property
    def python_type(self) -> type:
        """The type of its values in the file and in Python."""
        if self.form == "number":
            return float
        if self.form == "flag":
            return bool
        if self.form == "list":
            return list
        if self.form == "table":
            return dict
        return str


class _Declaration:
    """Declares a setting in a class body; once the class exists, the default takes its place."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting

    def __set_name__(self, owner: type, name: str) -> None:
        if _DECLARED not in vars(owner):
            setattr(owner, _DECLARED, {})
        vars(owner)[_DECLARED][name] = replace(self._setting, name=name)
        if not self._setting.required:
            setattr(owner, name, self._setting.default)
            return
        delattr(owner, name)
        if hasattr(owner, name):
            # A base class has a default for it, which must not apply here.
            from dataclasses import field

            setattr(owner, name, field())


def setting(label: str, help: str, *, default: Any = _MISSING, **declared: Any) -> Any:
    """Declare a field of a storage type's dataclass.

    Args:
        label: see `Setting.label`.
        help: see `Setting.help`.
        default: the field's default; a setting without one is required.
        **declared: any other field of `Setting`.
    """
    required = default is _MISSING
    declared.setdefault("reference", declared.get("secret", False))
    declared.setdefault("signs_in", declared["reference"])
    return _Declaration(
        Setting(
            label=label,
            help=help,
            required=required,
            default=None if required else default,
            **declared,
        )
    )


def declared_settings(cls: type) -> tuple[Setting, ...]:
    """The settings of a storage type: its own in order of declaration, then the common ones."""
    found: dict[str, Setting] = {}
    for base in reversed(cls.__mro__):
        declared = vars(base).get(_DECLARED, {})
        for name in getattr(base, "__annotations__", ()):
            if name in declared:
                found[name] = declared[name]
            else:
                found.pop(name, None)
    own = [name for name in found if name in cls.__annotations__]
    return (*map(found.pop, own), *found.values())


def as_written(setting: Setting, value: Any) -> Any:
    """Convert what a program may pass to what a file holds: a path object, a mapping, a tuple.

    Anything else is returned as it is, for the checks to judge.
    """
    if setting.form == "list" and isinstance(value, tuple):
        return list(value)
    if setting.form in ("path", "file") and isinstance(value, os.PathLike):
        path = os.fspath(value)
        # `Path("s3://bucket")` is `s3:/bucket`, but nobody means a folder of that name.
        scheme, separator, rest = path.partition(":/") if isinstance(path, str) else ("", "", "")
        is_url = separator and len(scheme) > 1 and "/" not in scheme
        return value if is_url and not rest.startswith("/") else path
    if setting.form == "json" and not isinstance(value, str):
        from collections.abc import Mapping
        from json import dumps

        if not isinstance(value, Mapping):
            return value
        try:
            return dumps(dict(value))
        except (TypeError, ValueError, RecursionError):
            return value
    return value


def as_meant(setting: Setting, value: Any) -> Any:
    """Clean up `value`, which a person has typed or pasted.

    Blanks, breaks and invisible characters at its ends are dropped, and quotation marks around it:
    they were copied along. What may be meant stays: a blank at the end of a path, quotation marks
    around a secret, all that follows `literal:`.
    """
    if not isinstance(value, str) or setting.form in ("flag", "list", "table"):
        return value
    text = trimmed(value)
    if is_literal(text):
        return value.lstrip()
    if setting.form not in ("path", "file"):
        return text if setting.secret and setting.form != "json" else unquoted(text)
    bare = unquoted(text)
    if bare != text and (bare.startswith(("/", "~")) or "://" in bare):
        return bare
    blanks = value[len(value.rstrip(" ")) :]
    return text if not text or "://" in text or setting.is_reference(text) else text + blanks
