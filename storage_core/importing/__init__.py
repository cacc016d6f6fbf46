"""Imports configurations of other tools: finds them, and tells which of them would be new.

    found.py      an entry of another tool, and the configuration that it would become
    sources/      a module for each tool, which only reads its files and variables
    files.py      reads text, INI, JSON and YAML files, and reports mistakes in them
    planning.py   which entries exist already, and which names are free
    adding.py     adds the chosen entries to a transaction

Nothing here asks a person or opens the configuration file.
"""
