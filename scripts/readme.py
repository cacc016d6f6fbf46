"""Write the generated parts of README.md: settings of each storage type, commands, keys, speed.

    python scripts/readme.py            rewrite them
    python scripts/readme.py --check    exit 1 if they are out of date

`make readme` runs the first, the tests the second. The chart of speed is written too.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from scripts.bench.chart import CHART, drawn
from scripts.bench.figures import loaded
from scripts.bench.table import markdown
from storage_core import Setting, StorageConfiguration, all_types
from storage_core.declaration.setting import declared_settings

README = Path(__file__).parent.parent / "README.md"


def settings() -> str:
    """What all types have, then one table for each, in the order in which the app shows them."""
    return "\n\n".join([_common(), *map(_section, all_types())])


def commands() -> str:
    """One line for each command, from its help."""
    from click import Context

    from storage_core.cli.group import storage

    context = Context(storage, info_name="storage")
    lines = ["| command | does |", "| --- | --- |"]
    for name in storage.list_commands(context):
        command = storage.get_command(context, name)
        if command is not None and not command.hidden:
            lines.append(f"| `storage {name}` | {_cell(command.get_short_help_str(200))} |")
    return "\n".join(lines)


def keys() -> str:
    """The keys of the list, which is where one is most of the time."""
    from tui.features.configurations.commands import LIST
    from tui.kit.commands import shown_key

    lines = ["| key | does | name |", "| --- | --- | --- |"]
    for command in LIST:
        shown = " or ".join(f"`{shown_key(key)}`" for key in command.keys)
        lines.append(f"| {shown} | {_cell(command.tooltip)} | `{command.name}` |")
    return "\n".join(lines)


def speed() -> str:
    """What `make bench` and `make bench-full` found when they were last run."""
    figures = loaded()
    days = sorted({figure["run"]["date"] for figure in figures})
    when = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    processors = figures[0]["run"]["processors"]
    return f"Measured {when}, {processors} processors.\n\n{markdown(figures)}"


def chart() -> str:
    """The same as a picture."""
    return drawn(loaded())


PARTS: dict[str, Callable[[], str]] = {
    "settings": settings,
    "commands": commands,
    "keys": keys,
    "speed": speed,
}


def generated(text: str) -> str:
    """`text` with every part between its two markers written afresh."""
    for name, make in PARTS.items():
        pattern = rf"(<!-- {name}: [^>]*-->\n).*?(<!-- end of {name} -->)"
        text, count = re.subn(
            pattern, lambda m, made=make: f"{m[1]}\n{made()}\n\n{m[2]}", text, flags=re.DOTALL
        )
        if count != 1:
            raise SystemExit(f"README.md has {count} places for {name}, not one")
    return text


def _section(cls: type[StorageConfiguration]) -> str:
    lines = [f"### {cls.label}", "", f'{cls.description} In the file: `type = "{cls.type}"`.']
    if cls.note:
        lines += ["", f"**{cls.note}**"]
    common = {setting.name for setting in declared_settings(StorageConfiguration)}
    own = [setting for setting in cls.settings() if setting.name not in common]
    return "\n".join([*lines, *_table(own)])


def _common() -> str:
    return "\n".join(["### All types", *_table(declared_settings(StorageConfiguration))])


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


if __name__ == "__main__":
    before = README.read_text(encoding="utf-8")
    after = generated(before)
    if "--check" in sys.argv[1:]:
        drawn_before = CHART.read_text(encoding="utf-8")
        is_old = after != before or chart() != drawn_before
        sys.exit("README.md is out of date: run `make readme`" if is_old else 0)
    README.write_text(after, encoding="utf-8")
    CHART.write_text(chart(), encoding="utf-8")
