"""Earlier versions of the configuration file.

open.py    brings one back, for other features
dialog.py  the list of them; dialog.tcss: its styles
"""
