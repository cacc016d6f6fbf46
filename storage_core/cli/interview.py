"""`storage create` at a terminal: the menu, then one question for each setting, the name last.

The order, labels and wording of the menu follow the specification. Advanced settings are left to
`storage edit` and the app.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from storage_core.cli import pasting, prompts
from storage_core.cli.created import report
from storage_core.cli.importing_block import import_block
from storage_core.cli.options import json_complete
from storage_core.config.model.names import check_new_name
from storage_core.declaration.table import with_absolute_paths
from storage_core.declaration.validation import InvalidSettings, fault_of, validated
from storage_core.errors import ConfigConflict, ConfigurationError
from storage_core.importing.found import Found
from storage_core.importing.pasted import found_in
from storage_core.paths import command
from storage_core.types import all_types

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage_core.config.file import ConfigFile
    from storage_core.declaration.configuration import StorageConfiguration
    from storage_core.declaration.setting import Setting


def interview(file: ConfigFile, *, as_json: bool) -> None:
    """Ask for everything, then save.

    Raises:
        NoTerminal: there is no terminal to ask on.
        ConfigurationError: the file does not allow a new configuration.
    """
    whole = command("create TYPE --name NAME …", file.source)
    prompts.require_terminal(f"use {whole}, or see: storage create --help")
    file.require_writable()
    found = file.load()
    if found.newer:
        # Ask nothing if the answers could not be saved.
        raise ConfigurationError(str(found.problems[0]))
    cls = _choose(all_types())
    if isinstance(cls, pasting.Block):
        import_block(file, cls, found, as_json=as_json)
        return
    if cls.note:
        prompts.say(cls.note)
    values = _ask_settings(cls)
    name = _ask_name(found.entries)
    default = found.default_origin is None and prompts.confirm(
        "You have no default storage configuration. Make this one the default?", default=True
    )
    while True:
        try:
            saved = file.add_settings(cls, values, name=name, default=default)
            break
        except ConfigConflict as error:
            # Another program has taken the name in the meantime.
            prompts.say(_sentence(str(error)))
            name = _ask_name(file.load().entries)
    report(file.source, saved, is_default=default, as_json=as_json)


def _choose(
    types: list[type[StorageConfiguration]],
) -> type[StorageConfiguration] | pasting.Block:
    prompts.say("Found the following storage types:")
    for number, cls in enumerate(types):
        prompts.say(f"{number}) {cls.label}")
        prompts.say(f"    {cls.description}")
    while True:
        answer = pasting.ask("Select a storage type to create: ")
        if isinstance(answer, pasting.Block):
            if found_in(answer):
                return answer
            prompts.say("That is no block of credentials that is known here")
            continue
        if chosen := _chosen(types, answer):
            return chosen
        prompts.say(
            f"Invalid selection: type a number from 0 to {len(types) - 1}, or a type such as "
            f"{types[0].type}"
        )


def _chosen(
    types: list[type[StorageConfiguration]], answer: str
) -> type[StorageConfiguration] | None:
    """The type with this number or name, or the only one whose name or label begins like this."""
    if answer.isascii() and answer.isdigit():
        return types[int(answer)] if len(answer) < 10 and int(answer) < len(types) else None
    wanted = answer.casefold()
    for cls in types:
        if wanted in (cls.type, cls.label.casefold()):
            return cls
    begun = [cls for cls in types if wanted and _begins(cls, wanted)]
    return begun[0] if len(begun) == 1 else None


def _begins(cls: type[StorageConfiguration], wanted: str) -> bool:
    return cls.type.startswith(wanted) or cls.label.casefold().startswith(wanted)


def _ask_settings(cls: type[StorageConfiguration]) -> dict[str, Any]:
    """Ask for the settings. If they are refused together, ask for some or all of them again."""
    asked = [setting for setting in cls.settings() if not setting.advanced]
    # The hint is shown only once: S3 Storage has two secrets in a row.
    hinted = next((setting for setting in asked if setting.secret), None)
    answers: dict[str, Any] = {}
    again = asked
    while True:
        filled: set[str] = set()
        for setting in again:
            if setting.name in filled:
                continue
            hint = prompts.SECRET_HINT if setting is hinted else ""
            answer = _ask_setting(cls, setting, hint)
            if isinstance(answer, Found):
                # A block answers several questions at once.
                answers |= answer.settings
                filled |= answer.settings.keys()
            else:
                answers[setting.name] = answer
        try:
            validated(cls, with_absolute_paths(cls, answers))
            return answers
        except InvalidSettings as error:
            prompts.say(str(error))
            faulty = {fault.name for fault in error.faults}
            fewer = [setting for setting in asked if setting.name in faulty]
            again = fewer if fewer and fewer != again else asked


def _ask_setting(cls: type[StorageConfiguration], setting: Setting, hint: str) -> Any:
    """Ask one question; None if an optional setting is left out.

    If it is for credentials, a whole block may be pasted; then the `Found` in it is returned.

    Args:
        cls: the storage type.
        setting: the setting to ask for.
        hint: the text above the question for a secret.
    """
    is_required = setting.required or setting.unless is not None
    question = setting.label if is_required else f"{setting.label} (optional)"
    if setting.choices:
        question += f" ({', '.join(setting.choices)})"
    if setting.default is not None:
        question += f" [{setting.default}]"
    while True:
        if setting.form == "json":
            answer = prompts.ask_hidden(f"{question}: ", json_complete(setting), hint=hint)
        elif setting.secret:
            answer = pasting.ask_hidden(f"{question}: ", hint=hint)
        elif setting.reference:
            answer = pasting.ask(f"{question}: ")
        else:
            answer = prompts.ask(f"{question}: ")
        hint = ""
        if isinstance(answer, pasting.Block):
            found = [each for each in found_in(answer) if each.cls is cls]
            if len(found) == 1:
                said = [cls.setting_named(name) for name in found[0].settings]
                labels = ", ".join(each.label for each in said if each)
                prompts.say(f"Taken from what was pasted: {labels}")
                return found[0]
            prompts.say(f"That is no single block of credentials for {cls.label}")
            continue
        if not answer and not is_required:
            return None
        begun = [each for each in setting.choices if answer and each.startswith(answer.lower())]
        if len(begun) == 1:
            answer = begun[0]
        fault = fault_of(setting, answer) if answer else "is required"
        if fault is None:
            return answer
        prompts.say(f"{setting.label} {fault}")


def _ask_name(taken: Iterable[str]) -> str:
    while True:
        try:
            return check_new_name(prompts.ask("Name: "), taken)
        except (ConfigurationError, ConfigConflict) as error:
            prompts.say(_sentence(str(error)))


def _sentence(message: str) -> str:
    return message[:1].upper() + message[1:]
