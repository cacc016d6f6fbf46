"""The connection test of a storage.

dialog.py    the checklist that fills in, step by step; dialog.tcss: its styles
commands.py  what one can do there
"""
