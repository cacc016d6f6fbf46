"""Copies the blobs that a store lacks from another one, and verifies each.

transfer.py   `transfer`: checks, and then yields what happens
plan.py       which blobs to copy, by the listings of both stores
overlap.py    whether the two stores lead to one place
copying.py    one blob: sent and read back, or compared with the existing one
streams.py    files that hash what passes through them
task.py       several blobs, copied in whatever process an executor chooses
running.py    tasks through an executor, with few of them open
threads.py    the executor that is used if none is given
clusters.py   executors of Dask and of Ray
events.py     the events that a transfer yields
"""
