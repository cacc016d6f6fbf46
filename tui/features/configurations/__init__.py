"""The first screen: the list of configurations, and the details of one of them.

screen.py    the screen; screen.tcss: its styles
commands.py  its commands, declared; why_not.py: why one of them cannot work now
rows.py      which rows are shown; groups.py: in which groups; outcomes.py: how the last test of
             each ended; table.py: how rows are drawn; signs.py: the signs before a name
detail.py    everything about one configuration
explained.py what help says about its parts
room/        the panes below the list: tests, newest blobs and secrets of one configuration
welcome.py   what is shown when there are no rows
listed.py    what these commands work with:
             editing.py  the form: new, edit
             changes.py  duplicate, rename, delete, default, undo, redo
             testing.py  test, test all
             several.py  delete, tag (tags.py, tags.tcss: the dialog) and copy the IDs of several
             sharing.py  import, export
             file.py     the whole file: the editor, its permissions, reading it again
"""
