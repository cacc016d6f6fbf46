"""Opens the store that a command is about, with quiet drivers."""

from __future__ import annotations

import logging
import sys
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage_core.cli.session import Session
    from storage_core.store import Store


def opened(session: Session, ref: str | None) -> Store:
    """Open the store of the configuration `ref`; None for the default.

    Raises:
        StorageError: see `storage_core.get_store`.
    """
    quiet_drivers()
    from storage_core.opening import get_store

    return get_store(ref, config_path=session.config_path)


def opened_to_change(session: Session, ref: str | None) -> Store:
    """Like `opened`, for writing or deleting: fails before anything is read or asked.

    Raises:
        UnsupportedOperation: the configuration is read-only.
    """
    store = opened(session, ref)
    store.backend.require_writable()
    return store


def quiet_drivers() -> None:
    """Keep logs and warnings of drivers off the terminal: errors say the same in one line."""
    logging.getLogger().addHandler(logging.NullHandler())
    if not sys.warnoptions:
        warnings.simplefilter("ignore")


def called(store: Store) -> str:
    """The name of a store's configuration; without one, the label of its type."""
    return store.configuration.name or store.configuration.label
