"""The configuration file: read by thousands of workers, edited with care.

file.py         `ConfigFile`: load, add, update, rename, delete, set the default
transaction.py  the file under its lock: look at it, change it, save it as one step
own_files.py    files that must not be overwritten

model/    names, configurations, problems: what the file says
toml/     TOML text: reading it, finding things in it, editing it
saving/   locking the file and replacing it
history/  earlier versions of the file
secrets/  secrets in the file, and moving them out
"""
