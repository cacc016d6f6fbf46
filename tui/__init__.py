"""The full-screen app: `tui.app.StorageApp`. It knows `storage_core`, and nothing else.

app.py         the app: theme, keys, crash output; opens the first screen
workspace.py   the configuration file as the app works on it: reads, changes, undo and redo
snapshot.py    what is in it at one moment, row by row
history.py     what undo and redo know of its changes
versions.py    earlier versions of that file
draft.py       what a form holds before it is saved; table_text.py: its tables as lines
commands.py    every command, declared once: bindings, footer, help and palette come from it
keymap.py      `[app.keys]` of the configuration file
editor.py      the person's own text editor: which it is, how it is told a line
typed.py       keys, each given to where the one before it has led
flow.py        what a command does when it takes more than a moment
blobs.py       the blobs of one storage: listed, arranged; download.py and preview.py: one of them
background.py  blocking work in threads that never hold up leaving the app
warm.py        what the first key would otherwise wait for
garbage.py     when Python looks for garbage: never while somebody waits
theme.py       our colours; text.py, quantities.py: text, sizes and times fit for drawing
restyle.py     another theme, a step at a time
state.py       theme and sort order, in a file of their own
screens/       one screen each, its styles beside it
widgets/       what screens are made of
"""
