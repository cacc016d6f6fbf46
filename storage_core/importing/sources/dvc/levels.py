"""DVC's remotes, merged from its files: of the system, of the user and of the repository."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from storage_core.importing.files import text_of
from storage_core.importing.made import InexpressibleError
from storage_core.importing.sources.dvc.dialect import parsed
from storage_core.importing.values import as_it_is

_REMOTE: Final = re.compile(r'\s*remote\s*"(.*)"\s*', re.DOTALL)
_PATHS: Final = frozenset(
    {"url", "credentialpath", "configpath", "keyfile", "cert_path", "key_path"}
)
"""Options whose paths are relative to the folder of the file."""

_URL: Final = re.compile(r"\w+://")
_TRUE: Final = "true"


@dataclass(frozen=True)
class Remote:
    """A remote, merged from all files."""

    name: str
    place: str
    """The last file that defines any of its options."""

    options: Mapping[str, str | None] = field(repr=False)

    def text(self, key: str) -> str:
        """The text of an option; empty if it is not set.

        Raises:
            InexpressibleError: it is a list, or has a `%(…)s` in it.
        """
        value = self.options.get(key, "")
        if value is None:
            raise InexpressibleError(f"its {key} has a comma outside of quotes")
        if re.search(r"%\([^)]*\)s", value):
            raise InexpressibleError(f"its {key} has a %(…)s, which DVC fills in")
        return value

    def setting(self, key: str) -> str | None:
        """An option as the value of a setting; None if it is not set."""
        return as_it_is(self.text(key)) or None

    def is_true(self, key: str) -> bool:
        """Whether an option is true."""
        return self.text(key).lower() == _TRUE

    def besides(self, known: Iterable[str]) -> list[str]:
        """The options that are set and not in `known`."""
        return [key for key, value in self.options.items() if value and key not in {*known}]


def remotes_of(files: Iterable[str]) -> tuple[dict[str, Remote], str]:
    """The remotes by name, and the name of the default; empty if there is none.

    Args:
        files: the files, the nearest last; those that do not exist are ignored.

    Raises:
        ConfigurationError: one cannot be read, or DVC would refuse it.
    """
    remotes: dict[str, Remote] = {}
    default = ""
    for file in files:
        if not os.path.lexists(file):
            continue
        sections = parsed(text_of(file, takes_mark=True), file)
        default = sections.get("core", {}).get("remote") or default
        for name, options in _remotes_in(sections):
            before = remotes[name].options if name in remotes else {}
            resolved = {key: _resolved(key, value, file) for key, value in options.items()}
            remotes[name] = Remote(name, file, {**before, **resolved})
    return remotes, default.lower()


def referred(remote: Remote, remotes: Mapping[str, Remote]) -> Remote:
    """A remote with the options of the one that its URL refers to: `remote://OTHER/path`.

    Raises:
        InexpressibleError: that remote does not exist, has no URL, or refers back to this one.
    """
    way = [remote]
    while (url := way[-1].text("url")).startswith("remote://"):
        name = url.removeprefix("remote://").partition("/")[0].lower()
        other = remotes.get(name)
        if other is None:
            raise InexpressibleError(f"its url names the remote {name}, which does not exist")
        if other in way:
            names = " → ".join(each.name for each in [*way, other])
            raise InexpressibleError(f"its url leads in a circle: {names}")
        way.append(other)
    options: dict[str, str | None] = {**way[-1].options}
    for each in reversed(way[:-1]):
        if not options.get("url"):
            raise InexpressibleError(f"its url names the remote {way[-1].name}, which has none")
        below = each.text("url").removeprefix("remote://").partition("/")[2]
        joined = f"{options['url']}/{below.lstrip('/')}"
        options |= {**each.options, "url": joined}
    return Remote(remote.name, remote.place, options)


def _remotes_in(
    sections: Mapping[str, Mapping[str, str | None]],
) -> Iterator[tuple[str, Mapping[str, str | None]]]:
    for section, options in sections.items():
        if matched := _REMOTE.fullmatch(section):
            yield matched[1], options


def _resolved(key: str, value: str | None, file: str) -> str | None:
    if key not in _PATHS or not value or _URL.match(value):
        return value
    whole = os.path.expanduser(value)
    return (
        whole
        if os.path.isabs(whole)
        else os.path.abspath(os.path.join(os.path.dirname(file), value))
    )
