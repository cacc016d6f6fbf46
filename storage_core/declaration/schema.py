"""The JSON Schema of the configuration file, made from the declarations of the storage types.

Editors complete and check the file with it. Draft 2020-12, one definition for each type.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from storage_core.declaration import checks
from storage_core.references import SCHEMES

if TYPE_CHECKING:
    from storage_core.declaration.configuration import StorageConfiguration
    from storage_core.declaration.setting import Setting

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

_JSON_TYPES: Final = {
    str: "string",
    float: "number",
    bool: "boolean",
    list: "array",
    dict: "object",
}
_SECONDS: Final[object] = checks.seconds
_REFERENCE: Final = {"$ref": "#/$defs/reference"}
_ID_PATTERN: Final = "^([0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|[0-9A-Fa-f]{32})$"


def file_schema(types: Iterable[type[StorageConfiguration]]) -> dict[str, Any]:
    """The schema of a whole file with configurations of these types."""
    types = list(types)
    return {
        "$schema": DIALECT,
        "title": "Storage configurations",
        "type": "object",
        "properties": {
            "version": {
                "description": "The version of this format.",
                "type": "integer",
                "minimum": 1,
                "default": 1,
            },
            "include": {
                "description": "Files that lie beneath this one, the nearest first; a relative "
                "path starts from this file's folder. They are read and never written.",
                "type": "array",
                "items": {"type": "string", "minLength": 1},
                "examples": [["/srv/team/storage.toml", "shared.toml"]],
            },
            "default": {
                "description": "The name of the default. Without it, that of an included file; "
                "where none sets one, and where it is empty, Temporary Local Storage.",
                "type": "string",
            },
            "storage": {
                "description": "The storage configurations, by name.",
                "type": "object",
                "propertyNames": {"minLength": 1},
                "additionalProperties": {"$ref": "#/$defs/configuration"},
            },
            "app": {"description": "What belongs to the app.", "type": "object"},
        },
        "$defs": {
            "configuration": {
                "type": "object",
                "required": ["type"],
                "oneOf": [{"$ref": f"#/$defs/{cls.type}"} for cls in types],
            },
            "reference": {
                "description": "Where the value is kept, resolved when the storage is opened: "
                "env:NAME, file:/absolute/path or keyring:service/user.",
                "type": "string",
                "pattern": f"^({'|'.join(SCHEMES)}):.+",
                "examples": ["env:PROD_S3_SECRET", "file:/run/secrets/s3", "keyring:storage/prod"],
            },
            **{cls.type: type_schema(cls) for cls in types},
        },
    }


def type_schema(cls: type[StorageConfiguration]) -> dict[str, Any]:
    """The schema of one table of this type."""
    schema: dict[str, Any] = {
        "title": cls.label,
        "description": f"{cls.description} {cls.note}".rstrip(),
        "type": "object",
        "properties": {
            "id": {
                "description": "A UUID; without it, one is derived from the name.",
                "type": "string",
                "pattern": _ID_PATTERN,
            },
            "type": {"const": cls.type},
            **{setting.name: _setting_schema(setting) for setting in cls.settings()},
        },
        "required": ["type", *(setting.name for setting in cls.settings() if setting.required)],
        "additionalProperties": False,
    }
    either = [
        {"oneOf": [{"required": [setting.name]}, {"required": [setting.unless]}]}
        for setting in cls.settings()
        if setting.unless
    ]
    if either:
        schema["allOf"] = either
    return schema


def _setting_schema(setting: Setting) -> dict[str, Any]:
    schema: dict[str, Any] = {"title": setting.label, "description": setting.help}
    value: dict[str, Any] = {"type": _JSON_TYPES[setting.python_type]}
    if setting.choices:
        value = {"enum": list(setting.choices)}
    elif setting.form == "list":
        value["items"] = {"type": "string", "minLength": 1}
    elif value["type"] == "string" and not _may_be_empty(setting):
        value["minLength"] = 1
    elif setting.check is _SECONDS:
        value |= {"exclusiveMinimum": 0, "maximum": checks.LONGEST}
    if setting.reference:
        schema["description"] += (
            " A reference such as env:NAME, or the value itself; literal: before a value says that "
            "it is no reference."
        )
        schema["anyOf"] = [_REFERENCE, value]
    else:
        schema |= value
    if setting.form == "table":
        schema["description"] += ' A reference inside of it is written {ref = "env:NAME"}.'
    if setting.default is not None:
        schema["default"] = setting.default
    if setting.placeholder:
        schema["examples"] = [_example(setting)]
    if setting.secret:
        schema["writeOnly"] = True
    return schema


def _example(setting: Setting) -> object:
    if setting.form == "number":
        return float(setting.placeholder)
    return setting.placeholder.split() if setting.form == "list" else setting.placeholder


def _may_be_empty(setting: Setting) -> bool:
    """Whether an empty text is allowed in the file; it means the same as leaving it out."""
    try:
        return setting.check is None or not setting.check("")
    except ValueError:
        return False
