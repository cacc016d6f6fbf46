"""How much a store holds, and what of it is old enough to go.

    usage.py   blobs and bytes by folder and by age
    prune.py   deletes the blobs of the two kinds that are older than a time

Nothing here asks a person or prints; what takes long is a generator that tells how far it is.
"""
