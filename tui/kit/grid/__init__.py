"""A grid: a table with a cursor on one cell, which scrolls both ways below its head.

widget.py  the grid, which draws only the lines on screen
cells.py   its content: columns and cells
span.py    which columns are visible, and how wide they are
under.py   the lines below with the whole value of the cell under the cursor
"""

from tui.kit.grid.cells import Cells, Heading
from tui.kit.grid.widget import CellGrid

__all__ = ["CellGrid", "Cells", "Heading"]
