"""Declaring a storage type once, and everything that is made from the declaration.

    setting.py        one setting: its label, help, form and checks
    configuration.py  the base class of all storage types
    checks.py         checks of a setting's value
    cautions.py       what looks like a mistake but may be saved
    addresses.py      cautions about addresses: plain text, a bucket named twice
    table.py          settings read from a file: light, for workers (no pydantic)
    faults.py         what is wrong with settings, and which one was meant
    validation.py     settings typed by people or passed by programs (pydantic)
    schema.py         the JSON Schema of the configuration file
    suggestions.py    values that a form offers: AWS regions and profiles
    display.py        settings for display: secrets masked, references as they are
    tables.py         which parts of a table such as Options may be shown

The storage types themselves are one floor up, in `storage_core.types`.
"""
