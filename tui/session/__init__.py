"""What the app works on, apart from drawing: no module here imports Textual.

session.py     the value that all screens share: what is in the file, and what is being done
workspace.py   the configuration file: reading it, and every change to it
snapshot.py    its content at one moment, row by row
undo.py        undo and redo of its changes
versions.py    earlier versions of it; differences.py: what was changed between two
blocks.py      a pasted block of credentials as settings
draft.py       what a form holds before it is saved; table_text.py: its tables as lines
checks.py      how a connection test ended; results.py: the last ones of each configuration
store.py       the blobs of one storage; listing.py: what a list of them shows;
               recent.py: the newest of each storage; places.py: folders visited last
keeping.py     where each secret of a configuration is kept; sources.py: the possible places
download.py    a blob on its way into a file; many.py: several blobs at once
preview/       what a blob looks like
imports.py     what can be imported, row by row; completing.py: completes a path being typed
exports.py     configurations on their way to other tools
search.py      what a filter matches
quantities.py  sizes, ages and durations as people read them
editor.py      running the person's own text editor
state.py       what the app remembers about itself
background.py  blocking work in threads
garbage.py     when Python looks for garbage
"""
