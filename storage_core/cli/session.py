"""`Session`: the state that the commands of one run share."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from storage_core import paths
from storage_core.cli.errors import CommandFailed
from storage_core.config.file import ConfigFile

if TYPE_CHECKING:
    from storage_core.cli.app import KeyMistakes, OpenApp


class Session:
    """One run of the program.

    Args:
        open_app: opens the app; None if there is no app.
        key_mistakes: finds mistakes in the app's remapped keys; None if there is no app.
    """

    def __init__(
        self, open_app: OpenApp | None = None, key_mistakes: KeyMistakes | None = None
    ) -> None:
        self.open_app = open_app
        self.key_mistakes = key_mistakes
        self.config_path: str | None = None
        """The value of --config, before or after the name of the command."""

    @property
    def file(self) -> ConfigFile:
        """The configuration file of this run."""
        return ConfigFile(self.config_path)

    def require_named_file(self) -> None:
        """Raise an error if --config names a file that does not exist.

        A mistyped path must not look like a file without configurations. If no file is named, it
        may be missing: it is created with the first configuration.
        """
        if self.config_path is None:
            return
        path = self.file.source
        try:
            os.stat(path)
        except FileNotFoundError:
            shown = paths.shortened(path)
            raise CommandFailed(
                f"there is no file {shown}; name another with --config, or begin it: "
                f"{paths.command('create', path)}"
            ) from None
        except (OSError, ValueError):
            pass  # Reading it says what is wrong.
