"""Runs `storage import`, from looking for entries to testing what was written."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from storage_core.cli import output, prompts
from storage_core.cli.errors import CommandFailed, WrongUsage
from storage_core.cli.importing_questions import Wanted, ask, without_questions
from storage_core.cli.importing_report import as_json_value, report, show
from storage_core.cli.importing_writing import offer_test, written
from storage_core.config.model.names import quoted
from storage_core.errors import ConfigurationError
from storage_core.importing.answers import with_answers
from storage_core.importing.looking import Looked, look
from storage_core.importing.pasted import found_in
from storage_core.importing.planning import planned
from storage_core.importing.sources import NAMES, source_named
from storage_core.nearest import nearest
from storage_core.paths import shortened

if TYPE_CHECKING:
    from storage_core.config.file import ConfigFile
    from storage_core.importing.found import Found
    from storage_core.importing.planning import Planned


_PASTED: Final = "-"
_MOST: Final = 1 << 20
"""The most characters of a block on standard input."""


class Options(NamedTuple):
    """The options on the command line."""

    buckets: Sequence[str]
    all_: bool
    yes: bool
    dry_run: bool
    as_json: bool

    @property
    def asks(self) -> bool:
        """Whether a person is asked what to import."""
        return not (self.yes or self.all_ or self.dry_run)


def import_from(file: ConfigFile, source: str | None, path: str | None, options: Options) -> None:
    """Look for entries, show them, ask, write them and report what was written."""
    if options.asks and options.as_json:
        raise WrongUsage("--json shows nothing to choose from; add --yes, --all or --dry-run")
    if not options.dry_run:
        file.require_writable()
    is_pasted = _PASTED in (source, path)
    pasted = _pasted(None if source == _PASTED else source) if is_pasted else None
    # Look before requiring a terminal: an error about the tool or its file is not solved by --yes.
    looked = pasted or _looked(source, path, may_be_none=options.dry_run)
    if options.asks:
        prompts.require_terminal(
            "add --yes to take what needs no answer, or --dry-run to see what there is"
        )
    configurations = file.load()
    if configurations.newer and not options.dry_run:
        raise ConfigurationError(str(configurations.problems[0]))
    unanswered = planned(looked.found, configurations)
    found = _answered(unanswered, options.buckets)
    plans = planned(found, configurations)
    _require_right_answers(unanswered, plans)
    if not options.as_json:
        show(plans, looked.failures)
    if options.dry_run:
        wanted = Wanted()
    elif options.yes or options.as_json or not (prompts.is_terminal() and _any(plans)):
        wanted = without_questions(plans, configurations, skip=options.yes)
    else:
        wanted = ask(plans, configurations, choose=not options.all_, name=is_pasted)
    saved = written(file, wanted)
    if options.as_json:
        output.emit_json(as_json_value(file, plans, looked.failures, saved))
    else:
        report(file, wanted, saved)
    if wanted.is_asked and saved and not options.as_json:
        offer_test(saved)
    if looked.failures and not options.dry_run:
        raise CommandFailed(
            f"could not be read: {', '.join(each.source for each in looked.failures)}"
        )


def _pasted(source: str | None) -> Looked:
    """The entries in a block on standard input; at a terminal, it is asked for."""
    if source is not None:
        _require_tool(source)
    if prompts.is_terminal():
        from storage_core.cli.pasting import ask_for_block

        text: str = ask_for_block(
            "Paste it here; it is not shown. An empty line or Ctrl+D ends it."
        )
    else:
        text = sys.stdin.read(_MOST) if sys.stdin is not None else ""
        prompts.return_to_terminal()
    found = [each for each in found_in(text) if source in (None, each.source)]
    if not found:
        what = f"of {source_named(source).LABEL}'s " if source else ""
        raise CommandFailed(
            f"this is no block {what}that is known: AWS credentials, export lines, a connection "
            "string of Azure's or the JSON of a service account"
        )
    return Looked(tuple(found))


def _looked(source: str | None, path: str | None, *, may_be_none: bool) -> Looked:
    if source is None:
        return look()
    _require_tool(source)
    found = source_named(source).found(path)
    if not found:
        where = [path] if path else source_named(source).places()
        none = (
            f"there is nothing of {source_named(source).LABEL} to import; looked in "
            f"{', '.join(map(shortened, where))}"
        )
        if path or not may_be_none:
            raise CommandFailed(none)
        output.note(none)
    return Looked(tuple(found))


def _require_tool(source: str) -> None:
    if source not in NAMES:
        meant = nearest(source, NAMES)
        hint = f"did you mean {meant}?" if meant else f"known are {', '.join(NAMES)}"
        raise WrongUsage(f"no tool {quoted(source)}; {hint}")


def _answered(plans: Sequence[Planned], buckets: Sequence[str]) -> tuple[Found, ...]:
    found = [each.found for each in plans]
    # An entry that exists already goes by its name in its tool.
    names = [each.name if each.state in ("new", "asks") else each.found.name for each in plans]
    try:
        return with_answers(found, names, buckets)
    except ValueError as error:
        raise WrongUsage(f"--bucket: {error}") from None


def _require_right_answers(before: Sequence[Planned], after: Sequence[Planned]) -> None:
    """Raise `WrongUsage` if an answer made it impossible to import an entry."""
    for one, other in zip(before, after, strict=True):
        if one.state != "cannot" and other.state == "cannot":
            raise WrongUsage(f"--bucket for {quoted(one.found.name)}: {other.reason}")


def _any(plans: Sequence[Planned]) -> bool:
    return any(each.state in ("new", "asks") for each in plans)
