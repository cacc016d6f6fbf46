"""A pasted block of credentials as the settings of a storage type. It is slow: use threads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from storage_core.declaration.configuration import StorageConfiguration
    from storage_core.importing.found import Found

_FIRST: Final = 50
"""Lines among which a block has to begin; there may be prose before it."""

_LONGEST: Final = 4096
"""Characters of each of these lines that are looked at."""


class Unusable(Exception):
    """A block that cannot be taken; `str()` says why, without any of it."""


class Block(NamedTuple):
    """The configuration that a block describes."""

    found: Found
    left_out: tuple[str, ...] = ()
    """What else is in the block, by the names used there."""


def looks_like_block(text: str) -> bool:
    """Whether `text` may hold a block: a quick test before `block_in`."""
    from storage_core.importing.pasted import begins_block

    lines = text.lstrip("\ufeff").split("\n", _FIRST)[:_FIRST]
    return any(begins_block(line[:_LONGEST]) for line in lines)


def block_in(text: str, cls: type[StorageConfiguration] | None = None) -> Block | None:
    """Find the configuration that `text` describes; None if it is no known kind of block.

    Args:
        text: what was pasted.
        cls: the type that it has to be for; None for any.

    Raises:
        Unusable: it is a block, but not one that can be used here.
    """
    from storage_core.importing.pasted import found_in, left_out

    found = found_in(text)
    usable = [each for each in found if each.cls is not None and not each.reason]
    fitting = [each for each in usable if cls in (None, each.cls)]
    if len(fitting) == 1:
        return Block(fitting[0], tuple(left_out(text)))
    if fitting:
        raise Unusable(f"it is a block for {len(fitting)} configurations; copy one of them")
    if usable and cls is not None and (other := usable[0].cls) is not None:
        raise Unusable(f"it is for {other.label}, and this is {cls.label}")
    if found:
        raise Unusable(found[0].reason)
    return None
