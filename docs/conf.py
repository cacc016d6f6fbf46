"""How `make docs` builds the site: by Sphinx with MyST and furo, without a network."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "_ext"), str(HERE.parent)]

from storage_core import __version__  # noqa: E402

project = "Storage"
release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "declared", "docstrings", "names"]
exclude_patterns = ["_ext"]
nitpicky = True

myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3

default_role = "literal"  # as docstrings use backticks; names.py makes links of some
autodoc_default_options = {"members": True}
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 80
add_module_names = False

smartquotes = False  # a message or an option may be copied
python_display_short_literal_types = True
html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_title = "Storage"
html_copy_source = False
html_show_copyright = False
html_show_sphinx = False
html_theme_options = {"source_view_link": "", "top_of_page_buttons": []}
