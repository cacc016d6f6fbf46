"""The form of one storage configuration, and the choice of its type.

picker.py           the types to choose from; picker.tcss: its styles
screen.py           the form; screen.tcss: its styles
commands.py         what one can do in both, declared
entered.py          what is entered; saving.py: how it gets into the file
filling.py          a pasted block of credentials, taken apart
offering.py         the names of buckets, as the server lists them
conflict.py         both versions of what changed in the file meanwhile; conflict.tcss: its styles
field.py            what all fields have in common; fields.py: the one that suits a setting
text_fields.py      fields in which one types
choice_fields.py    fields in which one chooses
reference_field.py  a value that can be a reference to where it is kept
sight.py            the field with the focus in sight, its help beside it
lines.py            the lines of the form that are no fields
"""
