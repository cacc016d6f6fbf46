"""Reads the blocks in a Prefect database, decrypted, with the blocks that they refer to."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from storage_core.importing.files import wrong
from storage_core.importing.sources.prefect.database import opened

_KEYS: Final = ("PREFECT_SERVER_ENCRYPTION_KEY", "ORION_ENCRYPTION_KEY")

UNREADABLE: Final = (
    "its data were encrypted with another key; set PREFECT_SERVER_ENCRYPTION_KEY to the one that "
    "its server has"
)


@dataclass(frozen=True, kw_only=True)
class Block:
    """A block, which Prefect calls a block document."""

    id: str
    name: str
    kind: str
    """The name of its type: `S3 Bucket`."""

    slug: str
    """That name as Prefect's settings write it: `s3-bucket`."""

    place: str
    """The path of the database."""

    data: Mapping[str, Any] | None = field(repr=False)
    """Its fields; fields that are blocks are in `inner` too. None if it cannot be decrypted."""

    inner: Mapping[str, Block] = field(repr=False)
    """The blocks that its fields refer to, by field."""

    is_default: bool = False
    is_referred_to: bool = False


def read_blocks(path: str) -> list[Block]:
    """The blocks that have a name.

    Raises:
        ConfigurationError: the database cannot be read, or is not Prefect's.
    """
    with opened(path) as database:
        tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master")}
        if not {"block_document", "block_type"} <= tables:
            what = "holds no blocks: it is no database of Prefect 2 or 3, or an older one"
            raise wrong(path, what, "name Prefect's prefect.db or orion.db")
        keys = [*_keys(database, tables)]
        query = (
            "SELECT block_document.*, block_type.name AS kind FROM block_document "
            "JOIN block_type ON block_type.id = block_document.block_type_id "
            "ORDER BY block_document.name"
        )
        rows = {str(row["id"]): row for row in database.execute(query)}
        references: list[sqlite3.Row] = []
        if "block_document_reference" in tables:
            references = database.execute("SELECT * FROM block_document_reference").fetchall()
    return [*_blocks(path, rows, references, keys)]


def _blocks(
    path: str,
    rows: Mapping[str, sqlite3.Row],
    references: Sequence[sqlite3.Row],
    keys: Sequence[bytes],
) -> Iterator[Block]:
    fields: dict[str, dict[str, str]] = {}
    for each in references:
        inner = fields.setdefault(str(each["parent_block_document_id"]), {})
        inner[str(each["name"])] = str(each["reference_block_document_id"])
    referred = {inner for parent in fields.values() for inner in parent.values()}

    def block(identifier: str, above: frozenset[str] = frozenset()) -> Block:
        row = rows[identifier]
        inner = {
            name: block(each, above | {identifier})
            for name, each in fields.get(identifier, {}).items()
            if each in rows and each not in above | {identifier}
        }
        return Block(
            id=str(UUID(identifier)),
            name=str(row["name"]),
            kind=str(row["kind"]),
            slug=str(row["kind"]).lower().replace(" ", "-"),
            place=path,
            data=_decrypted(row["data"], keys),
            inner=inner,
            is_default=_of(row, "is_default_storage_block_document"),
            is_referred_to=identifier in referred,
        )

    for identifier, row in rows.items():
        if not _of(row, "is_anonymous"):
            yield block(identifier)


def _of(row: sqlite3.Row, column: str) -> bool:
    """The flag in a column, which not every version of Prefect has."""
    return column in row.keys() and bool(row[column])  # noqa: SIM118


def _keys(database: sqlite3.Connection, tables: set[str]) -> Iterator[bytes]:
    """The possible keys for decryption: those in variables, then that in the database."""
    for name in _KEYS:
        if value := os.environ.get(name):
            yield value.encode()
    if "configuration" in tables:
        query = "SELECT value FROM configuration WHERE key = 'ENCRYPTION_KEY'"
        for (value,) in database.execute(query):
            key = _parsed(value)
            if isinstance(key, dict) and isinstance(key.get("fernet_key"), str):
                yield key["fernet_key"].encode()


def _decrypted(value: Any, keys: Sequence[bytes]) -> Mapping[str, Any] | None:
    from cryptography.fernet import Fernet, InvalidToken

    data = _parsed(value)
    if isinstance(data, dict):
        return data  # The first betas encrypted nothing.
    for key in keys:
        try:
            plain = _parsed(Fernet(key).decrypt(str(data).encode()).decode())
        except (InvalidToken, ValueError):
            continue
        return plain if isinstance(plain, dict) else None
    return None


def _parsed(text: Any) -> Any:
    """The value of the JSON in a column; None if it is not JSON."""
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return None
