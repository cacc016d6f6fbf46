"""A person's answers for the setting that a tool does not know: the bucket, maybe with a prefix.

On the command line, `--bucket BUCKET` answers for all entries that ask, `--bucket NAME=BUCKET` for
one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from storage_core.references import is_variable

if TYPE_CHECKING:
    from storage_core.importing.found import Found

_SCHEMES: Final = ("s3://", "gs://", "gcs://", "az://")
"""Schemes that people copy along with the name of a bucket."""

_OF_ALL: Final = ("bucket", "container")
"""The settings that an answer for all is for: a folder or a server's URL differs for each."""


def with_answers(
    found: Sequence[Found], names: Sequence[str], given: Iterable[str]
) -> tuple[Found, ...]:
    """The entries, in order, with the given answers filled in.

    A name or the prefix after a bucket may contain `=`; a bucket cannot.

    Args:
        found: the entries.
        names: the name that each would have here.
        given: the value of each `--bucket`.

    Raises:
        ValueError: an answer is empty or does not begin as it must, two are for all, or no entry
            that asks has the name.
    """
    for_all: str | None = None
    by_index: dict[int, str] = {}
    known = {*names, *(each.name for each in found)}
    for text in given:
        name, bucket = _split(text, known)
        if not bucket.strip():
            raise ValueError("write a bucket behind the =" if name else "write a bucket")
        if name is not None:
            by_index |= dict.fromkeys(_meant(name, found, names), bucket)
        elif for_all is not None and for_all != bucket:
            raise ValueError("two are for all; write NAME=BUCKET")
        else:
            for_all = bucket
    answers = [
        by_index.get(index, for_all if each.asks in _OF_ALL else None)
        for index, each in enumerate(found)
    ]
    return tuple(
        answered(each, answer) if answer is not None and each.asks else each
        for each, answer in zip(found, answers, strict=True)
    )


def answered(found: Found, answer: str) -> Found:
    """The entry with an answer filled in: `acme/team` is the bucket `acme` and the prefix `team`.

    Raises:
        ValueError: the answer does not begin with one of `found.begins`.
    """
    assert found.cls is not None
    assert found.asks is not None
    answer = answer.strip()
    if found.begins and not (answer.startswith(found.begins) or is_variable(answer)):
        setting = found.cls.setting_named(found.asks)
        label = setting.label if setting else found.asks
        raise ValueError(f"{label} of {found.name} must begin with {' or '.join(found.begins)}")
    given = {found.asks: answer}
    if found.takes_folder:
        scheme = next((each for each in _SCHEMES if answer.startswith(each)), "")
        bucket, _, inner = answer.removeprefix(scheme).partition("/")
        if "://" in answer.removeprefix(scheme):
            # A URL with another scheme has no bucket; keep it whole, so that the check refuses it.
            bucket, inner = answer, ""
        parts = (inner.strip("/"), str(found.settings.get("prefix") or "").strip("/"))
        prefix = "/".join(filter(None, parts))
        given = {found.asks: bucket, **({"prefix": prefix} if prefix else {})}
    return replace(found, settings={**found.settings, **given}, asks=None)


def _split(text: str, names: Collection[str]) -> tuple[str | None, str]:
    ends = [place for place, character in enumerate(text) if character == "="]
    for end in reversed(ends):
        if text[:end] in names:
            return text[:end], text[end + 1 :]
    if not ends or "/" in text[: ends[0]]:
        return None, text
    return text[: ends[0]], text[ends[0] + 1 :]


def _meant(name: str, found: Sequence[Found], names: Sequence[str]) -> list[int]:
    """The indices of the entries that ask and are called `name` here, or else in their tools.

    Raises:
        ValueError: no entry is called so, or none of them asks.
    """
    own = [each.name for each in found]
    for called in (names, own):
        meant = [index for index, each in enumerate(called) if each == name]
        asking = [index for index in meant if found[index].asks]
        if asking:
            return asking
        if meant:
            raise ValueError(f"{name} asks for none")
    asked = ", ".join(each for each, one in zip(names, found, strict=True) if one.asks)
    those = f"these ask for one: {asked}" if asked else "nothing asks for one"
    raise ValueError(f"nothing is called {name}; {those}")
