"""What a person has answered for what a tool does not know: the bucket, with a prefix or without.

On the command line that is `--bucket BUCKET`, for all that ask, or `--bucket NAME=BUCKET`, for one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from storage_core.importing.found import Found

_SCHEMES: Final = ("s3://", "gs://", "gcs://", "az://")
"""What people copy along with the name of a bucket."""


@dataclass(frozen=True)
class Answers:
    """Buckets: one for all that ask, and those of single names."""

    for_all: str | None = None
    by_name: Mapping[str, str] = field(default_factory=dict)

    def of(self, found: Found, name: str = "") -> str | None:
        """The answer for an entry, which may be about to get another `name`; None without one."""
        if found.asks is None:
            return None
        return self.by_name.get(found.name) or self.by_name.get(name) or self.for_all


def parsed(given: Iterable[str], names: Collection[str]) -> Answers:
    """What `--bucket` says, given any number of times.

    A name may hold `=`, and so may the prefix behind a bucket; no bucket does.

    Args:
        given: each value of the option.
        names: what the entries are called.

    Raises:
        ValueError: one has nothing behind its `=`, or there are two for all.
    """
    for_all: str | None = None
    by_name: dict[str, str] = {}
    for text in given:
        name, bucket = _split(text, names)
        if not bucket.strip():
            raise ValueError("write a bucket behind the =" if name else "write a bucket")
        if name is not None:
            by_name[name] = bucket
        elif for_all is not None and for_all != bucket:
            raise ValueError("there are two for all; write NAME=BUCKET")
        else:
            for_all = bucket
    return Answers(for_all, by_name)


def settings_of(found: Found, answer: str) -> dict[str, str]:
    """The settings that an answer gives: `acme/team` is the bucket `acme` and the prefix `team`."""
    assert found.cls is not None
    assert found.asks is not None
    prefix_setting = found.cls.setting_named("prefix")
    if prefix_setting is None:
        return {found.asks: answer}
    scheme = next((each for each in _SCHEMES if answer.startswith(each)), "")
    bucket, _, inner = answer.removeprefix(scheme).partition("/")
    parts = (inner.strip("/"), str(found.settings.get("prefix") or "").strip("/"))
    prefix = "/".join(filter(None, parts))
    return {found.asks: bucket, **({"prefix": prefix} if prefix else {})}


def _split(text: str, names: Collection[str]) -> tuple[str | None, str]:
    ends = [place for place, character in enumerate(text) if character == "="]
    for end in reversed(ends):
        if text[:end] in names:
            return text[:end], text[end + 1 :]
    if not ends or "/" in text[: ends[0]]:
        return None, text
    return text[: ends[0]], text[ends[0] + 1 :]
