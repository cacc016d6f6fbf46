"""Runs a command line through click, and turns click's exceptions into ours."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click

from storage_core.cli.errors import DONE, CommandFailed, WrongUsage
from storage_core.cli.group import PROGRAM, storage
from storage_core.cli.session import Session
from storage_core.nearest import nearest


def invoked(arguments: list[str], session: Session) -> int:
    """Run the command that `arguments` name, and return the exit code."""
    try:
        # Not click's own `main`: it would take a storage's broken pipe for one of the output.
        with _errors_of_ours(), storage.make_context(PROGRAM, arguments, obj=session) as context:
            code = storage.invoke(context)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    return code if isinstance(code, int) else DONE


def completed(session: Session, variable: str) -> int:
    """Answer the shell's request for completions in `variable`, and return the exit code."""
    from click.shell_completion import shell_complete

    from storage_core.cli.shells import register

    instruction = os.environ[variable]
    register(instruction.partition("_")[0])
    with _errors_of_ours():
        return shell_complete(storage, {"obj": session}, PROGRAM, variable, instruction)


@contextmanager
def _errors_of_ours() -> Iterator[None]:
    try:
        yield
    except click.Abort:
        raise KeyboardInterrupt from None
    except click.UsageError as error:
        raise WrongUsage(_line(error)) from None
    except click.ClickException as error:
        raise CommandFailed(_line(error)) from None


def _line(error: click.ClickException) -> str:
    # Of NoSuchOption, `message` lacks the suggestion that `format_message` would add.
    said = error.message if isinstance(error, click.NoSuchOption) else error.format_message()
    message = " ".join(said.split()).rstrip(".")
    message = f"{message[:1].lower()}{message[1:]}"
    context = getattr(error, "ctx", None)
    if isinstance(error, click.NoSuchOption) and context:
        known = [
            name.strip("-")
            for each in context.command.get_params(context)
            for name in (*each.opts, *each.secondary_opts)
        ]
        meant = nearest(error.option_name.strip("-"), known)
        if meant:
            return f"{message}; did you mean --{meant}?"
    return f"{message}; see: {context.command_path if context else 'storage'} --help"
