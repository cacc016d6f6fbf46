"""Help, and the command palette.

keys.py     every key of a screen; keys.tcss: its styles
palette.py  finding a command, or a theme, by typing part of its name; palette.tcss: its styles
"""
