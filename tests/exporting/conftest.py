"""The command and the file that it works on, as the commands' own tests have them."""

from __future__ import annotations

from tests.cli.conftest import config, storage

__all__ = ["config", "storage"]
