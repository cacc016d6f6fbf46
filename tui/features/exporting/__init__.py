"""Configurations in the form of other tools, to copy or to write to a file.

dialog.py    the forms to choose from, and the text of one; dialog.tcss: its styles
saving.py    asks for the file, and writes it
commands.py  the commands, declared
"""
