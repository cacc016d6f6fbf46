"""`storage edit`: change settings of a configuration, with the options of its type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from storage_core.cli import entries, options, output
from storage_core.cli.command import complete_ref, complete_setting
from storage_core.cli.errors import CommandFailed, WrongUsage
from storage_core.cli.exposure import warn_of
from storage_core.cli.session import Session
from storage_core.config.model.lookup import require_own
from storage_core.types import all_types

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage_core.config.model.entry import Entry
    from storage_core.declaration.configuration import StorageConfiguration


class EditCommand(options.SettingsCommand):
    """`storage edit`, which has an option for every setting of every type."""

    def get_params(self, context: click.Context) -> list[click.Parameter]:
        """The parameters; the options are made only now, since that loads every type."""
        if not any(isinstance(each, options.SettingOption) for each in self.params):
            self.params[1:1] = options.options_of_all(all_types())
        return super().get_params(context)


@click.command(
    "edit",
    cls=EditCommand,
    examples=(
        "storage edit prod-results --protected",
        "storage edit prod-results --timeout 30 --unset region_name",
        "storage edit prod-results --options requester_pays=true",
    ),
    help=f"""Change settings of a storage configuration; the others stay as they are.

    Each setting belongs to the types named behind it. --options changes single keys of the table;
    --unset options.KEY removes one.

    {options.SECRETS_HELP}
    """,
    short_help="Change settings of a storage configuration.",
)
@click.argument("ref", metavar="REF", shell_complete=complete_ref)
@click.option(
    "--unset",
    multiple=True,
    metavar="SETTING",
    shell_complete=complete_setting,
    help="Remove a setting. Repeatable.",
)
@click.pass_obj
def edit(
    session: Session, /, ref: str, unset: tuple[str, ...], as_json: bool, **given: Any
) -> None:
    from storage_core.declaration.validation import InvalidSettings
    from storage_core.types import type_named

    file = session.file
    entry = file.load().find(ref)
    require_own(entry, file.source)
    cls = entry.cls or type_named(entry.type)
    _require_owned(cls, options.given(given))
    values = options.values_of(cls, given, can_unset=True)
    changes = _changes(entry, cls, values, unset)
    if not changes:
        raise WrongUsage("nothing to change; give an option of a setting, or --unset SETTING")
    try:
        with file.transaction() as change:
            # Made again: another program may have changed a table that they are merged into.
            now = change.find(entry.name)
            change.update_settings(entry.name, _changes(now, cls, values, unset))
    except InvalidSettings as error:
        if entry.problems and not any(fault.name in changes for fault in error.faults):
            raise CommandFailed(str(entry.problems[0])) from None
        raise options.wrong_settings(cls, error.faults) from None
    if as_json:
        output.emit_json(entries.saved_as_json(file.load(), entry.name))
    else:
        output.emit(f"Updated {cls.label} {output.safe(entry.name)}")
        warn_of(file.load(), entry.name, changes)


def _changes(
    entry: Entry, cls: type[StorageConfiguration], values: dict[str, Any], unset: Iterable[str]
) -> dict[str, Any]:
    """The changes to save: `values`, with tables merged into those of `entry`; None unsets one."""
    changes = {
        name: _merged(entry, name, value) if isinstance(value, dict) else value
        for name, value in values.items()
    }
    for wanted in unset:
        _unset(entry, cls, wanted, changes)
    _require_the_required(entry, cls, changes)
    return changes


def _require_owned(cls: type[StorageConfiguration], given: dict[str, Any]) -> None:
    """Raise `WrongUsage` if an option is for a setting that the type does not have."""
    for name in given:
        if cls.setting_named(name) is None:
            known = ", ".join(setting.option for setting in cls.settings())
            raise WrongUsage(
                f"--{name.replace('_', '-')} is no setting of {cls.label}; it has {known}"
            )


def _require_the_required(
    entry: Entry, cls: type[StorageConfiguration], changes: dict[str, Any]
) -> None:
    """Raise `WrongUsage` if a required setting is unset; the message says how to replace it."""
    after = {**entry.settings, **changes}
    for setting in cls.settings():
        if not (setting.required or setting.unless):
            continue
        either = [setting, *filter(None, [cls.setting_named(setting.unless or "")])]
        unset = next((each for each in either if changes.get(each.name, ...) is None), None)
        if unset is None or any(after.get(each.name) is not None for each in either):
            continue
        others = [each for each in either if each is not unset]
        instead = (
            f"requires it or {others[0].name}; give {others[0].option} as well"
            if others
            else f"requires it; give it another value with {unset.option}"
        )
        raise WrongUsage(f"{unset.name} cannot be unset, as {cls.label} {instead}")


def _merged(entry: Entry, name: str, value: dict[str, Any]) -> dict[str, Any]:
    from copy import deepcopy

    before = entry.settings.get(name)
    result = deepcopy(before) if isinstance(before, dict) else {}
    options.merge(result, deepcopy(value))
    return result


def _unset(
    entry: Entry, cls: type[StorageConfiguration], wanted: str, changes: dict[str, Any]
) -> None:
    """Add to `changes` the removal of a setting, or of a key inside a table."""
    name, _, inner = wanted.removeprefix("--").partition(".")
    if wanted in entry.settings:
        # An unknown setting may have a dot in its name, which the file has in quotes.
        name, inner = wanted, ""
    elif name not in entry.settings:
        name = name.replace("-", "_")
    setting = cls.setting_named(name)
    if setting is None and name not in entry.settings:
        known = ", ".join(setting.name for setting in cls.settings())
        raise WrongUsage(f"--unset: {cls.label} has no setting of this name; it has {known}")
    if not inner:
        if changes.get(name) is not None:
            raise WrongUsage(f"{name} is both set and unset; keep one of the two")
        changes[name] = None
        return
    table = changes.get(name) or _merged(entry, name, {})
    keys = inner.split(".")
    found: Any = table
    for key in keys[:-1]:
        found = found.get(key) if isinstance(found, dict) else None
    if not isinstance(found, dict) or keys[-1] not in found:
        raise WrongUsage(f"--unset: there is no {wanted} in this configuration")
    del found[keys[-1]]
    changes[name] = table or None
