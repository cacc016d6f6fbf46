"""`storage path`, `validate` and `schema`: the configuration file itself."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from storage_core.cli import output
from storage_core.cli.command import command
from storage_core.cli.errors import CommandFailed, WrongUsage
from storage_core.cli.exposure import (
    doubtful,
    exposed,
    misremapped,
    passwords_in_urls,
    stored_in_options,
    stored_plain,
)
from storage_core.cli.session import Session
from storage_core.config.file import ConfigFile
from storage_core.config.model.problems import by_line
from storage_core.config.secrets.audit import make_private
from storage_core.config.secrets.trust import Borrowed, borrowed, open_to_others
from storage_core.errors import ConfigurationError
from storage_core.paths import is_text, shortened

if TYPE_CHECKING:
    from storage_core.config.model.entries import Configurations
    from storage_core.config.model.problems import Problem


@command("path", examples=("storage path",), needs_file=False)
@click.pass_obj
def path(session: Session, as_json: bool) -> None:
    """Print where the configuration file is, or would be.

    If STORAGE_CONFIG_TEXT holds the configuration there is no file, and that name is printed. With
    --json, the files that it includes are listed too.
    """
    file = session.file
    if as_json:
        exists = file.path is not None and os.path.exists(file.path)
        layers = _sources(file)
        rest = {"layers": layers} if len(layers) > 1 else {}
        output.emit_json({"path": file.path, "exists": exists} | rest)
    else:
        output.emit(output.safe(file.source))


@command("validate", examples=("storage validate", "storage validate --fix"), needs_file=False)
@click.argument("file", required=False, shell_complete=lambda *_: [CompletionItem("", type="file")])
@click.option("--fix", is_flag=True, help="Let only the owner read a file that holds secrets.")
@click.pass_obj
def validate(session: Session, file: str | None, fix: bool, as_json: bool) -> None:
    """Find every problem in the configuration file, and in the files that it includes.

    Each is printed with its line; the exit code is 1 if there is one. FILE is another file to
    check. There are warnings about secrets that are in the file or that others can read, storages
    that cannot be opened, remapped keys that the app does not accept, and included files that
    others can write. The references to secrets in included files are listed.
    """
    if file == "":
        raise WrongUsage("FILE is empty; name a file, or leave it out")
    target = ConfigFile(file) if file else session.file
    if file and not os.path.exists(target.source):
        raise CommandFailed(f"there is no file {shortened(target.source)}")
    problems: list[dict[str, Any]]
    warnings: list[str] = []
    references: list[Borrowed] = []
    layers = 1
    try:
        found = target.load()
    except ConfigurationError as error:
        problems = [_unreadable(str(error), target.source)]
    else:
        problems = [_as_json(problem) for problem in _in_order(found)]
        references = [*borrowed(found)]
        layers = len(found.layers)
        if fix and next(exposed(found), None):
            make_private(found.source)
            output.note(f"{shortened(found.source)} can be read by its owner only now")
        warnings = [
            *doubtful(found),
            *exposed(found),
            *stored_plain(found),
            *stored_in_options(found),
            *map(str, open_to_others(found)),
            *passwords_in_urls(found),
            *misremapped(found, session.key_mistakes),
        ]
    if as_json:
        beneath = {"references": [each._asdict() for each in references]} if layers > 1 else {}
        if layers == 1:
            problems = [{k: v for k, v in each.items() if k != "path"} for each in problems]
        output.emit_json(
            {"path": target.path, "problems": problems, "warnings": warnings} | beneath
        )
    else:
        for problem in problems:
            place = shortened(problem["path"]) + (f":{problem['line']}" if problem["line"] else "")
            output.emit(output.safe(f"{place}: {problem['message']}"))
        if not problems:
            output.emit(_all_well(target.source))
        if references:
            output.emit("Whoever writes the files that yours includes has these secrets used:")
        for reference in references:
            output.emit(output.safe(str(reference)))
        for warning in warnings:
            output.warn(warning)
    if problems:
        many = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        where = " and beneath it" if layers > 1 else ""
        raise CommandFailed(f"{many} in {shortened(target.source)}{where}")


@command(
    "schema", prints=False, examples=("storage schema", "storage schema > storage.schema.json")
)
@click.option("--json", is_flag=True, expose_value=False, help="What it prints anyway.")
def schema() -> None:
    """Print the JSON Schema of the configuration file.

    An editor that is given it completes and checks the file as you type.
    """
    from storage_core.declaration.schema import file_schema
    from storage_core.types import all_types

    output.emit_json(file_schema(all_types()))


def _sources(file: ConfigFile) -> list[str]:
    """The files that configurations are read from; just the file itself if it cannot be read."""
    try:
        sources = (each.source for each in file.load().layers if not each.is_cycle)
        return [*dict.fromkeys(sources)]
    except ConfigurationError:
        return [file.source]


def _in_order(found: Configurations) -> list[Problem]:
    """The problems sorted by file, the nearest first, and then by line."""
    files = [*dict.fromkeys(layer.source for layer in found.layers)]
    places = {path: number for number, path in enumerate(files)}
    return sorted(by_line(found.problems), key=lambda problem: places.get(problem.path, len(files)))


def _as_json(problem: Problem) -> dict[str, Any]:
    return {
        "line": problem.line,
        "name": problem.name,
        "message": problem.message,
        "path": problem.path,
    }


def _unreadable(message: str, path: str) -> dict[str, Any]:
    """The problem of a file that cannot be read or is not TOML; the line is in its message."""
    found = re.match(rf"{re.escape(shortened(path))}(?::(\d+))?: (.*)", message, re.DOTALL)
    if found is None:
        return {"line": None, "name": None, "message": message, "path": path}
    line = int(found[1]) if found[1] else None
    return {"line": line, "name": None, "message": found[2], "path": path}


def _all_well(path: str) -> str:
    if not is_text(path) and not os.path.exists(path):
        return f"{output.safe(shortened(path))} does not exist yet; that is fine."
    return f"{output.safe(shortened(path))}: no problems"
