"""Options made from the declarations of the storage types, and their values.

A new type or setting gets its options without a change here.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import click
from click.shell_completion import CompletionItem

from storage_core.cli import output, prompts
from storage_core.cli.command import StorageCommand
from storage_core.cli.errors import WrongUsage
from storage_core.declaration.display import masked
from storage_core.declaration.faults import sounds_secret
from storage_core.newer_toml import newer_syntax
from storage_core.references import is_reference

if TYPE_CHECKING:
    from storage_core.declaration.configuration import StorageConfiguration
    from storage_core.declaration.faults import Fault
    from storage_core.declaration.setting import Setting

FROM_STDIN: Final = "-"
ASKED_FOR: Final = "prompt"

SECRETS_HELP: Final = (
    "A secret is best given as a reference, which is what the file then holds: env:NAME, "
    "file:/absolute/path or keyring:service/user. Or it is read from standard input (-), or asked "
    "for (prompt). A secret as it is works too, but others can see process arguments."
)


class SettingOption(click.Option):
    """The option of one setting."""

    def __init__(self, setting: Setting, help: str, *, choices: bool) -> None:
        self.advanced = setting.advanced
        declared: dict[str, Any] = {"metavar": _metavar(setting), "default": None, "help": help}
        spelling = setting.option
        if setting.form == "flag":
            spelling = f"{setting.option}/--no-{setting.option.removeprefix('--')}"
            declared["metavar"] = None
        elif setting.form in ("table", "list"):
            declared["multiple"] = True
        elif choices and setting.choices:
            declared |= {"type": click.Choice(setting.choices), "metavar": None}
        spellings = [spelling, setting.name]
        if setting.form == "list":
            # The singular too: both `--tag prod --tag eu` and `--tags prod,eu` are natural.
            spellings.append(spelling.removesuffix("s"))
        self._setting = setting
        super().__init__(spellings, **declared)

    def shell_complete(self, context: click.Context, incomplete: str) -> list[CompletionItem[Any]]:
        """Complete files, folders, and values that are choices or suggestions."""
        if self._setting.form in ("path", "file"):
            kind = "dir" if self._setting.form == "path" else "file"
            return [CompletionItem("", type=kind)]
        suggest = self._setting.suggest
        values = self._setting.choices or (suggest() if suggest else ())
        return [
            CompletionItem(value)
            for value in values
            if value.startswith(incomplete) and value.isprintable()
        ]


class SettingsCommand(StorageCommand):
    """A command with options for settings; its help lists advanced ones separately."""

    def format_options(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        sections: dict[str, list[tuple[str, str]]] = {
            "Settings": [],
            "Advanced settings": [],
            "Options": [],
        }
        for parameter in self.get_params(context):
            # Arguments are shown in the usage line.
            if isinstance(parameter, click.Option) and (
                record := parameter.get_help_record(context)
            ):
                title = "Options"
                if isinstance(parameter, SettingOption):
                    title = "Advanced settings" if parameter.advanced else "Settings"
                sections[title].append(record)
        for title, records in sections.items():
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


def options_of(cls: type[StorageConfiguration]) -> list[click.Parameter]:
    """The options for the settings of one type, with the settings' help."""
    return [SettingOption(setting, _help(setting), choices=True) for setting in cls.settings()]


def options_of_all(types: Iterable[type[StorageConfiguration]]) -> list[click.Parameter]:
    """One option for each setting of any type; its value is checked later by the actual type."""
    types = list(types)
    by_name: dict[str, dict[str, Setting]] = {}
    for cls in types:
        for setting in cls.settings():
            by_name.setdefault(setting.name, {})[cls.type] = setting
    options: list[click.Parameter] = []
    for owners in by_name.values():
        first = next(iter(owners.values()))
        of = "" if len(owners) == len(types) else f" ({', '.join(owners)})"
        options.append(SettingOption(first, f"{first.label}{of}", choices=False))
    return options


def given(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options that are on the command line."""
    return {name: value for name, value in options.items() if value is not None and value != ()}


def values_of(
    cls: type[StorageConfiguration], options: Mapping[str, Any], *, can_unset: bool = False
) -> dict[str, Any]:
    """The values of the options by setting; secrets are read or asked for, tables merged.

    Args:
        cls: the storage type.
        options: values by the name of the setting; None if not on the command line.
        can_unset: whether the command has `--unset`, which the error for an empty value suggests.

    Raises:
        WrongUsage: a value is empty or malformed, or standard input is empty or needed twice.
        NoTerminal: a secret has to be asked for, and there is no terminal.
    """
    found: dict[str, Any] = {}
    present = given(options)
    piped = [
        each.option
        for each in cls.settings()
        if each.reference and present.get(each.name) == FROM_STDIN
    ]
    if len(piped) > 1:
        raise WrongUsage(f"only one of {' and '.join(piped)} can be read from standard input")
    for name, value in present.items():
        setting = cls.setting_named(name)
        assert setting is not None
        if value == "" or (isinstance(value, tuple) and "" in value):
            without = f"remove it with --unset {name}" if can_unset else "leave it out"
            raise WrongUsage(
                f"{setting.option} is empty; give it a value"
                + ("" if can_unset and setting.required else f", or {without}")
            )
        if setting.form == "table":
            found[name] = table_of(setting.option, value)
            for key in _plain_credentials(found[name]):
                _warn_of_exposure(f"{setting.option} {key}", f'write {key}={{ref="env:NAME"}}')
        elif setting.form == "list":
            found[name] = " ".join(value).replace(",", " ").split()
        elif setting.reference:
            found[name] = secret_value(
                setting.option,
                setting.label,
                value,
                json_complete(setting),
                shown=not setting.secret,
            )
        else:
            found[name] = value
            if masked(setting, value) != value:
                _warn_of_exposure(setting.option, "keep passwords out of it")
    return found


def secret_value(
    option: str,
    label: str,
    value: str,
    is_complete: Callable[[str], bool] | None = None,
    *,
    shown: bool = False,
) -> str:
    """The value of a secret's option: as given, from standard input, or asked for.

    Args:
        option: the option, for messages.
        label: the name of the value in the question.
        value: the value on the command line.
        is_complete: see `prompts.ask_hidden`.
        shown: whether the value is not secret, but takes a reference like a secret.
    """
    if value == "":
        raise WrongUsage(f"{option} is empty; give it a value, or leave it out")
    if value == FROM_STDIN and not (sys.stdin is not None and sys.stdin.isatty()):
        return from_stdin(option)
    if value in (ASKED_FOR, FROM_STDIN):
        prompts.require_terminal(
            f"give {option} a reference such as env:NAME, or - for standard input"
        )
        question = f"{label}: "
        if shown:
            answer = prompts.ask(question)
        else:
            answer = prompts.ask_hidden(question, is_complete, hint=prompts.SECRET_HINT)
        if not answer:
            raise WrongUsage(f"nothing was typed for {option}")
        return answer
    if not (shown or is_reference(value)):
        _warn_of_exposure(option, "use env:NAME, file:/path, - or prompt")
    return value


def from_stdin(option: str) -> str:
    """All of standard input, without the line break at its end.

    Raises:
        WrongUsage: standard input is closed, empty or not UTF-8.
    """
    if sys.stdin is None:
        raise WrongUsage(f"{option} is to be read from standard input, which is closed")
    try:
        text = sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError:
        raise WrongUsage(f"what standard input has for {option} is not UTF-8 text") from None
    text = text[:-2] if text.endswith("\r\n") else text.removesuffix("\n")
    if not text.strip():
        raise WrongUsage(f"{option} is to be read from standard input, which is empty")
    return text


def json_complete(setting: Setting) -> Callable[[str], bool]:
    """Make a function that tells whether an answer is complete: JSON may have several lines."""

    def is_complete(text: str) -> bool:
        if setting.form != "json" or not text.startswith("{"):
            return True
        from json import loads

        try:
            loads(text)
        except (ValueError, RecursionError):
            return False
        return True

    return is_complete


def table_of(option: str, texts: Iterable[str]) -> dict[str, Any]:
    """The table from all occurrences of `--options`, merged.

    Each is KEY=VALUE, or a whole TOML or JSON text. Dots in KEY are for inner tables; VALUE is as
    in TOML, a table or list as in JSON, or else plain text.

    Raises:
        WrongUsage: one of them is neither.
    """
    result: dict[str, Any] = {}
    for text in texts:
        merge(result, _table_from(option, text))
    return result


def merge(into: dict[str, Any], other: Mapping[str, Any]) -> None:
    """Merge `other` into `into`, inner tables too."""
    for key, value in other.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value)
        else:
            into[key] = value


def wrong_settings(cls: type[StorageConfiguration], faults: Iterable[Fault]) -> WrongUsage:
    """The error for settings that a type refuses; it names their options."""
    parts = []
    for name, message in faults:
        setting = cls.setting_named(name)
        said = "is missing" if message.startswith("is missing; add") else message
        parts.append(f"{setting.option if setting else name} {said}")
    return WrongUsage("; ".join(parts))


def _table_from(option: str, text: str) -> dict[str, Any]:
    from json import loads
    from tomllib import loads as toml_loads

    try:
        if text.lstrip().startswith("{"):
            parsed: dict[str, Any] = loads(text)
            return parsed
        return toml_loads(text)
    except (ValueError, RecursionError):
        # A plain ValueError is raised for a number with thousands of digits.
        key, equals, value = text.partition("=")
        newer = newer_syntax(text)
        if newer and newer.closed and value.lstrip().startswith(("{", "[", '"')):
            raise WrongUsage(f"{option}: {newer}") from None
        keys = [part.strip() for part in key.split(".")]
        if not equals or not all(keys) or "\n" in text or text.lstrip().startswith("{"):
            raise WrongUsage(
                f"{option} takes KEY=VALUE, such as {option} requester_pays=true, "
                "or a TOML or JSON text"
            ) from None
    value = value.strip()
    if is_reference(value):
        output.warn(
            f"{option} {key.strip()} is handed over as the text {value.partition(':')[0]}:…; "
            f'a reference is written {key.strip()}={{ref="…"}}'
        )
    nested: Any = value
    if value.startswith(("{", "[")):
        with suppress(ValueError, RecursionError):
            nested = loads(value)
    for part in reversed(keys):
        nested = {part: nested}
    table: dict[str, Any] = nested
    return table


def _plain_credentials(table: Mapping[str, Any], within: str = "") -> Iterator[str]:
    """The keys in a table that sound secret and hold text, with dots for inner tables."""
    for key, value in table.items():
        if isinstance(value, dict) and set(value) != {"ref"}:
            yield from _plain_credentials(value, f"{within}{key}.")
        elif isinstance(value, str) and not is_reference(value) and sounds_secret(key):
            yield within + key


def _warn_of_exposure(option: str, instead: str) -> None:
    output.warn(
        f"others on this machine can see the value of {option} among the process arguments; "
        f"{instead}"
    )


def _metavar(setting: Setting) -> str:
    if setting.form == "table":
        return "KEY=VALUE"
    if setting.form == "list":
        return "WORD,…"
    if setting.secret:
        return "REFERENCE|-|prompt"
    if setting.reference:
        return "TEXT|REFERENCE|-|prompt"
    metavars = {"path": "PATH", "file": "FILE", "url": "URL", "number": "NUMBER"}
    return metavars.get(setting.form, "TEXT")


def _help(setting: Setting) -> str:
    if setting.required:
        return f"{setting.help}  [required]"
    if setting.unless:
        instead = "--" + setting.unless.replace("_", "-")
        return f"{setting.help}  [required unless {instead}]"
    return setting.help
