"""`storage set-default` and `storage reset-default`."""

from __future__ import annotations

import os

import click

from storage_core.cli import output
from storage_core.cli.command import command, ref_argument
from storage_core.cli.session import Session


@command(
    "set-default",
    examples=(
        "storage set-default prod-results",
        "storage set-default 61354abf-7cc8-4c2c-b890-78b1f985a9fb",
    ),
)
@ref_argument()
@click.pass_obj
def set_default(session: Session, ref: str, as_json: bool) -> None:
    """Make a storage configuration the default."""
    name = session.file.set_default(ref)
    if as_json:
        output.emit_json({"default": name})
    else:
        output.emit("Updated default storage!")
    _warn_of_override()


@command("reset-default", examples=("storage reset-default",))
@click.pass_obj
def reset_default(session: Session, as_json: bool) -> None:
    """Make Temporary Local Storage the default again."""
    session.file.reset_default()
    if as_json:
        output.emit_json({"default": None})
    else:
        output.emit("Cleared default storage!")
    _warn_of_override()


def _warn_of_override() -> None:
    if override := os.environ.get("STORAGE_DEFAULT"):
        output.warn(f"in this shell STORAGE_DEFAULT makes {override} the default all the same")
