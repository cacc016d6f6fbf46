"""`storage types`: the storage types and their settings, from the declarations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from storage_core.cli import output
from storage_core.cli.command import command
from storage_core.cli.errors import WrongUsage
from storage_core.cli.table import Column, Row, laid_out, wrapped
from storage_core.errors import ConfigurationError
from storage_core.types import all_types, type_named, type_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage_core.declaration.configuration import StorageConfiguration
    from storage_core.declaration.setting import Setting


def _complete_type(
    _context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    return [CompletionItem(name) for name in type_names() if name.startswith(incomplete)]


@command("types", examples=("storage types", "storage types local", "storage types --json"))
@click.argument("names", metavar="[TYPE]...", nargs=-1, shell_complete=_complete_type)
def types(names: tuple[str, ...], as_json: bool) -> None:
    """Show the storage types and their settings."""
    try:
        found = [type_named(name) for name in names] or all_types()
    except ConfigurationError as error:
        raise WrongUsage(str(error)) from error
    if as_json:
        output.emit_json([_as_json(cls) for cls in found])
        return
    for index, cls in enumerate(found):
        if index:
            output.emit()
        for line in _described(cls):
            output.emit(line)


def _described(cls: type[StorageConfiguration]) -> Iterator[str]:
    yield f"{output.styled(cls.type, 'bold')}  {cls.label}"
    for text in filter(None, (cls.description, cls.note)):
        yield from wrapped(text, output.width(), "    ")
    rows = [
        Row((f"    {setting.name}", _necessity(setting), f"{setting.label}: {setting.help}"))
        for setting in cls.settings()
    ]
    columns = (Column(""), Column(""), Column("", folds=True, drops=1, narrowest=24))
    yield from laid_out(columns, rows, output.width(), indent=8)


def _necessity(setting: Setting) -> str:
    if setting.required or setting.unless:
        return f"or {setting.unless}" if setting.unless else "required"
    return "advanced" if setting.advanced else "optional"


def _as_json(cls: type[StorageConfiguration]) -> dict[str, Any]:
    return {
        "type": cls.type,
        "label": cls.label,
        "description": cls.description,
        "note": cls.note or None,
        "settings": [
            {
                "name": setting.name,
                "label": setting.label,
                "help": setting.help,
                "option": setting.option,
                "form": setting.form,
                "required": setting.required,
                "required_unless": setting.unless,
                "default": setting.default,
                "choices": list(setting.choices) or None,
                "secret": setting.secret,
                "reference": setting.reference,
                "advanced": setting.advanced,
            }
            for setting in cls.settings()
        ],
    }
