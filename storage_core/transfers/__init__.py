"""Blobs from one store into another: what is not there yet, each verified.

transfer.py   `transfer`: checks, and then yields what happens
plan.py       which blobs there are to copy, by the listings of both stores
overlap.py    whether the two lead to one place
copying.py    one blob: sent, read back, or compared with what is there
streams.py    files that hash what passes
task.py       many blobs, copied where an executor wants them to be
running.py    tasks through an executor, with few of them open
threads.py    the executor that is used where there is no other
clusters.py   executors of Dask and of Ray
events.py     what is told
"""
