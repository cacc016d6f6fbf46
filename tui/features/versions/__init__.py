"""Earlier versions of the configuration file.

restore.py  brings one back
dialog.py   the list of them; dialog.tcss: its styles
"""
