"""Runs `storage` and `storage ls` without click.

People wait for the app, and prompts and scripts run `ls` again and again; loading click takes three
times as long as Python itself (26 ms beside 8). So the simplest command lines are parsed here, with
the same meaning as in click, which handles all others, including mistakes and `--help`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import NamedTuple

from storage_core.cli import output
from storage_core.cli.errors import DONE
from storage_core.cli.session import Session


class Asked(NamedTuple):
    """What a simple command line asks for."""

    config_path: str | None = None
    lists: bool = False
    """Whether the command is `ls`."""

    as_json: bool = False
    tags: tuple[str, ...] = ()


def read(arguments: Sequence[str]) -> Asked | None:
    """Parse `[--config FILE] [ls [--json] [--tag WORD]…]`; None for any other command line."""
    asked = Asked()
    left = iter(arguments)
    for word in left:
        if word == "ls" and not asked.lists:
            asked = asked._replace(lists=True)
        elif word == "--json" and asked.lists:
            asked = asked._replace(as_json=True)
        elif word == "--config" or (word == "--tag" and asked.lists):
            value = next(left, "")
            if not value or value.startswith("-"):
                return None
            if word == "--config":
                asked = asked._replace(config_path=value)
            else:
                asked = asked._replace(tags=(*asked.tags, value))
        else:
            return None
    return asked


def run(asked: Asked, session: Session) -> int:
    """Do what a command line asks for, and return the exit code."""
    session.config_path = asked.config_path
    return _list(asked, session) if asked.lists else begin(session)


def begin(session: Session) -> int:
    """Open the app, or without a terminal print the list; return the exit code."""
    is_interactive = output.is_terminal() and sys.stdin is not None and sys.stdin.isatty()
    if session.open_app is not None and is_interactive:
        return session.open_app(session.config_path)
    return _list(Asked(), session)


def _list(asked: Asked, session: Session) -> int:
    # Imported here: the app does not need it.
    from storage_core.cli.listed import print_list

    session.require_named_file()
    print_list(session, as_json=asked.as_json, tags=asked.tags)
    return DONE
