"""`storage rename`, `duplicate` and `delete`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from storage_core.cli import entries, output, prompts
from storage_core.cli.command import command, ref_argument
from storage_core.cli.errors import CommandFailed, WrongUsage
from storage_core.cli.exposure import warn_if_exposed
from storage_core.cli.protection import confirm_option, require_confirmation
from storage_core.cli.session import Session
from storage_core.config.model.lookup import require_own
from storage_core.config.model.names import check_new_name
from storage_core.errors import ConfigurationError
from storage_core.paths import shortened

if TYPE_CHECKING:
    from storage_core.config.model.entries import Configurations
    from storage_core.config.model.entry import Entry


@command("rename", examples=("storage rename laptop notebook",))
@ref_argument()
@click.argument("new")
@click.pass_obj
def rename(session: Session, ref: str, new: str, as_json: bool) -> None:
    """Rename a storage configuration.

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
@click.option(
    "--here",
    is_flag=True,
    help="NEW may be a name that only an included file has, which the copy in yours then hides.",
)
@click.pass_obj
def duplicate(session: Session, ref: str, new: str, here: bool, as_json: bool) -> None:
    """Copy a storage configuration under a new name and ID.

    The copy goes into your own file, even if the original is in a file that yours includes. With
    --here it may keep the original's name: it then hides the original, and is yours to change.
    """
    file = session.file
    old = file.load().find(ref).name
    copy = file.duplicate(old, _checked(new), here=here)
    if as_json:
        output.emit_json(entries.saved_as_json(file.load(), copy.name or ""))
    else:
        output.emit(f"Duplicated {output.safe(old)} as {output.safe(copy.name or '')}")
        output.emit(f"ID: {copy.id}")
        found = file.load()
        for hidden in found.hidden_by(copy.name or ""):
            output.emit(output.safe(f"It hides that of {shortened(hidden)}."))
        warn_if_exposed(found)


@command("delete", examples=("storage delete laptop", "storage delete laptop --yes"))
@ref_argument()
@click.option("--yes", is_flag=True, help="Do not ask. Not enough for a protected one.")
@confirm_option
@click.pass_obj
def delete(session: Session, ref: str, yes: bool, confirm: str | None, as_json: bool) -> None:
    """Delete a storage configuration. Its blobs stay where they are.

    REF is its name or its whole ID. A protected configuration is deleted only when its name is
    typed, or given with --confirm. If it hid one of the same name in an included file, that one is
    used again.
    """
    file = session.file
    found = file.load()
    entry = found.find(ref, partial=False)
    require_own(entry, found.source)
    confirmed = require_confirmation(
        entry.name, is_protected=_is_protected(entry), confirm=confirm, doing="deleting it"
    )
    if not (confirmed or yes):
        _ask(entry, found)
    was_default = found.default == entry.name
    file.delete(entry.name)
    after = file.load()
    below = after.entries.get(entry.name)
    if as_json:
        deleted = {"deleted": {"id": entry.id, "name": entry.name}}
        uncovered = {"uncovered": entries.as_json(below, after)} if below else {}
        output.emit_json(deleted | uncovered)
        return
    output.emit(f"Deleted {output.safe(entry.name)}")
    if below:
        output.emit(output.safe(f"Now {entry.name} is that of {shortened(below.origin)}."))
    if was_default:
        output.emit(f"It was the default; {_default_now(after)}")


def _checked(new: str) -> str:
    """`new` if it is a valid name. Whether it is taken is checked later, with the file locked."""
    try:
        return check_new_name(new)
    except ConfigurationError as error:
        raise WrongUsage(str(error)) from None


def _is_protected(entry: Entry) -> bool:
    """Whether `protected` is anything but false; a mistake does not lift the protection."""
    return entry.settings.get("protected", False) is not False


def _default_now(found: Configurations) -> str:
    """What the default is after a deletion, as the end of a sentence."""
    if found.default_problem is not None:
        return "what is now cannot be told, since a layer cannot be read."
    if found.default is None:
        return "now Temporary Local Storage is."
    place = shortened(found.default_origin or found.source)
    return output.safe(f"now {found.default} is, which {place} sets.")


def _ask(entry: Entry, found: Configurations) -> None:
    prompts.require_terminal("add --yes to delete without a question")
    what = " ".join(filter(None, (entries.type_label(entry), entries.location(entry))))
    hidden = found.hidden_by(entry.name)
    rest = f" That of {shortened(hidden[0])} will be seen again." if hidden else ""
    if not prompts.confirm(
        f"Delete {output.safe(entry.name)} ({output.safe(what)})? Its blobs stay."
        f"{output.safe(rest)}",
        default=False,
    ):
        raise CommandFailed("not deleted")
