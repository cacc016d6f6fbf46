"""Files with a few Local Storages, and no configuration file but these."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.config.layers import Write


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STORAGE_CONFIG", "STORAGE_CONFIG_TEXT", "STORAGE_DEFAULT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes `NAME.toml` with Local Storages, each at `/NAME/STORAGE`."""

    def write(name: str, *storages: str, include: object = None, more: str = "") -> Path:
        path = tmp_path / f"{name}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [more]
        if include is not None:
            lines.append(f"include = {json.dumps(include)}")
        lines += [
            f'[storage.{each}]\ntype = "local"\nstorage_path = "/{name}/{each}"'
            for each in storages
        ]
        path.write_text("\n".join(lines) + "\n")
        return path

    return write
