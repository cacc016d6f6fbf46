"""The configuration file: read by thousands, edited with care.

file.py         `ConfigFile`: load, add, update, rename, delete, set the default
transaction.py  the file under its lock: look at it, change it, save it as one step
own_files.py    files that nothing writes over

model/    names, configurations, problems: what the file says
toml/     TOML text: reading it, finding things in it, editing it
saving/   the lock and the replacing of the file
history/  the last versions of the file
secrets/  secrets in the file, and moving them out
"""
