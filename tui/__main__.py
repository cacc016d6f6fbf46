"""The `storage` program: the commands, and the app for bare `storage` at a terminal."""

from __future__ import annotations

import sys

from storage_core.cli import main as run_command


def main() -> int:
    """Run one command, or the app; return the exit code."""
    return run_command(open_app=_open_app)


def _open_app(config_path: str | None) -> int:
    # Here, because no other command is to wait for Textual.
    from tui.app import StorageApp

    app = StorageApp(config_path=config_path)
    app.run()
    return app.return_code or 0


if __name__ == "__main__":
    sys.exit(main())
