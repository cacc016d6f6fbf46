"""What a person can do in the app, a folder for each feature.

configurations/  the first screen: the list and the details
form/            the form of one configuration, and the choice of its type
secrets/         where a secret is to be kept
check/           the connection test, step by step
blobs/           the blobs of one storage: listed, previewed, downloaded, deleted
versions/        the kept versions of the file
help/            every key of a screen; finding a command, or a theme, by typing part of its name
"""
