"""The configuration file: read by thousands, edited with care.

read.py      bytes on disk to plain tables; standard library only
entries.py   plain tables to configurations, with every problem found and its line
problems.py  what a problem is, and those outside of the storage tables
names.py     what a configuration may be called, and how a REF finds it
file.py      `ConfigFile`: load, add, update, rename, delete, set the default
revise.py    what changing settings or a name does to the text
toml.py      what a TOML text says
scan.py      where things stand in a TOML text
edit.py      the one module that edits TOML text; by layout.py, inline.py, values.py, splice.py
replace.py   the one module that locks and replaces the file; by disk.py, failures.py
history.py   the last versions of the file, to be restored
summary.py   what changed between two texts, in a line
forget.py    takes a secret that left the file out of these versions too
audit.py     secrets in the file that others could read, and what cannot be opened
relocate.py  moves a secret out of the file
"""
