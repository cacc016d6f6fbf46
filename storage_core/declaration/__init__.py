"""What a storage type declares once, and everything that is made from the declaration.

    setting.py        one setting: its label, help, form and checks
    configuration.py  the base class of all storage types
    checks.py         what makes a value of a setting right
    cautions.py       what looks like a mistake in settings that may be saved all the same
    table.py          settings as read from a file: light, for workers (no pydantic)
    validation.py     settings as typed by people or passed by programs (pydantic, full strength)
    schema.py         the JSON Schema of the configuration file
    suggestions.py    values that a form offers: AWS regions and profiles
    display.py        settings as shown: secrets masked, references as they are

The storage types themselves are one floor up, in `storage_core.types`.
"""
