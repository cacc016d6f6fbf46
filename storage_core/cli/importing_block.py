"""Makes configurations of a block of credentials pasted at `storage create`, after asking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage_core.cli import output
from storage_core.cli.entries import saved_as_json
from storage_core.cli.importing_questions import ask
from storage_core.cli.importing_report import as_json_value, report, show
from storage_core.cli.importing_writing import offer_test, written
from storage_core.importing.pasted import found_in
from storage_core.importing.planning import planned

if TYPE_CHECKING:
    from storage_core.cli.pasting import Block
    from storage_core.config.file import ConfigFile
    from storage_core.config.model.entries import Configurations


def import_block(
    file: ConfigFile, block: Block, configurations: Configurations, *, as_json: bool
) -> None:
    """Show the configurations in a block, ask for the rest, and write them."""
    plans = planned(found_in(block), configurations)
    show(plans, ())
    wanted = ask(plans, configurations, choose=True, name=True)
    saved = written(file, wanted)
    if as_json:
        one = saved_as_json(file.load(), saved[0].name or "") if len(saved) == 1 else None
        output.emit_json(one or as_json_value(file, plans, (), saved))
        return
    report(file, wanted, saved)
    if saved:
        offer_test(saved)
