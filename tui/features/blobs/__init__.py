"""The blobs of one storage.

screen.py    the list; screen.tcss: its styles
commands.py  the commands, declared; acting.py: what they do with one blob
several.py   what they do with several blobs; deleting.py: the question before blobs are deleted
catalogue.py lists, filters and sorts the blobs
progress.py  a dialog with the progress of work on several blobs; progress.tcss: its styles
table.py     how rows are drawn; looks.py: letters, colours and bars; crumbs.py: the path above
folders.py   the line above the list that says which blobs are shown
explained.py what help says about the list and the preview
goto.py      a dialog in which a path is typed; goto.tcss: its styles
notices.py   what is shown when there are no blobs
view.py      draws the content of a blob; beside.py: the preview beside the list
preview.py   the preview on the whole screen; preview.tcss: its styles
download.py  a dialog that asks where to write a blob; download.tcss: its styles
"""
