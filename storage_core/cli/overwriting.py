"""Files of one's own that no command writes over unasked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage_core.cli.errors import WrongUsage

if TYPE_CHECKING:
    from storage_core.cli.session import Session


def require_other_file(session: Session, target: str) -> None:
    """Refuse to write over the configuration file, a layer beneath it, or its history.

    Args:
        session: of this run.
        target: the file that would be replaced, as the person has named it.

    Raises:
        WrongUsage: it is one of them, by whatever path or link.
    """
    # Only here: what writes to standard output needs none of it.
    from storage_core.config.own_files import why_kept

    if why := why_kept(target, session.file):
        raise WrongUsage(why)
