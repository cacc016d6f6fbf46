"""Copies several blobs where an executor runs it: in another thread, process or machine.

A task is a single argument that can be pickled. It may run twice, and raises nothing itself:
exceptions often cannot be sent between processes, and clusters misinterpret them.
"""

from __future__ import annotations

import os
import pickle
import platform
import sys
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from storage_core import __version__
from storage_core.transfers.copying import Copier, Item
from storage_core.transfers.events import TransferEvent, failed

if TYPE_CHECKING:
    from storage_core.store import Store

Versions: TypeAlias = tuple[str, str]
"""The versions of this package and of Python."""


@dataclass(frozen=True)
class Task:
    """Some blobs, and what is needed to copy them."""

    items: tuple[Item, ...] = field(repr=False)
    """The blobs."""

    stores: bytes = field(default=b"", repr=False)
    """Both stores as a pickle; references are resolved where it is unpickled."""

    jobs: int = 1
    """How many of the blobs are copied at a time."""

    made_by: Versions = ("", "")
    """The versions in the process that made the pickle."""

    number: str = ""
    """A unique text, since some executors run equal tasks only once."""


@dataclass(frozen=True)
class Answer:
    """The result of a task."""

    events: tuple[TransferEvent, ...] = ()
    refusal: str = ""
    """Why the process cannot run tasks of the one that made this; empty if it can."""

    where: str = ""
    """The process that ran it."""


def versions() -> Versions:
    """The versions in this process."""
    return __version__, ".".join(map(str, sys.version_info[:2]))


def run(task: Task) -> Answer:
    """Copy the blobs of a task, in a process that may not be the one that has made it."""
    if (ours := versions()) != task.made_by:
        return Answer(refusal=_difference(ours, task.made_by))
    try:
        source, target = pickle.loads(task.stores)
    except Exception as error:
        name = getattr(error, "name", None)
        what = f"{type(error).__name__}: {name}" if name else type(error).__name__
        return Answer(
            refusal=f"a worker on {platform.node()} cannot open the stores ({what}); install there "
            "what is installed here"
        )
    with source, target:
        where = f"{platform.node()} (process {os.getpid()})"
        return Answer(_copied(source, target, task), where=where)


def run_here(copier: Copier, task: Task) -> Answer:
    """Copy the blobs of a task in this process, with stores that are open already."""
    return Answer(tuple(copier.copy(item) for item in task.items))


def _copied(source: Store, target: Store, task: Task) -> tuple[TransferEvent, ...]:
    from storage_core.blobs import many

    try:
        copier = Copier(source, target)
        outcomes = many.outcomes(copier.copy, task.items, task.jobs, ahead=sys.maxsize)
        return tuple(each for each in outcomes if isinstance(each, TransferEvent))
    except Exception as error:
        return tuple(map(partial(_lost, error), task.items))


def _lost(error: Exception, item: Item) -> TransferEvent:
    return failed(item.path, item.size, error)


def _difference(here: Versions, there: Versions) -> str:
    (ours, our_python), (theirs, their_python) = here, there
    if our_python != their_python:
        return (
            f"a worker on {platform.node()} runs Python {our_python}, and this is Python "
            f"{their_python}; use the same on both"
        )
    return (
        f"a worker on {platform.node()} has storage-config {ours}, and this is {theirs}; install "
        f"storage-config=={theirs} there"
    )
