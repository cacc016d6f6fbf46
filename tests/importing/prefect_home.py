"""Homes of Prefect, made with the columns that its own databases have.

Seen in the databases that Prefect 2.0b7 and 3.8.8 wrote: every document is a Fernet token in a
JSON string, its key a row of `configuration`, and the block that a field refers to a row of
`block_document_reference`; only the betas mark a default.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

from cryptography.fernet import Fernet

_SCHEMA = """
CREATE TABLE configuration (id CHAR(36), "key" VARCHAR NOT NULL UNIQUE, value JSON NOT NULL);
CREATE TABLE block_type (id CHAR(36) PRIMARY KEY, name VARCHAR NOT NULL);
CREATE TABLE block_document (
    id CHAR(36) PRIMARY KEY, name VARCHAR NOT NULL, data JSON NOT NULL,
    block_type_id CHAR(36) NOT NULL, is_anonymous BOOLEAN DEFAULT '0' NOT NULL{default}
);
CREATE TABLE block_document_reference (
    id CHAR(36) PRIMARY KEY, name VARCHAR NOT NULL,
    parent_block_document_id CHAR(36) NOT NULL, reference_block_document_id CHAR(36) NOT NULL
);
"""
_DEFAULT = ", is_default_storage_block_document BOOLEAN DEFAULT '0'"


class PrefectHome:
    """A home with one database."""

    def __init__(self, folder: Path, *, beta: bool = False, keep_key: bool = True) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.path = folder / ("orion.db" if beta else "prefect.db")
        self.key = Fernet.generate_key().decode()
        self._beta = beta
        with closing(self.connect()) as database:
            database.executescript(_SCHEMA.format(default=_DEFAULT if beta else ""))
            if keep_key:
                value = json.dumps({"fernet_key": self.key})
                row = (str(uuid4()), "ENCRYPTION_KEY", value)
                database.execute("INSERT INTO configuration VALUES (?, ?, ?)", row)
            database.commit()

    def connect(self) -> sqlite3.Connection:
        """Open it to be written, as Prefect does."""
        database = sqlite3.connect(self.path)
        # Nobody needs it after a power cut.
        database.execute("PRAGMA synchronous = OFF")
        return database

    def add(
        self,
        kind: str,
        name: str,
        data: Mapping[str, Any],
        *,
        refers: Mapping[str, str] | None = None,
        default: bool = False,
        anonymous: bool = False,
        database: sqlite3.Connection | None = None,
    ) -> str:
        """Add a block and return its ID; `refers` has the IDs of those that its fields are."""
        opened = database or self.connect()
        kind_id, identifier = str(uuid4()), str(uuid4())
        token = Fernet(self.key).encrypt(json.dumps(data).encode()).decode()
        opened.execute("INSERT INTO block_type VALUES (?, ?)", (kind_id, kind))
        row: tuple[Any, ...] = (identifier, name, json.dumps(token), kind_id, int(anonymous))
        row += (int(default),) if self._beta else ()
        marks = ", ".join("?" * len(row))
        opened.execute(f"INSERT INTO block_document VALUES ({marks})", row)
        for field, inner in (refers or {}).items():
            opened.execute(
                "INSERT INTO block_document_reference VALUES (?, ?, ?, ?)",
                (str(uuid4()), field, identifier, inner),
            )
        opened.commit()
        if database is None:
            opened.close()
        return identifier
