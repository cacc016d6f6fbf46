"""The commands by name; a command's module is loaded when it is used or listed."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

import click

from storage_core.cli import output
from storage_core.cli.command import Help, config_option
from storage_core.cli.errors import WrongUsage
from storage_core.cli.plain import begin
from storage_core.cli.session import Session
from storage_core.config.model.names import quoted
from storage_core.nearest import nearest

PROGRAM: Final = "storage"

_COMMANDS: Final = {
    "create": "create.create",
    "ls": "listing.ls",
    "show": "listing.show",
    "types": "types.types",
    "set-default": "default.set_default",
    "reset-default": "default.reset_default",
    "edit": "edit.edit",
    "rename": "manage.rename",
    "duplicate": "manage.duplicate",
    "delete": "manage.delete",
    "test": "testing.test",
    "write": "blobs.write",
    "read": "blobs.read",
    "blobs": "blobs.blobs",
    "rm": "blobs.rm",
    "push": "flows.push",
    "pull": "flows.pull",
    "export": "exporting.export",
    "transfer": "transfer.transfer",
    "usage": "usage.usage",
    "prune": "prune.prune",
    "link": "link.link",
    "path": "file.path",
    "validate": "file.validate",
    "restore": "restore.restore",
    "move-secret": "move_secret.move_secret",
    "schema": "file.schema",
    "import": "importing.import_",
    "kv-server": "kv_server.kv_server",
    "completion": "completion.completion",
    "doctor": "doctor.doctor",
}
"""Name -> module and object, in the order of the help."""


class StorageGroup(Help, click.Group):
    """`storage` itself."""

    examples = ("storage create", "storage ls", "storage write results.bin")

    def list_commands(self, context: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        module, _, attribute = _COMMANDS[name].partition(".")
        found = getattr(import_module(f"storage_core.cli.{module}"), attribute)
        assert isinstance(found, click.Command)
        return found

    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; for an unknown one, suggest which was meant."""
        name = arguments[0]
        is_typed = name not in _COMMANDS and not context.resilient_parsing
        if is_typed and (meant := nearest(name, _COMMANDS)):
            raise WrongUsage(f"no such command {quoted(name)}; did you mean {meant}?")
        return super().resolve_command(context, arguments)


def _show_version(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        from storage_core import __version__

        output.emit(f"{PROGRAM} {__version__}")
        context.exit()


@click.group(
    PROGRAM,
    cls=StorageGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    params=[
        config_option(),
        click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_show_version,
            help="Print the version.",
        ),
    ],
    epilog="For completion with the Tab key, see: storage completion --help",
)
@click.pass_context
def storage(context: click.Context) -> Any:
    """Name each place where you keep results once; every program asks for it by name.

    Without a command, this opens the app; without a terminal, it prints the list.
    """
    if context.invoked_subcommand is not None:
        return None
    return begin(context.ensure_object(Session))
