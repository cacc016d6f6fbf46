"""Moving secrets out of the configuration file.

move.py    moves those of one configuration
dialog.py  asks where one is to be kept; dialog.tcss: its styles
"""
