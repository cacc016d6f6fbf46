"""What a person can do in the app, a folder for each feature; they do not know each other.

configurations/  the first screen: the list and the details
form/            the form of one configuration, and the choice of its type
secrets/         moving secrets out of the file
check/           the connection test, step by step
blobs/           the blobs of one storage: listed, previewed, downloaded, deleted
importing/       configurations of other tools, chosen, named and imported
exporting/       configurations in the form of other tools, to copy or to write to a file
doctor/          what would be used on this machine, and why
versions/        earlier versions of the file
help/            every key of a screen; finding a command, or a theme, by typing part of its name
commands.py      all commands, as `[app.keys]` may name them

They open each other by the names in `tui.app.ROUTES`.
"""
