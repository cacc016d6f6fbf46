"""What screens are made of.

bars.py                 the line above says where one is, the line below what one can do
backdrop.py             the screen below a dialog, dimmed
table.py                a table that draws only the rows on screen; columns.py: how wide they are
configuration_table.py  the list of configurations; filter_line.py: the line above it
detail.py               everything about one of them
blob_table.py           the list of blobs, and the lines above and below it
pager.py                lines that scroll: the preview of a blob
fields.py               the field of a form that suits a setting; field.py: what all have in common
text_fields.py          fields in which one types; line_input.py: one line of them
choice_fields.py        fields in which one chooses
reference_field.py      a value that can be a reference to where it is kept
secret.py               what is masked while it is typed
menu.py                 lists that open below a field
form_lines.py           the lines of a form that are no fields
"""
