"""The blobs of one storage.

screen.py    the list; screen.tcss: its styles
commands.py  what one can do with them, declared; acting.py: what these commands do
catalogue.py what is listed, and what of that is shown in which order
several.py   what they do with several blobs; deleting.py: the question before
progress.py  how far that is; progress.tcss: its styles
table.py     how blobs are listed; looks.py: letters, colours and bars; crumbs.py: the path above
folders.py   the line above, which blobs are shown
explained.py what help says about both
goto.py      where a path is typed; goto.tcss: its styles
notices.py   what is said where there are none
view.py      what is in a blob; beside.py: beside the list
preview.py   the same on the whole screen; preview.tcss: its styles
download.py  where a blob is to be written; download.tcss: its styles
"""
