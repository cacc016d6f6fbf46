"""`storage rename`, `duplicate` and `delete`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from storage_core.cli import entries, output, prompts
from storage_core.cli.command import command, ref_argument
from storage_core.cli.errors import CommandFailed, WrongUsage
from storage_core.cli.protection import confirm_option, require_confirmation
from storage_core.cli.session import Session
from storage_core.config.model.names import check_new_name
from storage_core.errors import ConfigurationError

if TYPE_CHECKING:
    from storage_core.config.model.entry import Entry


@command("rename", examples=("storage rename laptop notebook",))
@ref_argument()
@click.argument("new")
@click.pass_obj
def rename(session: Session, ref: str, new: str, as_json: bool) -> None:
    """Give a storage configuration another name.

    REF is its name or its whole ID. If it is the default, it stays the default.
    """
    file = session.file
    old = file.load().find(ref, partial=False).name
    name = file.rename(old, _checked(new))
    if as_json:
        output.emit_json(entries.saved_as_json(file.load(), name))
    else:
        output.emit(f"Renamed {output.safe(old)} to {output.safe(name)}")


@command("duplicate", examples=("storage duplicate prod-results staging-results",))
@ref_argument()
@click.argument("new")
@click.pass_obj
def duplicate(session: Session, ref: str, new: str, as_json: bool) -> None:
    """Copy a storage configuration under a new name and ID."""
    file = session.file
    old = file.load().find(ref).name
    copy = file.duplicate(old, _checked(new))
    if as_json:
        output.emit_json(entries.saved_as_json(file.load(), copy.name or ""))
    else:
        output.emit(f"Duplicated {output.safe(old)} as {output.safe(copy.name or '')}")
        output.emit(f"ID: {copy.id}")


@command("delete", examples=("storage delete laptop", "storage delete laptop --yes"))
@ref_argument()
@click.option("--yes", is_flag=True, help="Do not ask. Not enough for a protected one.")
@confirm_option
@click.pass_obj
def delete(session: Session, ref: str, yes: bool, confirm: str | None, as_json: bool) -> None:
    """Delete a storage configuration. Its blobs stay where they are.

    REF is its name or its whole ID. A protected configuration is deleted only when its name is
    typed, or given with --confirm.
    """
    file = session.file
    found = file.load()
    entry = found.find(ref, partial=False)
    confirmed = require_confirmation(
        entry.name, is_protected=_is_protected(entry), confirm=confirm, doing="deleting it"
    )
    if not (confirmed or yes):
        _ask(entry)
    was_default = found.default == entry.name
    file.delete(entry.name)
    if as_json:
        output.emit_json({"deleted": {"id": entry.id, "name": entry.name}})
        return
    output.emit(f"Deleted {output.safe(entry.name)}")
    if was_default:
        output.emit("It was the default; now Temporary Local Storage is.")


def _checked(new: str) -> str:
    """A valid new name. Whether it is taken is decided later, under the file's lock."""
    try:
        return check_new_name(new)
    except ConfigurationError as error:
        raise WrongUsage(str(error)) from None


def _is_protected(entry: Entry) -> bool:
    """Whether it is protected; a mistake in its table, or in this setting, does not lift that."""
    return entry.settings.get("protected", False) is not False


def _ask(entry: Entry) -> None:
    prompts.require_terminal("add --yes to delete without a question")
    what = " ".join(filter(None, (entries.type_label(entry), entries.location(entry))))
    if not prompts.confirm(
        f"Delete {output.safe(entry.name)} ({output.safe(what)})? Its blobs stay.", default=False
    ):
        raise CommandFailed("not deleted")
