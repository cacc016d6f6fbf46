"""A table that draws only the rows on screen, with a cursor, chosen rows and groups.

widget.py  the table
layout.py  what a feature says about its rows: columns, cells, heads of groups
looks.py   how text in cells looks
"""

from tui.kit.table.layout import Cell, Keyed, Layout, Piece
from tui.kit.table.looks import LOOKS, TINTS, chip, chip_look
from tui.kit.table.widget import Table

__all__ = ["LOOKS", "TINTS", "Cell", "Keyed", "Layout", "Piece", "Table", "chip", "chip_look"]
