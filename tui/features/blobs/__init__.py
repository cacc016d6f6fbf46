"""The blobs of one storage.

screen.py    the list; screen.tcss: its styles
commands.py  what one can do with them, declared; acting.py: what these commands do
table.py     how blobs are listed; folders.py: the line above, which folder is shown
explained.py what help says about both
notices.py   what is said where there are none
preview.py   what is in a blob; preview.tcss: its styles
download.py  where a blob is to be written; download.tcss: its styles
"""
