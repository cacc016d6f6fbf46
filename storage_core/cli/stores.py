"""A store opened for one command: drivers kept quiet, and what a test of it is called."""

from __future__ import annotations

import logging
import sys
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage_core.cli.command import Session
    from storage_core.store import Store


def opened(session: Session, ref: str | None) -> Store:
    """Open the storage that a command is about; None for the default.

    Raises:
        StorageError: see `storage_core.get_store`.
    """
    quiet_drivers()
    from storage_core.store import get_store

    return get_store(ref, config_path=session.config_path)


def quiet_drivers() -> None:
    """Keep what drivers log or warn of off the terminal: errors say it in one line."""
    logging.getLogger().addHandler(logging.NullHandler())
    if not sys.warnoptions:
        warnings.simplefilter("ignore")


def called(store: Store) -> str:
    """The name of a store's configuration, or of its type where it stands in no file."""
    return store.configuration.name or store.configuration.label
