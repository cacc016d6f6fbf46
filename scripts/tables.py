"""The documentation's tables of settings, commands, keys and speed, as Markdown.

They are made from the declarations: `scripts/readme.py` writes some into the README, and
`docs/_ext/declared.py` puts the rest on pages of the site when it is built.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from scripts.bench.figures import loaded
from scripts.bench.table import markdown
from storage_core import Setting, StorageConfiguration, all_types
from storage_core.cli.errors import MEANINGS
from storage_core.declaration.setting import declared_settings
from storage_core.variables import VARIABLES

if TYPE_CHECKING:
    from click import Context


def settings() -> str:
    """The settings of all types, then a table for each type, in the order of the app."""
    return "\n\n".join([_common(), *map(_section, all_types())])


def commands() -> str:
    """One line for each command, from its help."""
    lines = ["| command | does |", "| --- | --- |"]
    for name, context in _commands():
        said = context.command.get_short_help_str(200)
        lines.append(f"| `storage {name}` | {_cell(said)} |")
    return "\n".join(lines)


def help_of_commands() -> str:
    """What `--help` prints, for each command and for each type that `create` knows."""
    from click import Context, Group

    parts = []
    for name, context in _commands():
        parts.append(_help(f"## {name}", context))
        if isinstance(group := context.command, Group):
            for inner in group.list_commands(context):
                if command := group.get_command(context, inner):
                    below = Context(command, parent=context, info_name=inner)
                    parts.append(_help(f"### {name} {inner}", below))
    return "\n\n".join(parts)


def exit_codes() -> str:
    """One line for each exit code."""
    rows = [f"| {code} | {_cell(meaning)} |" for code, meaning in MEANINGS.items()]
    return "\n".join(["| exit code | means |", "| --- | --- |", *rows])


def variables() -> str:
    """One line for each environment variable."""
    rows = [f"| `{each.name}` | {_cell(each.meaning)} |" for each in VARIABLES]
    return "\n".join(["| variable | says |", "| --- | --- |", *rows])


def keys() -> str:
    """The keys of each screen of the app; those that all screens have are with the first."""
    from tui.features.commands import SCREENS
    from tui.features.configurations.commands import LIST
    from tui.kit.commands import shown_key

    lines = []
    for screen, commands in SCREENS.items():
        lines += [f"### {screen}", "", "| key | does | name |", "| --- | --- | --- |"]
        for command in commands:
            if commands is LIST or command.name not in ("help", "palette", "theme"):
                shown = " or ".join(f"`{shown_key(key)}`" for key in command.keys)
                lines.append(f"| {shown} | {_cell(command.tooltip)} | `{command.name}` |")
        lines.append("")
    return "\n".join(lines)


def speed() -> str:
    """The results of the last `make bench` and `make bench-full`."""
    figures = loaded()
    days = sorted({figure["run"]["date"] for figure in figures})
    when = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    processors = figures[0]["run"]["processors"]
    return f"Measured {when}, {processors} processors.\n\n" + markdown(figures).replace(
        " ×", "\N{NO-BREAK SPACE}×"
    )


def _commands() -> Iterator[tuple[str, Context]]:
    from click import Context

    from storage_core.cli.group import storage

    top = Context(storage, info_name="storage", terminal_width=90, **storage.context_settings)
    for name in storage.list_commands(top):
        command = storage.get_command(top, name)
        if command is not None and not command.hidden:
            yield name, Context(command, parent=top, info_name=name)


def _help(heading: str, context: Context) -> str:
    said, _, examples = context.command.get_help(context).partition("\nExamples:\n")
    shown = f"{heading}\n\n```text\n{said.strip()}\n```"
    lines, _, after = examples.partition("\n\n")
    if lines:
        commands = "\n".join(line.strip() for line in lines.splitlines())
        shown += f"\n\n```sh\n{commands}\n```"
    return f"{shown}\n\n{after.strip()}" if after.strip() else shown


def _section(cls: type[StorageConfiguration]) -> str:
    lines = [f"## {cls.label}", "", f'{cls.description} In the file: `type = "{cls.type}"`.']
    if cls.note:
        lines += ["", f"**{cls.note}**"]
    common = {setting.name for setting in declared_settings(StorageConfiguration)}
    own = [setting for setting in cls.settings() if setting.name not in common]
    return "\n".join([*lines, *_table(own)])


def _common() -> str:
    return "\n".join(["## All types", *_table(declared_settings(StorageConfiguration))])


def _table(settings: Sequence[Setting]) -> list[str]:
    if not settings:
        return []
    head = ["", "| Setting | Key | Description |", "| --- | --- | --- |"]
    return [*head, *map(_row, settings)]


def _row(setting: Setting) -> str:
    notes = []
    if setting.unless:
        notes.append(f"(required unless `{setting.unless}` is given)")
    elif not setting.required:
        notes.append("(optional)")
    if setting.choices:
        notes.append(f"One of {', '.join(f'`{choice}`' for choice in setting.choices)}.")
    if setting.secret:
        notes.append("*Secret: takes a reference.*")
    elif setting.reference:
        notes.append("*Takes a reference.*")
    name = f"**{setting.label}**" if setting.required or setting.unless else setting.label
    label = f"{name} · advanced" if setting.advanced else name
    return f"| {label} | `{setting.name}` | {_cell(' '.join([setting.help, *notes]))} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
