"""The question before blobs are deleted, whether one or many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage_core.keys import is_content_name, is_key
from storage_core.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.kit.screen import FullScreen
    from tui.session.listing import Listed
    from tui.session.snapshot import Row


async def agreed(screen: FullScreen[None], row: Row, title: str, blobs: Sequence[Listed]) -> bool:
    """Ask once whether to delete blobs; returns the answer.

    Args:
        screen: the screen that asks.
        row: the storage.
        title: the question.
        blobs: the blobs to delete.
    """
    from tui.kit.ask import Ask

    configuration, name, one = row.configuration(), printable(row.name), len(blobs) == 1
    gone = "It is" if one else "They are"
    text = [f"{gone} gone from {name} for good: there is no undo for blobs."]
    if configuration.naming == "hash" and any(
        is_key(blob.key) and is_content_name(blob.name) for blob in blobs
    ):
        text.append(
            "Its key is the hash of its bytes: whoever stored the same bytes here has the same "
            "blob and loses it too."
            if one
            else "A key that is the hash of its bytes may be others' too: whoever stored the same "
            "bytes here loses them."
        )
    if configuration.protected:
        whose, what = ("Its", "the blob") if one else ("Their", "them")
        text.append(f"{whose} storage is protected: type its name, {name}, to delete {what}.")
    answer = await screen.ask(
        Ask(
            title,
            "\n".join(text),
            [("cancel", "Cancel"), ("delete", "Delete")],
            focus="cancel",
            danger="delete",
            typed=row.name.strip() if configuration.protected else None,
        )
    )
    return answer == "delete"
