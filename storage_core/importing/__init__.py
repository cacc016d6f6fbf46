"""Configurations of other tools, as ours: what is found, and what of it would be new.

    found.py      one entry of another tool, and what it would become
    sources/      a module for each tool, which reads its files and nothing else
    files.py      their files as text, INI and JSON, and what is wrong with them
    planning.py   what of it is there already, and which names are free
    adding.py     what is wanted of it, added to a transaction

Nothing here asks a person or opens the configuration file.
"""
