"""Links the names of what is public, in docstrings and on pages; the rest stays as it is.

A name in backticks becomes a link where it is exactly that of something on the site: `get_store`,
`Store.write`, within the documentation of a class also its methods alone. In signatures everything
has to be known: what is neither public and ours nor listed here is a warning, which fails the
build.
"""

from __future__ import annotations

import builtins
from typing import ClassVar

from docutils import nodes
from sphinx.addnodes import desc, desc_signature, pending_xref
from sphinx.application import Sphinx
from sphinx.domains.python import PythonDomain
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.nodes import find_pending_xref_condition

_PACKAGE = "storage_core"
_ELSEWHERE = {
    *(
        "Any",
        "ClassVar",
        "Literal",
        "BinaryIO",
        "Self",
        "ReadableBuffer",
        "abc.ABC",
        "datetime",
        "timedelta",
        "os.PathLike",
    ),
    *("AsyncGenerator", "AsyncIterable", "AsyncIterator", "Callable", "Generator", "Iterable"),
    *("Iterator", "Mapping", "MutableSequence", "Sequence", "AbstractContextManager", "Executor"),
}
"""The standard library's names in our signatures."""


class PublicNames(SphinxPostTransform):
    """Decides of each name what it leads to, before Sphinx looks for something similar."""

    default_priority: ClassVar[int] = 5  # Sphinx resolves references at 10.

    def run(self, **_: object) -> None:
        for literal in list(self.document.findall(nodes.literal)):
            if not isinstance(literal.parent, (nodes.reference, pending_xref, nodes.title)) and (
                target := self._target(literal.astext(), _class_around(literal))
            ):
                literal.replace_self(_link(target, literal.deepcopy()))
        for dashes in list(self.document.findall(nodes.Text)):
            if dashes == " -- ":  # As Sphinx writes it between an argument and what is said of it.
                dashes.parent.replace(dashes, nodes.Text(" – "))
        for reference in list(self.document.findall(pending_xref)):
            if reference.get("refdomain") == "py":
                self._decide(reference)

    def _decide(self, reference: pending_xref) -> None:
        written = reference["reftarget"]
        if target := self._target(written):
            reference["reftarget"] = target
            reference.attributes.pop("refspecific", None)
        elif _is_elsewhere(written):
            shown = find_pending_xref_condition(reference, "resolved")
            reference.replace_self(shown.children if shown else reference.children)

    def _target(self, written: str, cls: str = "") -> str | None:
        """The whole name on the site of what is written, if it is there."""
        domain = self.env.domains["py"]
        assert isinstance(domain, PythonDomain)
        name = written.removesuffix("()")
        last = name.rpartition(".")[2]
        for candidate in (f"{cls}.{name}", f"{_PACKAGE}.{name}", name):
            if candidate in domain.objects and candidate.startswith(f"{_PACKAGE}."):
                return candidate
        if name.startswith(f"{_PACKAGE}.") and f"{_PACKAGE}.{last}" in domain.objects:
            return f"{_PACKAGE}.{last}"  # as its module is called
        return None


def _class_around(node: nodes.Node) -> str:
    """The whole name of the class that the node is said of; empty where it is not."""
    while node := node.parent:
        if isinstance(node, desc) and isinstance(signature := node[0], desc_signature):
            name = signature["class"] or signature["fullname"]
            return f"{signature['module']}.{name}"
    return ""


def _is_elsewhere(name: str) -> bool:
    last = name.rpartition(".")[2]
    is_builtin = name == last or name.startswith("builtins.")
    return name in _ELSEWHERE or last in _ELSEWHERE or (is_builtin and hasattr(builtins, last))


def _link(target: str, shown: nodes.Node) -> pending_xref:
    return pending_xref(
        "", shown, refdomain="py", reftype="obj", reftarget=target, refwarn=True, refexplicit=True
    )


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_post_transform(PublicNames)
    return {"parallel_read_safe": True}
