"""Configurations in the words of other tools, to copy or to write to a file.

dialog.py    the forms, and what each comes to; dialog.tcss: its styles
saving.py    asks for the file
commands.py  what can be done
"""
