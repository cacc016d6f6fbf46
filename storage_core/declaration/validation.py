"""Checks settings typed by people or passed by programs, with pydantic.

The input may be text from a form: it is converted to the setting's type and checked with the same
checks as in `table.py`. All faults are found at once. Messages never hold the input.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    create_model,
)

from storage_core.declaration.faults import Fault, unknown_setting
from storage_core.declaration.setting import RESERVED, as_meant, as_written
from storage_core.declaration.table import AS_JSON_TEXT, checked, missing
from storage_core.errors import ConfigurationError
from storage_core.newer_toml import newer_syntax

if TYPE_CHECKING:
    from storage_core.declaration.configuration import StorageConfiguration
    from storage_core.declaration.setting import Setting


class InvalidSettings(ConfigurationError):
    """Settings that cannot be saved; `faults` names each, with the reason."""

    def __init__(self, cls: type[StorageConfiguration], faults: list[Fault]) -> None:
        self.faults = tuple(faults)
        labels = {setting.name: setting.label for setting in cls.settings()}
        super().__init__(
            "; ".join(f"{labels.get(name, name)} {message}" for name, message in faults)
        )
        self._cls = cls

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the faults too: by default an exception is pickled with its message alone."""
        return type(self), (self._cls, [*self.faults])


def validated(cls: type[StorageConfiguration], values: Mapping[str, Any]) -> dict[str, Any]:
    """The settings in `values`, converted, checked and normalised.

    Args:
        cls: the storage type.
        values: by the setting's name; None and empty text mean "not given".

    Raises:
        InvalidSettings: with every fault found.
    """
    declared = {setting.name: setting for setting in cls.settings()}
    present = {
        name: as_written(declared[name], value) if name in declared else value
        for name, value in values.items()
        if value not in (None, "", {}, [])
    }
    faults: list[Fault] = []
    result: dict[str, Any] = {}
    try:
        model = model_of(cls).model_validate(present)
        given = model.model_dump(exclude_unset=True).items()
        result = {name: _tidy(value) for name, value in given if value != ""}
    except ValidationError as error:
        faults = _faults(cls, error)
    named = {fault.name for fault in faults}
    faults += [Fault(*each) for each in missing(cls, present) if each[0] not in named]
    if faults:
        raise InvalidSettings(cls, faults)
    return result


def fault_of(setting: Setting, value: Any) -> str | None:
    """What is wrong with one value, or None."""
    if value in (None, "", {}, []):
        return "is required" if setting.required else None
    try:
        TypeAdapter(_annotation(setting), config=_CONFIG).validate_python(value)
    except ValidationError as error:
        return _message(setting, error.errors(include_input=False, include_url=False)[0])
    return None


@cache
def model_of(cls: type[StorageConfiguration]) -> type[BaseModel]:
    """The pydantic model of a storage type, made from its declaration."""
    fields: dict[str, Any] = {}
    for setting in cls.settings():
        annotation = _annotation(setting)
        if setting.required:
            fields[setting.name] = (annotation, _field(setting, ...))
        else:
            fields[setting.name] = (annotation | None, _field(setting, setting.default))
    return cast(
        "type[BaseModel]",
        create_model(cls.__name__, __config__=_CONFIG, __doc__=cls.description, **fields),
    )


_CONFIG = ConfigDict(extra="forbid", hide_input_in_errors=True, str_strip_whitespace=False)


def _annotation(setting: Setting) -> Any:
    """The type of a setting with its checks attached."""
    kind: Any = Literal[setting.choices] if setting.choices else setting.python_type
    if setting.form == "table":
        kind = Annotated[dict[str, Any], BeforeValidator(_table_from_text)]
    elif setting.form == "list":
        kind = Annotated[list[Any], BeforeValidator(_list_from_text)]
    elif setting.form != "flag":
        kind = Annotated[kind, BeforeValidator(lambda value: as_meant(setting, value))]
    return Annotated[kind, AfterValidator(lambda value: checked(setting, value))]


def _field(setting: Setting, default: Any) -> Any:
    extra: dict[str, Any] = {"writeOnly": True} if setting.secret else {}
    return Field(
        default,
        title=setting.label,
        description=setting.help,
        examples=[setting.placeholder] if setting.placeholder else None,
        json_schema_extra=extra or None,
    )


def _tidy(value: Any) -> Any:
    """Whole numbers as people write them: `timeout = 5`, not `5.0`."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _list_from_text(value: Any) -> Any:
    """A list typed as text: words with blanks or commas between them."""
    return value.replace(",", " ").split() if isinstance(value, str) else value


def _table_from_text(value: Any) -> Any:
    """A table typed as text: `key = value` lines of TOML, or a JSON object."""
    if not isinstance(value, str):
        return value
    from json import loads
    from tomllib import TOMLDecodeError
    from tomllib import loads as toml_loads

    try:
        return loads(value) if value.lstrip().startswith("{") else toml_loads(value)
    except TOMLDecodeError:
        newer = newer_syntax(value)
    except (ValueError, RecursionError):
        newer = None
    if newer and newer.closed:
        raise ValueError(f"has something newer in line {newer.line}: {newer}")
    raise ValueError("must be lines such as requester_pays = true, or a JSON object")


def _faults(cls: type[StorageConfiguration], error: ValidationError) -> list[Fault]:
    found: dict[str, Fault] = {}
    for detail in error.errors(include_input=False, include_url=False, include_context=True):
        name = str(detail["loc"][0]) if detail["loc"] else ""
        setting = cls.setting_named(name)
        if name in RESERVED:
            message = "is given when a configuration is created and stays; leave it out"
        else:
            message = _message(setting, detail) if setting else unknown_setting(cls, name)
        found.setdefault(name, Fault(name, message))
    return list(found.values())


def _message(setting: Setting, detail: Any) -> str:
    """An error of pydantic in words that say what to write, without the input."""
    if detail["type"] == "missing":
        return f"is missing; add {setting.name} ({setting.label})"
    if detail["type"] == "value_error":
        return str(detail["ctx"]["error"])
    if setting.choices:
        return f"must be one of {', '.join(setting.choices)}"
    return {
        "number": "must be a number",
        "flag": "must be true or false",
        "table": "must be a table",
        "list": "must be a list of words",
        "json": AS_JSON_TEXT,
    }.get(setting.form, "must be text")
