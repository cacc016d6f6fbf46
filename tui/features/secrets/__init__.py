"""Moving secrets out of the configuration file.

move.py    moves the secrets of one configuration
dialog.py  asks where to keep a secret; dialog.tcss: its styles
"""
