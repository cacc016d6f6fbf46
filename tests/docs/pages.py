"""The pages of `docs/`, and the Python on them.

Every block that begins with ```python is run by `test_examples.py`. One that cannot be run (it
needs an account, say) begins with ```{code-block} python instead, below a line that says why:
<!-- not run: it needs a bucket of yours -->
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(DOCS.rglob("*.md"))

_HEAVY = {"distributed", "prefect", "ray"}
"""What only `.venv-tools` has: pages that import one of these run under the marker `tools`."""


@dataclass(frozen=True)
class Block:
    """One fenced block of a page."""

    info: str
    """What stands behind the opening fence."""

    code: str
    line: int
    """Of the opening fence, from 0."""

    before: str
    """The HTML comment directly above, if there is one."""

    @property
    def is_run(self) -> bool:
        return self.info == "python"

    @property
    def is_shown_only(self) -> bool:
        return self.info.startswith("{code-block} py")


def name(page: Path) -> str:
    """The page as its tests are called."""
    return page.relative_to(DOCS).as_posix()


def blocks(text: str) -> list[Block]:
    """The fenced blocks of a page, in order."""
    found, last = [], Token("", "", 0)
    for token in MarkdownIt().parse(text):
        if token.type == "fence":
            line = token.map[0] if token.map else 0
            before = last.content.strip() if last.type == "html_block" else ""
            found.append(Block(token.info.strip(), token.content, line, before))
        last = token
    return found


def code_in(text: str) -> list[str]:
    """What stands between backticks in the text of a page."""
    return [
        inner.content
        for token in MarkdownIt().enable("table").parse(text)
        for inner in token.children or ()
        if inner.type == "code_inline"
    ]


def script(page: Path) -> str:
    """All that is run of a page, each line at the number that it has on the page."""
    lines: list[str] = []
    for block in blocks(page.read_text(encoding="utf-8")):
        if block.is_run:
            lines += [""] * (block.line + 1 - len(lines))
            lines += block.code.splitlines()
    return "\n".join(lines)


def is_heavy(page: Path) -> bool:
    """Whether it imports what only `.venv-tools` has."""
    code = script(page)
    return any(
        re.search(rf"^\s*(import|from)\s+(dask\.)?{each}\b", code, re.MULTILINE) for each in _HEAVY
    )


def awaits(code: str) -> bool:
    """Whether it is to be run as a notebook would, with an event loop around it."""
    try:
        compile(code, "page", "exec")
    except SyntaxError:
        compile(code, "page", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        return True
    return False
