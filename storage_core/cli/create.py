"""`storage create` asks for settings at a terminal; `storage create TYPE` takes them as options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from storage_core.cli import options
from storage_core.cli.command import Help, config_option, json_option
from storage_core.cli.created import report
from storage_core.cli.errors import WrongUsage
from storage_core.cli.session import Session
from storage_core.config.model.names import check_new_name
from storage_core.errors import ConfigurationError
from storage_core.types import all_types, type_named

if TYPE_CHECKING:
    from storage_core.declaration.configuration import StorageConfiguration


class CreateGroup(Help, click.Group):
    """One command per storage type, made from its declaration."""

    examples = ("storage create", "storage create local --name laptop --storage-path ~/data")

    def list_commands(self, context: click.Context) -> list[str]:
        return [cls.type for cls in all_types()]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        try:
            return type_command(type_named(name))
        except ConfigurationError as error:
            raise WrongUsage(str(error)) from error


@click.group(
    "create",
    cls=CreateGroup,
    invoke_without_command=True,
    subcommand_metavar="[TYPE [OPTIONS]]",
    params=[config_option(), json_option()],
    epilog="Each type has its own options: storage create TYPE --help",
)
@click.pass_context
def create(context: click.Context, as_json: bool) -> None:
    """Create a storage configuration.

    Without TYPE, asks for each setting but the advanced ones. With TYPE and options, asks nothing.
    """
    if context.invoked_subcommand is None:
        from storage_core.cli.interview import interview

        interview(context.ensure_object(Session).file, as_json=as_json)


def type_command(cls: type[StorageConfiguration]) -> click.Command:
    """The command that creates a configuration of one type."""

    @click.pass_context
    def callback(context: click.Context, /, as_json: bool, **given: Any) -> None:
        # --json may also come before the type.
        before = bool(context.parent and context.parent.params.get("as_json"))
        _create(context.ensure_object(Session), cls, as_json=as_json or before, **given)

    has_secrets = any(setting.secret for setting in cls.settings())
    text = f"Create a configuration of type {cls.label}. {cls.description} {cls.note}".rstrip()
    return options.SettingsCommand(
        cls.type,
        callback=callback,
        help=f"{text}\n\n{options.SECRETS_HELP}" if has_secrets else text,
        short_help=f"{cls.label}: {cls.description}",
        params=[
            click.Option(["--name"], metavar="NAME", help="What to call it.  [required]"),
            *options.options_of(cls),
            click.Option(["--default"], is_flag=True, help="Make it the default, too."),
        ],
        examples=(_example(cls),),
        needs_file=False,
    )


def _create(
    session: Session,
    cls: type[StorageConfiguration],
    *,
    as_json: bool,
    name: str | None,
    default: bool,
    **given: Any,
) -> None:
    missing = [] if name is not None else ["--name is missing"]
    try:
        name = check_new_name(name) if name is not None else None
    except ConfigurationError as error:
        raise WrongUsage(f"--name: {error}") from None
    from storage_core.declaration.table import with_absolute_paths
    from storage_core.declaration.validation import InvalidSettings, validated

    values = options.values_of(cls, given)
    try:
        validated(cls, with_absolute_paths(cls, values))
    except InvalidSettings as error:
        raise WrongUsage(
            "; ".join((*missing, str(options.wrong_settings(cls, error.faults))))
        ) from None
    if name is None:
        raise WrongUsage(missing[0])
    saved = session.file.add_settings(cls, values, name=name, default=default)
    report(session.file.source, saved, is_default=default, as_json=as_json)


def _example(cls: type[StorageConfiguration]) -> str:
    """A command line with all required options."""
    parts = [f"storage create {cls.type} --name my-{cls.type}"]
    for setting in cls.settings():
        if setting.required or setting.unless:
            value = setting.placeholder or "VALUE"
            if setting.secret:
                value = f"env:MY_{setting.name.upper()}"
            elif setting.choices:
                value = setting.choices[0]
            parts.append(f"{setting.option} {value}")
    return " ".join(parts)
