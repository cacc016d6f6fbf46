"""Earlier versions of the configuration file.

restore.py  brings a version back
dialog.py   the list of versions; dialog.tcss: its styles
"""
