"""`storage restore`: lists earlier versions of the configuration file, and brings one back."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import click

from storage_core import paths
from storage_core.cli import output, prompts
from storage_core.cli.command import command
from storage_core.cli.errors import CommandFailed
from storage_core.cli.exposure import warn_if_exposed
from storage_core.cli.session import Session
from storage_core.cli.table import Column, Row, laid_out
from storage_core.config import history
from storage_core.config.model.entry import storage_tables
from storage_core.config.toml.read import parse
from storage_core.errors import ConfigurationError
from storage_core.paths import shortened

if TYPE_CHECKING:
    from storage_core.config.history import Version


@command("restore", examples=("storage restore", "storage restore 1 --yes"), needs_file=False)
@click.argument("version", required=False)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def restore(session: Session, version: str | None, yes: bool, as_json: bool) -> None:
    """List earlier versions of the configuration file, or bring one back.

    VERSION is a number in the list, or a stamp as --json prints it. The current text, broken or
    not, is kept as a version too, so that a restore can be undone.
    """
    session.file.require_writable()
    path = session.file.source
    if not history.versions(path):
        # With versions, a file that was deleted can be brought back.
        session.require_named_file()
    if version is None:
        _list(path, as_json)
        return
    chosen = history.find(path, version)
    history.readable(chosen)
    if not yes:
        prompts.require_terminal("add --yes to restore without a question")
        if not prompts.confirm(
            f"Replace {output.safe(shortened(path))} by its version of {_when(chosen)}?",
            default=False,
        ):
            raise CommandFailed("not restored")
    history.restore(path, chosen)
    if as_json:
        output.emit_json({"path": path, "restored": chosen.stamp})
    else:
        output.emit(f"Restored {output.safe(shortened(path))} as it was until {_when(chosen)}")
        # The restored file may be broken; the next command reports that.
        with suppress(ConfigurationError):
            warn_if_exposed(session.file.load())


def _list(path: str, as_json: bool) -> None:
    kept = history.versions_with_changes(path)
    if as_json:
        output.emit_json(
            {
                "path": path,
                "versions": [
                    {"stamp": version.stamp, "names": _names(version), "changes": changes}
                    for version, changes in kept
                ],
            }
        )
    elif not kept:
        output.emit(f"No earlier version of {output.safe(shortened(path))} is kept yet.")
    else:
        columns = (Column("No."), Column("Replaced on"), Column("What changed then", folds=True))
        rows = [
            Row((str(number), _when(version), changes))
            for number, (version, changes) in enumerate(kept, 1)
        ]
        for line in laid_out(columns, rows, output.width()):
            output.emit(line)
        output.emit()
        bring_back = output.safe(paths.command("restore NUMBER", path))
        output.emit(f"Bring one back, as it was before that change: {bring_back}")


def _when(version: Version) -> str:
    return f"{version.when.astimezone():%Y-%m-%d %H:%M:%S}"


def _names(version: Version) -> list[str] | None:
    """The configurations in a version; None if it is not TOML."""
    try:
        text = history.text_of(version)
        return list(storage_tables(parse(text, version.path)))
    except ConfigurationError:
        return None
