"""The directive `declared`: a part of a page that is made from what the code declares.

    ```{declared} settings
    ```

What there is: the functions of `scripts/tables.py`.
"""

from __future__ import annotations

from typing import ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from scripts import tables


class Declared(SphinxDirective):
    """Puts the Markdown of one of `scripts/tables.py` in its place."""

    required_arguments: ClassVar[int] = 1

    def run(self) -> list[nodes.Node]:
        self.env.note_reread()  # The page has not changed where a declaration has.
        text = getattr(tables, self.arguments[0])()
        return self.parse_text_to_nodes(text, allow_section_headings=True)


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("declared", Declared)
    return {"parallel_read_safe": True}
