"""Comments and notes of a form: what is left out, and what it cannot express."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from storage_core.exporting.settings import LEFT_OUT, Value
from storage_core.printable import printable

if TYPE_CHECKING:
    from storage_core.exporting.places import Place


def commented(lines: Iterable[str], indent: str = "") -> list[str]:
    """Each line as a comment."""
    return [f"{indent}# {printable(line)}" for line in lines]


def about(
    place: Place, *, understood: Collection[str] = (), besides: Iterable[str] = ()
) -> Iterator[str]:
    """The notes on a place, and one that names the settings that the tool does not have.

    Args:
        place: where the configuration leads.
        understood: the keys of Options that have been expressed.
        besides: further settings that have not been expressed.
    """
    yield from place.notes
    rest = {name: value for name, value in place.options.items() if name not in understood}
    lost = [*place.lost, *besides, *(f"options.{name}" for name in leaves(rest))]
    if lost:
        yield f"not expressed here: {', '.join(lost)}"


def absent(value: Value, instead: str) -> str:
    """A note that says why a value is missing, and what to do.

    Args:
        value: a reference, or a secret that is left out.
        instead: what to do, in the words of the tool.
    """
    why = LEFT_OUT if value.reference is None else f"is {value.reference}"
    return f"{value.setting} {why}; {instead}"


def leaves(table: Mapping[str, Any], within: str = "") -> Iterator[str]:
    """The paths, with dots, of all values in a table and its inner tables."""
    for key, value in table.items():
        if isinstance(value, Mapping) and value:
            yield from leaves(value, f"{within}{key}.")
        else:
            yield f"{within}{key}"


def quoted_json(text: str, *, long: bool = False) -> str:
    """A text as readable JSON, with `\\u` for characters that a terminal would act on.

    Args:
        text: any text.
        long: use `\\U` with eight digits, as in YAML, instead of a pair of surrogates.
    """
    from json import dumps

    def escaped(match: re.Match[str]) -> str:
        character = match[0]
        if character.isprintable():
            return character
        if long and ord(character) > 0xFFFF:
            return f"\\U{ord(character):08x}"
        return dumps(character)[1:-1]

    return re.sub(r"[^ -~]", escaped, dumps(text, ensure_ascii=False))
