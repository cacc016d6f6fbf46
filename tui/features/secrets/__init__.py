"""Moving secrets out of the configuration file.

open.py    moves those of one configuration, for other features
dialog.py  asks where one is to be kept; dialog.tcss: its styles
"""
