"""The form of one storage configuration, and the choice of its type.

picker.py           the types to choose from; picker.tcss: its styles
screen.py           the form; screen.tcss: its styles
commands.py         the commands of both, declared
entered.py          the values entered; saving.py: writes them to the file
filling.py          fills several fields from a pasted block of credentials
offering.py         offers the names of buckets that the server lists
conflict.py         asks which version to keep after a conflict; conflict.tcss: its styles
field.py            what all fields have in common; fields.py: chooses the field for a setting
text_fields.py      fields to type in
choice_fields.py    fields to choose in
reference_field.py  a value that can be a reference to where it is kept
sight.py            keeps the field with the focus visible, and its help beside it
lines.py            the lines of the form that are not fields
"""
