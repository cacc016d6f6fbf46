"""The screens of the app, each with its styles beside it.

base.py            what all full screens have in common, and what all dialogs have
configurations.py  the first screen: the list and the details; its commands are in
                   changes.py, safekeeping.py, testing.py, browsing.py, filtering.py,
                   open_file.py
welcomes.py        what it says where there are no configurations
picker.py          the storage types, for a new configuration
form.py            the form of one; saving.py: what is done with what is entered
conflict.py        both versions of one that changed in the file meanwhile
probe.py           the connection test, step by step
versions.py        the kept versions of the file
move.py            where a secret is to be kept
browse.py          the blobs of one storage; notices.py: what it says where there are none;
                   blob_filter.py: finding some of them
preview.py         what is in a blob; blob.py: the commands that it shares with browse.py
download.py        where a blob is to be written
ask.py             questions: a choice, a name
palette.py         finding a command, or a theme, by typing part of its name
help.py            every key of a screen
"""
