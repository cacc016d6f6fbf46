"""Files of Storage itself that no command may overwrite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage_core.cli.errors import WrongUsage

if TYPE_CHECKING:
    from storage_core.cli.session import Session


def require_other_file(session: Session, target: str) -> None:
    """Raise if a command would overwrite the configuration file, a layer beneath it or its history.

    Args:
        session: the session of this run.
        target: the file that would be replaced, as on the command line.

    Raises:
        WrongUsage: it is one of them, even through a link or another path.
    """
    # Imported here: commands that write to standard output do not need it.
    from storage_core.config.own_files import why_kept

    if why := why_kept(target, session.file):
        raise WrongUsage(why)
