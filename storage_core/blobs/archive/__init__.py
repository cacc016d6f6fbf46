"""Flow code, a script or a folder, as one tar: equal content has equal bytes on every machine.

saving.py       from the folder to the blob; loading.py back again
folder.py       which files there are, by the ignore files, and what is refused
ignoring.py     the ignore files, as git reads them
suspects.py     files that look like secrets
names.py        which names an archive may hold together
tar.py          the bytes of a tar: written in one way only, and only that is read
unpacking.py    a new folder, filled beside its target and then moved there
"""
