"""The `storage` program: the commands, and the app for bare `storage` at a terminal."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import TYPE_CHECKING, Any

from storage_core.cli import main as run_command

if TYPE_CHECKING:
    from tui.app import StorageApp


def main() -> int:
    """Run one command, or the app; return the exit code."""
    return run_command(open_app=_open_app, key_mistakes=_key_mistakes)


def _open_app(config_path: str | None) -> int:
    app = loaded_app(config_path)
    if sys.platform == "win32":
        ending: AbstractContextManager[None] = nullcontext()
    else:
        from tui.kit.terminal import ended_by_signals

        ending = ended_by_signals(app.stop)
    # Have the terminal save its title and show ours; it gets its own back at the end.
    _to_terminal(f"\x1b[22;2t\x1b]2;Storage: {app.session.workspace.shown_path}\x1b\\")
    try:
        with ending:
            app.run()
    finally:
        _to_terminal("\x1b[23;2t")
    return app.return_code or 0


def _to_terminal(codes: str) -> None:
    # To the stream that Textual writes to as well.
    if sys.__stderr__ is not None:
        # The terminal may be gone.
        with suppress(OSError):
            sys.__stderr__.write(codes)
            sys.__stderr__.flush()


def _few_colours() -> bool:
    """Whether the terminal shows 16 colours at most, according to Rich, which draws them."""
    from rich.console import Console
    from textual.constants import COLOR_SYSTEM

    console = Console(color_system=COLOR_SYSTEM, force_terminal=True)  # type: ignore[arg-type]
    return console.color_system == "standard"


def _key_mistakes(tables: Mapping[str, Any]) -> list[tuple[tuple[str, ...], str]]:
    """What is wrong with the remapped keys, in the app's own messages."""
    app = tables.get("app")
    if not (isinstance(app, dict) and "keys" in app):
        return []
    # Imported only here: no other part of validation needs Textual.
    from tui.features.commands import mistakes

    return mistakes(tables)


def loaded_app(config_path: str | None) -> StorageApp:
    """Make the app, not yet running, with everything loaded that lives as long as it does.

    The garbage collector leaves these objects alone: searching them would delay the first frame,
    and later hold up keys for 40 ms at a time.
    """
    import gc
    from importlib import import_module

    gc.disable()
    # Imported only here: no other command should have to wait for Textual.
    from tui.app import StorageApp

    for name in ("textual.scrollbar", "tui.features.configurations.screen"):
        # Imported later, they would hold up the first frame.
        import_module(name)
    app = StorageApp(config_path=config_path, few_colours=_few_colours())
    gc.freeze()
    gc.enable()
    return app


if __name__ == "__main__":
    sys.exit(main())
