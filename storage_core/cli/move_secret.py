"""`storage move-secret`: moves a secret from the file to the keyring, a file or a variable."""

from __future__ import annotations

import click

from storage_core.cli import output
from storage_core.cli.command import command, complete_setting, ref_argument
from storage_core.cli.errors import WrongUsage
from storage_core.cli.session import Session
from storage_core.config.model.lookup import require_own
from storage_core.config.model.names import quoted
from storage_core.config.secrets.audit import plain_secrets
from storage_core.references import check_reference, is_reference


@command(
    "move-secret",
    examples=(
        "storage move-secret prod-results keyring:storage/prod-results",
        "storage move-secret prod-results file:~/.secrets/token --setting token",
    ),
)
@ref_argument()
@click.argument("reference")
@click.option(
    "--setting",
    metavar="KEY",
    shell_complete=complete_setting,
    help="The setting that holds the secret, if there are several.",
)
@click.pass_obj
def move_secret(
    session: Session, ref: str, reference: str, setting: str | None, as_json: bool
) -> None:
    """Move a secret out of the configuration file and its history.

    REFERENCE says where to: keyring:service/user stores it in the keyring, file:/path creates that
    file, env:NAME is a variable that already holds it. The reference takes its place in the file.
    """
    if not is_reference(reference):
        # Its value is not shown: it may be the secret itself.
        raise WrongUsage("REFERENCE must be keyring:service/user, file:/path or env:NAME")
    try:
        check_reference(reference)
    except ValueError as error:
        raise WrongUsage(f"REFERENCE: {error}") from None
    found = session.file.load()
    entry = found.find(ref)
    require_own(entry, found.source)
    name = entry.name
    held = [plain.setting.name for plain in plain_secrets(found) if plain.name == name]
    if setting is None:
        if len(held) > 1:
            raise WrongUsage(f"several secrets stand in it: add --setting {' or '.join(held)}")
        setting = held[0] if held else ""
    chosen = setting.replace("-", "_").strip("_")
    if chosen not in held:
        if not held:
            raise WrongUsage(
                f"no secret of {quoted(name)} stands in the file, so there is none to move"
            )
        raise WrongUsage(f"--setting names none that stands in the file; use {' or '.join(held)}")
    session.file.move_secret(name, chosen, reference)
    if as_json:
        output.emit_json({"name": name, "setting": chosen, "reference": reference})
    else:
        output.emit(f"Moved {chosen} of {output.safe(name)} to {output.safe(reference)}")
