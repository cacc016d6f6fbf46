"""How much a store holds, and which blobs are old enough to be deleted.

    usage.py   blobs and bytes by folder and by age
    prune.py   deletes the blobs of the two kinds that are older than a time

Nothing here asks a person or prints; what takes long is a generator that reports its progress.
"""
