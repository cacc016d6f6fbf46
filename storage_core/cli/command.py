"""What all commands have: --config, --json if they print something, --help with examples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import click
from click.shell_completion import CompletionItem

from storage_core.cli import output
from storage_core.cli.errors import WrongUsage
from storage_core.cli.session import Session

REF_HELP: Final = (
    "REF is the name of a storage configuration, its ID, or the first four or more characters of "
    "its ID."
)


class Help:
    """Prints help, for commands and for groups of them."""

    examples: tuple[str, ...] = ()

    help: str | None
    short_help: str | None

    def get_short_help_str(self, limit: int = 45) -> str:
        """The whole first sentence: click would cut it, although lists wrap it."""
        first = (self.short_help or self.help or "").strip().split("\n\n")[0]
        return " ".join(first.split()).partition(". ")[0].rstrip(".") + "."

    def get_help_option(self, context: click.Context) -> click.Option | None:
        """The option --help, printed through `output` so that a closed pipe is silent."""
        option: click.Option | None = super().get_help_option(context)  # type: ignore[misc]
        if option is not None:
            option.callback = _show_help
        return option

    def format_epilog(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, each on one line that can be copied."""
        if self.examples:
            with formatter.section("Examples"):
                for example in self.examples:
                    formatter.write(f"{'':{formatter.current_indent}}{example}\n")
        super().format_epilog(context, formatter)  # type: ignore[misc]


class StorageCommand(Help, click.Command):
    """A command of `storage`."""

    def __init__(
        self,
        name: str | None,
        *,
        examples: Sequence[str] = (),
        prints: bool = True,
        needs_file: bool = True,
        **declared: Any,
    ) -> None:
        super().__init__(name, **declared)
        self.examples = tuple(examples)
        self.needs_file = needs_file
        self.params.append(config_option())
        if prints:
            self.params.append(json_option())

    def format_help_text(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help, and what REF means unless the command explains that itself."""
        super().format_help_text(context, formatter)
        takes_ref = any((each.metavar or "").strip("[].") == "REF" for each in self.params)
        if takes_ref and "REF is" not in (self.help or ""):
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(REF_HELP)

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """Parse arguments; an error does not quote a surplus one, which may be part of a secret."""
        context.allow_extra_args = True
        rest = super().parse_args(context, args)
        if rest and not context.resilient_parsing:
            many = "an argument" if len(rest) == 1 else f"{len(rest)} arguments"
            raise WrongUsage(
                f"{context.command_path} got {many} too many; "
                f"quote a value that has spaces, or see: {context.command_path} --help"
            )
        return rest

    def invoke(self, context: click.Context) -> Any:
        """Run the command, unless it needs a file and --config names none."""
        if self.needs_file:
            context.ensure_object(Session).require_named_file()
        return super().invoke(context)


def command(
    name: str, *, examples: Sequence[str], prints: bool = True, needs_file: bool = True
) -> Callable[[Callable[..., Any]], StorageCommand]:
    """Declare a command.

    Args:
        name: the name of the command.
        examples: lines for its help.
        prints: whether it has --json, which is passed as `as_json`.
        needs_file: whether a file that --config names has to exist.
    """
    return click.command(
        name, cls=StorageCommand, examples=examples, prints=prints, needs_file=needs_file
    )


def config_option() -> click.Option:
    """--config, which every command and every group of commands takes."""
    return click.Option(
        ["--config"],
        metavar="FILE",
        expose_value=False,
        callback=_set_config,
        shell_complete=lambda *_: [CompletionItem("", type="file")],
        help="The configuration file (default: what STORAGE_CONFIG_TEXT holds, else "
        "$STORAGE_CONFIG, else ~/.prefect/storage.toml).",
    )


def json_option() -> click.Option:
    """--json, passed as `as_json`."""
    return click.Option(["--json", "as_json"], is_flag=True, help="Print JSON.")


def complete_ref(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Names of configurations, for the shell; none if the file cannot be read."""
    try:
        entries = context.ensure_object(Session).file.load().entries
    except Exception:
        return []
    return [
        CompletionItem(name, help=entry.type, is_argument=isinstance(parameter, click.Argument))
        for name, entry in entries.items()
        if name.startswith(incomplete) and name.isprintable()
    ]


def complete_setting(
    context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The settings of the configuration REF on this command line, for the shell."""
    try:
        entry = context.ensure_object(Session).file.load().find(context.params["ref"] or "")
    except Exception:
        return []
    return [CompletionItem(name) for name in entry.settings if name.startswith(incomplete)]


def complete_tag(
    context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The tags of all configurations, for the shell."""
    try:
        entries = context.ensure_object(Session).file.load().entries.values()
    except Exception:
        return []
    tags = sorted({tag for entry in entries for tag in entry.tags})
    return [CompletionItem(tag) for tag in tags if tag.startswith(incomplete)]


def ref_argument(**declared: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The argument REF."""
    return click.argument("ref", metavar="REF", shell_complete=complete_ref, **declared)


def _set_config(context: click.Context, _parameter: click.Parameter, value: str | None) -> None:
    if value == "":
        raise WrongUsage("--config is empty; name a file, or leave it out")
    if value is not None:
        context.ensure_object(Session).config_path = value


def _show_help(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        output.emit(context.get_help())
        context.exit()
