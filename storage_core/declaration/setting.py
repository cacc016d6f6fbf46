"""One setting of a storage type, declared once.

Forms, prompts, command options, the JSON Schema and the README's tables are all made from these
declarations; nothing else in the project knows that S3 has a bucket.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Literal, TypeAlias

Form: TypeAlias = Literal["text", "choice", "path", "url", "number", "flag", "json", "table"]
"""What a value looks like to a person: decides the widget, the prompt and the TOML type."""

Check: TypeAlias = Callable[[str], str]
"""Returns the value as it should be saved, or raises `ValueError` saying what to write instead."""

Suggest: TypeAlias = Callable[[], Iterable[str]]
"""Values that a person may want to choose from; may read files, so it is called off the loop."""

_METADATA_KEY: Final = "setting"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Setting:
    """The declaration of one setting."""

    label: str
    """What forms and prompts call it, in the words of the specification."""

    help: str
    """One sentence: what it is for."""

    form: Form = "text"

    name: str = ""
    """The key in the TOML table; `aws_access_key_id` is the option `--aws-access-key-id`."""

    required: bool = False

    default: str | float | bool | None = None
    """What holds when the file does not say; None where there is no value."""

    secret: bool = False
    """Masked wherever it is shown, never echoed; may hold a reference."""

    reference: bool = False
    """May hold a reference such as `env:NAME` although it is shown; true for every secret."""

    advanced: bool = False
    """Beyond the specification: shown under "Advanced"."""

    choices: tuple[str, ...] = ()
    """For the form "choice": the values allowed."""

    unless: str | None = None
    """Required unless the setting of this name is given, which goes instead of it: never both."""

    check: Check | None = None
    suggest: Suggest | None = None

    placeholder: str = ""
    """An example value, shown in an empty field."""

    hint: str = ""
    """What is shown in an empty field instead, where no example says what to write."""

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
        if self.form == "table":
            return dict
        return str


def setting(label: str, help: str, *, default: Any = dataclasses.MISSING, **declared: Any) -> Any:
    """Declare a field of a storage type's dataclass.

    Args:
        label: see `Setting.label`.
        help: see `Setting.help`.
        default: the field's default; a setting without one is required.
        **declared: any other field of `Setting`.
    """
    required = default is dataclasses.MISSING
    declared.setdefault("reference", declared.get("secret", False))
    declaration = Setting(
        label=label,
        help=help,
        required=required,
        default=None if required else default,
        **declared,
    )
    return dataclasses.field(default=default, metadata={_METADATA_KEY: declaration})


def declared_settings(cls: type) -> tuple[Setting, ...]:
    """The settings of a storage type: its own in the order of declaration, then the common ones."""
    own: list[Setting] = []
    common: list[Setting] = []
    own_names = cls.__dict__.get("__annotations__", {})
    for field in dataclasses.fields(cls):
        if declaration := field.metadata.get(_METADATA_KEY):
            named = dataclasses.replace(declaration, name=field.name)
            (own if field.name in own_names else common).append(named)
    return (*own, *common)


def as_written(setting: Setting, value: Any) -> Any:
    """What a program passes as the text that the file has: a path object, or JSON as a mapping.

    Anything else comes back as it is; the checks say what is wrong with it.
    """
    if setting.form == "path" and isinstance(value, os.PathLike):
        path = os.fspath(value)
        # `Path("s3://bucket")` is `s3:/bucket`: a folder of that name is not what was meant.
        scheme, separator, rest = path.partition(":/") if isinstance(path, str) else ("", "", "")
        is_url = separator and len(scheme) > 1 and "/" not in scheme
        return value if is_url and not rest.startswith("/") else path
    if setting.form == "json" and isinstance(value, Mapping):
        from json import dumps

        try:
            return dumps(dict(value))
        except (TypeError, ValueError, RecursionError):
            return value
    return value
