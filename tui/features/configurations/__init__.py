"""The first screen: the list of configurations, and the details of one.

screen.py    the screen; screen.tcss: its styles
commands.py  what one can do there, declared; why_not.py: what cannot work now, and why
rows.py      which rows are shown; table.py: how; signs.py: the signs before a name; groups.py: in
             which groups; standing.py: how the last test of each ended; detail.py: everything about
             one of them
explained.py what help says about its parts
room/        what is known of it, below the list: its tests, its newest blobs, its secrets
welcome.py   what is said where there are no rows
listed.py    what these commands work with:
             editing.py  the form: new, edit
             changes.py  duplicate, rename, delete, default, undo, redo
             testing.py  test, test all
             several.py  delete, tag (tags.py, tags.tcss: the dialog) and copy the IDs of several
             sharing.py  import, export
             file.py     the whole file: the editor, its permissions, reading it again
"""
