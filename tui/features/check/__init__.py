"""The connection test of a storage.

dialog.py    the checklist, filled in step by step; dialog.tcss: its styles
commands.py  its commands
"""
