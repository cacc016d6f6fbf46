"""The site that `make docs` builds: everything public is on it, and every link leads somewhere."""

from __future__ import annotations

import inspect
import subprocess
import sys
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from types import FunctionType
from urllib.parse import unquote

import pytest

import storage_core
import storage_core.fs
import storage_core.testing
from tests.docs.pages import DOCS

pytestmark = pytest.mark.timeout(600)  # The first test builds the site.


class Page(HTMLParser):
    """What the tests look at of one page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.pictures: list[dict[str, str | None]] = []
        self.headings: list[int] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.ids.add(given["id"] or "")
        if tag == "a" and given.get("href"):
            self.links.append(given["href"] or "")
        if tag in ("img", "script", "source", "iframe"):
            self.loaded += [given[name] or "" for name in ("src", "srcset") if given.get(name)]
        if tag == "link" and given.get("rel") not in ("next", "prev", "canonical"):
            self.loaded.append(given.get("href") or "")
        if tag == "img":
            self.pictures.append(given)
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self.headings.append(int(tag[1]))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` builds it: a warning is an error."""
    folder = tmp_path_factory.mktemp("site")
    options = ["--builder", "html", "--fail-on-warning", "--keep-going", "--quiet"]
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *options, "-d", folder / "trees", DOCS, folder / "html"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder / "html"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    """Every page, taken apart."""
    return {path: Page(path) for path in site.rglob("*.html")}


@pytest.fixture(scope="module")
def listed(site: Path) -> set[str]:
    """The names of Python that the site explains, from its inventory."""
    from sphinx.util.inventory import InventoryFile  # `.venv-tools` has none, and collects this.

    inventory = InventoryFile.loads((site / "objects.inv").read_bytes(), uri="")
    return {
        name
        for kind, entries in inventory.data.items()
        if kind.startswith("py:")
        for name in entries
    }


def test_everything_public_is_explained(listed: set[str]) -> None:
    public = (storage_core, storage_core.fs, storage_core.testing)
    missing = {f"{each.__name__}.{name}" for each in public for name in each.__all__} - listed
    assert not missing


def test_every_public_method_is_explained(listed: set[str]) -> None:
    classes = {name: getattr(storage_core, name) for name in storage_core.__all__}
    missing = {
        f"storage_core.{name}.{method}"
        for name, cls in classes.items()
        if inspect.isclass(cls) and not _is_one_of_the_types(cls)
        for method in _public(cls)
    } - listed
    assert not missing


def _is_one_of_the_types(cls: type) -> bool:
    """Whether all its methods are those of `StorageConfiguration`, where they are explained."""
    base = storage_core.StorageConfiguration
    return issubclass(cls, base) and cls is not base


def _public(cls: type) -> set[str]:
    return {
        name
        for base in cls.__mro__
        if base.__module__.startswith("storage_core")
        for name, value in vars(base).items()
        if not name.startswith("_") and isinstance(value, (FunctionType, property, classmethod))
    }


def test_a_name_of_ours_leads_to_what_is_said_of_it(site: Path, pages: dict[Path, Page]) -> None:
    written_on_a_page = "reference/store.html#storage_core.Store.backend"
    assert written_on_a_page in pages[site / "library.html"].links
    in_a_docstring = "#storage_core.Store.write"  # of `write_many`, as `write`
    assert pages[site / "reference" / "store.html"].links.count(in_a_docstring) > 2


def test_every_link_within_the_site_leads_somewhere(site: Path, pages: dict[Path, Page]) -> None:
    broken = []
    for path, page in pages.items():
        for link in page.links:
            if ":" in link.partition("#")[0]:
                continue
            file, _, anchor = unquote(link).partition("#")
            target = (path.parent / file).resolve() if file else path
            if (
                not target.is_relative_to(site)
                or not target.exists()
                or (anchor and target.suffix == ".html" and anchor not in pages[target].ids)
            ):
                broken.append(f"{path.relative_to(site)}: {link}")
    assert not broken


def test_a_reader_without_a_network_sees_all_of_it(site: Path, pages: dict[Path, Page]) -> None:
    assert {each for page in pages.values() for each in page.loaded if "//" in each} == set()
    styles = "".join(each.read_text(encoding="utf-8") for each in site.rglob("*.css"))
    assert "url(http" not in styles.replace('"', "")
    assert "@import" not in styles


def test_every_picture_says_what_it_shows(pages: dict[Path, Page]) -> None:
    assert [p for page in pages.values() for p in page.pictures if not p.get("alt")] == []


def test_headings_skip_no_level(pages: dict[Path, Page]) -> None:
    for path, page in pages.items():
        levels = page.headings
        assert levels.count(1) <= 1, path
        assert all(b <= a + 1 for a, b in pairwise(levels)), (path, levels)
