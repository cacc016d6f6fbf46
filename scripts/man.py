"""The man page, made from what the commands declare; `make readme` writes it, the wheel has it.

It has no date, so that the page of a version is the same on every day.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from storage_core import __version__
from storage_core.cli.command import REF_HELP
from storage_core.cli.errors import MEANINGS
from storage_core.cli.group import storage
from storage_core.cli.options import SettingOption
from storage_core.variables import VARIABLES

PAGE = Path(__file__).parent.parent / "docs" / "storage.1"

_WIDTH = 78
_COMMON = {"--help", "--json", "--config"}
_SIGNS = {
    "\\": "\\e",
    "'": "\\(aq",
    '"': "\\(dq",
    "`": "\\(ga",
    "^": "\\(ha",
    "~": "\\(ti",
}

_FILES = (
    ("~/.prefect/storage.toml", "The configuration file; STORAGE_CONFIG names another."),
    ("~/.prefect/history", "Earlier versions of it, for storage restore."),
    ("~/.prefect/flows, ~/.prefect/results", "The blobs of Temporary Local Storage."),
)


def page() -> str:
    """The page, as roff for the macros `man`."""
    top = click.Context(storage, info_name="storage", **storage.context_settings)
    lines = [
        '.\\" Made by `make readme` from what the commands declare.',
        f'.TH STORAGE 1 "" "storage {_code(__version__)}" "Storage"',
        ".SH NAME",
        "storage \\- names each place where you keep results once",
        ".SH SYNOPSIS",
        ".B storage",
        "[\\fIoptions\\fR] [\\fIcommand\\fR [\\fIargument\\fR ...]]",
        ".SH DESCRIPTION",
        *_paragraphs(storage.help or ""),
        ".PP",
        *_prose(REF_HELP),
        ".SH OPTIONS",
        *_prose("Every command takes --config and --help, and all that print take --json."),
        *_options(top, storage.get_params(top), common=True),
        ".TP",
        _bold("--json"),
        "Print JSON.",
        ".SH COMMANDS",
        *_commands(top),
        ".SH ENVIRONMENT",
        *_terms((each.name, each.meaning) for each in VARIABLES),
        ".SH FILES",
        *_terms(_FILES),
        ".SH EXIT STATUS",
        *_terms((str(code), f"{said[:1].upper()}{said[1:]}.") for code, said in MEANINGS.items()),
        ".SH EXAMPLES",
        *_examples(storage.examples),
    ]
    return "\n".join(lines) + "\n"


def _commands(top: click.Context) -> Iterator[str]:
    for name in storage.list_commands(top):
        found = storage.get_command(top, name)
        assert found is not None
        context = click.Context(found, parent=top, info_name=name)
        if not found.hidden:
            yield from _command(context)
        if isinstance(found, click.Group):
            for inner in found.list_commands(context):
                below = found.get_command(context, inner)
                assert below is not None
                yield from _command(click.Context(below, parent=context, info_name=inner))


def _command(context: click.Context) -> Iterator[str]:
    command = context.command
    yield f".SS {_argument(context.command_path)}"
    yield f".B {_code(context.command_path)}"
    usage = [_code(piece) for piece in command.collect_usage_pieces(context)]
    yield " ".join(usage)
    yield ".PP"
    yield from _paragraphs(command.help or "")
    yield from _options(context, command.get_params(context))
    yield ".PP"
    yield from _examples(getattr(command, "examples", ()))


def _options(
    context: click.Context, parameters: Iterable[click.Parameter], *, common: bool = False
) -> Iterator[str]:
    advanced = False
    for each in parameters:
        record = each.get_help_record(context)
        if record is None or (not common and set(each.opts) & _COMMON):
            continue
        if isinstance(each, SettingOption) and each.advanced and not advanced:
            advanced = True
            yield ".PP"
            yield "Advanced settings, and the other options:"
        yield from _terms([record])


def _terms(records: Iterable[tuple[str, str]]) -> Iterator[str]:
    for term, said in records:
        yield ".TP"
        yield _bold(term)
        yield from _prose(said)


def _examples(examples: Iterable[str]) -> Iterator[str]:
    if lines := [_line(_code(each)) for each in examples]:
        yield from (".EX", *lines, ".EE")


def _paragraphs(text: str) -> Iterator[str]:
    """The help of a command: paragraphs; lines below one with \\b are not joined."""
    for number, part in enumerate(re.split(r"\n[ \t]*\n", textwrap.dedent(text).strip())):
        if number:
            yield ".PP"
        part = textwrap.dedent(part)
        if part.startswith("\b"):
            kept = part.splitlines()[1:]
            yield from (".EX", *(_line(_code(each)) for each in kept), ".EE")
        else:
            yield from _prose(" ".join(part.split()))


def _prose(text: str) -> Iterator[str]:
    wrapped = textwrap.wrap(text, _WIDTH, break_on_hyphens=False, break_long_words=False)
    for line in wrapped or [""]:
        words = [_code(word) if _is_typed(word) else _text(word) for word in line.split(" ")]
        yield _line(" ".join(words))


def _is_typed(word: str) -> bool:
    """Whether a person types this word, so that its hyphens must be ones that can be copied."""
    return "--" in word or word.startswith(("-", "(-")) or "_" in word or "/" in word


def _bold(text: str) -> str:
    return f"\\fB{_code(text)}\\fR"


def _argument(text: str) -> str:
    return f'"{_code(text)}"'


def _code(text: str) -> str:
    return _text(text).replace("-", "\\-")


def _text(text: str) -> str:
    marked = re.sub(r"[\\'\"`^~]", lambda found: _SIGNS[found[0]], text)
    return re.sub(r"[^\x00-\x7f]", lambda found: f"\\[u{ord(found[0]):04X}]", marked)


def _line(text: str) -> str:
    """A line escaped so that roff does not take it for a request, whatever it begins with."""
    return f"\\&{text}" if text.startswith((".", "'")) else text
