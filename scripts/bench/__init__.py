"""How fast it is, beside what one would otherwise use: ratios, measured in one run; `make bench`.

    __main__.py   the table, section by section
    measure.py    one sample: a whole process, or a call in this one; A B A B …
    table.py      samples as lines of the table
    stage.py      a home of its own, and configuration files to measure with
    cold.py       whole processes: Local Storage, S3, `storage ls`
    warm.py       calls in one process: blobs, reading the file, editing it
    app.py        the app: its first paint, and how long it keeps the event loop
    terminal.py   a process in a terminal of its own
    callbacks.py  run by app.py as a process: every callback of the event loop, timed
    programs/     what runs as a whole process, ours and the others'

Nothing here fails because something is slow: machines differ, and the same one from hour to hour.
"""
