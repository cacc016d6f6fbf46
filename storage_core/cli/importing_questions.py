"""The questions of `storage import`: what to take, its bucket, its name, the default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from storage_core.cli import prompts
from storage_core.cli.errors import NoTerminal
from storage_core.config.model.names import check_new_name, quoted
from storage_core.errors import ConfigConflict, ConfigurationError
from storage_core.importing.adding import has_no_default
from storage_core.importing.answers import answered
from storage_core.importing.planning import Planned, planned

if TYPE_CHECKING:
    from storage_core.config.model.entries import Configurations
    from storage_core.importing.found import Found


@dataclass(frozen=True)
class Wanted:
    """The entries to write, and what else was decided."""

    found: Sequence[Found] = ()
    """The entries, with all questions answered."""

    names: Mapping[int, str] = field(default_factory=dict)
    """The names of the entries, by their indices in `found`."""

    default: int | None = None
    """The index in `found` of the new default; None to leave it as it is."""

    left_out: Sequence[str] = ()
    """A line for each entry that was left out, with the reason."""

    is_asked: bool = False
    """Whether a person was asked."""


def without_questions(
    plans: Sequence[Planned], configurations: Configurations, *, skip: bool
) -> Wanted:
    """The entries that can be imported without a question.

    Args:
        plans: all entries.
        configurations: the existing configurations.
        skip: whether to leave out entries that ask for something.

    Raises:
        NoTerminal: an entry asks for something, and `skip` is false.
    """
    asking = [each for each in plans if each.state == "asks"]
    if asking and not skip:
        names = ", ".join(each.name for each in asking)
        example = quoted(f"{asking[0].name}={asking[0].found.asked.upper()}")
        raise NoTerminal(
            f"there is no terminal to ask on for the bucket of {names}; add --bucket "
            f"{example}, or --yes to leave them out"
        )
    taken = [each for each in plans if each.state == "new"]
    first = next((index for index, each in enumerate(taken) if each.found.is_default), None)
    return Wanted(
        [each.found for each in taken],
        {index: each.name for index, each in enumerate(taken)},
        first if has_no_default(configurations) else None,
        [f"{each.name}: {_what(each)} is not known; {_give(each)}" for each in asking],
    )


def ask(
    plans: Sequence[Planned], configurations: Configurations, *, choose: bool, name: bool = False
) -> Wanted:
    """Ask a person which entries to import, and for what they lack.

    Args:
        plans: all entries.
        configurations: the existing configurations.
        choose: whether to ask which entries to import.
        name: whether to ask for every name, not only if the tool's name is taken or not allowed.
    """
    offered = [each for each in plans if each.state in ("new", "asks")]
    chosen = _choose(offered) if choose and offered else offered
    taken: list[Planned] = []
    left_out: list[str] = []
    known: list[Found] = []
    for each in chosen:
        found = _with_bucket(each, known, configurations)
        if found is None:
            left_out.append(f"{each.name}: {_what(each)} was left open")
            continue
        known.append(found)
        taken.append(planned(known, configurations)[-1])
    names = _names(taken, configurations, ask_all=name)
    default = None
    if taken and has_no_default(configurations):
        default = _default(taken, names)
    return Wanted([each.found for each in taken], names, default, left_out, is_asked=True)


def _choose(offered: Sequence[Planned]) -> list[Planned]:
    if len(offered) == 1:
        return [*offered] if prompts.confirm("Import it?", default=True) else []
    while True:
        answer = prompts.ask("Import which? Numbers such as 1 3-5, none, or Enter for all: ")
        if answer.casefold() in ("", "all", "a"):
            return [*offered]
        if answer.casefold() in ("none", "n", "no", "q"):
            return []
        numbers = _numbers(answer, len(offered))
        if numbers is not None:
            return [offered[number - 1] for number in numbers]
        prompts.say(f"Type numbers from 1 to {len(offered)}, such as 1 3-5")


def _numbers(answer: str, most: int) -> list[int] | None:
    """The numbers in an answer, sorted, each once; None if it is malformed."""
    found: list[int] = []
    for part in answer.replace(",", " ").split():
        first, dash, last = part.partition("-")
        if not all(each.isascii() and each.isdigit() for each in (first, last if dash else first)):
            return None
        begin, end = int(first[:9]), int((last if dash else first)[:9])
        if not 1 <= begin <= end <= most:
            return None
        found += range(begin, end + 1)
    return sorted({*found})


def _with_bucket(
    plan: Planned, before: Sequence[Found], configurations: Configurations
) -> Found | None:
    """The entry with its question answered; None if it is left open, or exists already."""
    if plan.state != "asks":
        return plan.found
    label = plan.found.asked
    while True:
        answer = prompts.ask(f"{label} for {plan.name} (Enter leaves it out): ")
        if not answer:
            return None
        try:
            found = answered(plan.found, answer)
        except ValueError as error:
            prompts.say(str(error))
            continue
        result = planned([*before, found], configurations)[-1]
        if result.state == "cannot":
            prompts.say(result.reason)
        elif result.state != "new":
            prompts.say(f"That is {result.name} already")
            return None
        else:
            if "prefix" in found.settings and "prefix" not in plan.found.settings:
                prompts.say(
                    f"{label} {found.settings[plan.found.asks or '']}, Prefix "
                    f"{found.settings['prefix']}"
                )
            return found


def _names(
    taken: Sequence[Planned], configurations: Configurations, *, ask_all: bool
) -> dict[int, str]:
    """The name of each entry: its name in the tool, or the one that a person has entered."""
    names: dict[int, str] = {}
    for index, each in enumerate(taken):
        name = each.name
        if each.renamed or ask_all:
            others = {*configurations.entries, *names.values()}
            others |= {other.name for other in taken[index + 1 :]}
            if each.renamed:
                prompts.say(f"{each.renamed[:1].upper()}{each.renamed[1:]}.")
            name = _ask_name(each.name, others)
        names[index] = name
    return names


def _ask_name(proposal: str, taken: set[str]) -> str:
    while True:
        answer = prompts.ask(f"Name [{proposal}]: ") or proposal
        try:
            return check_new_name(answer, taken)
        except (ConfigurationError, ConfigConflict) as error:
            prompts.say(str(error)[:1].upper() + str(error)[1:])


def _default(taken: Sequence[Planned], names: Mapping[int, str]) -> int | None:
    """Ask which entry becomes the default, and return its index; None for none."""
    favourite = next((index for index, each in enumerate(taken) if each.found.is_default), None)
    if favourite is not None or len(taken) == 1:
        index = favourite or 0
        as_there = f", as in {taken[index].found.source}" if favourite is not None else ""
        question = f"You have no default. Make {names[index]} the default{as_there}?"
        return index if prompts.confirm(question, default=True) else None
    while True:
        answer = prompts.ask(f"You have no default. Name or none [{names[0]}]: ")
        if not answer:
            return 0
        named = [index for index, name in names.items() if name == answer]
        begun = named or [index for index, name in names.items() if name.startswith(answer)]
        if len(begun) == 1:
            return begun[0]
        if answer.casefold() in ("none", "n", "no"):
            return None
        prompts.say(f"Type one of {', '.join(names.values())}, or none")


def _what(plan: Planned) -> str:
    return f"its {plan.found.asked}"


def _give(plan: Planned) -> str:
    from shlex import quote

    return f"give it with --bucket {quote(plan.name + '=' + plan.found.asked.upper())}"
