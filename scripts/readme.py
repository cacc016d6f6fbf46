"""Write the table of commands in README.md, the man page and the chart of speed.

    python scripts/readme.py            rewrite them
    python scripts/readme.py --check    exit 1 if they are out of date

`make readme` runs the first, the tests the second. The site's tables are made when it is built.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

from scripts.bench.chart import CHART, drawn
from scripts.bench.figures import loaded
from scripts.man import PAGE as MAN
from scripts.man import page
from scripts.tables import commands

README = Path(__file__).parent.parent / "README.md"


def chart() -> str:
    """The results of the last `make bench` and `make bench-full`, as a picture."""
    return drawn(loaded())


PARTS: dict[str, Callable[[], str]] = {"commands": commands}


def generated(text: str) -> str:
    """`text` with every part between its two markers written afresh."""
    for name, make in PARTS.items():
        pattern = rf"(<!-- {name}: [^>]*-->\n).*?(<!-- end of {name} -->)"
        text, count = re.subn(
            pattern, lambda m, made=make: f"{m[1]}\n{made()}\n\n{m[2]}", text, flags=re.DOTALL
        )
        if count != 1:
            raise SystemExit(f"README.md has {count} places for {name}, not one")
    return text


if __name__ == "__main__":
    before = README.read_text(encoding="utf-8")
    after = generated(before)
    if "--check" in sys.argv[1:]:
        drawn_before = CHART.read_text(encoding="utf-8")
        man_before = MAN.read_text(encoding="utf-8")
        is_old = after != before or page() != man_before or chart() != drawn_before
        sys.exit("README.md is out of date: run `make readme`" if is_old else 0)
    README.write_text(after, encoding="utf-8")
    MAN.write_text(page(), encoding="utf-8")
    CHART.write_text(chart(), encoding="utf-8")
