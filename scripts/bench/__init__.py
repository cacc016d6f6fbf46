"""The speed of Storage beside that of the alternatives: ratios of medians, measured in one run.

    __main__.py   the table, section by section; `make bench`, `make bench-full`
    measure.py    one sample: a whole process, or a call in one that stays; in turn, A B A B …
    launcher.py   run as a process: starts the programs that are measured
    figures.py    a line of the table; kept as JSON in docs/
    table.py      figures as lines, for the terminal and the documentation
    chart.py      figures as a picture, for the README and the documentation
    stage.py      a home of its own, and configuration files to measure with
    servers.py    the servers to measure on, and how each program finds them
    link.py       run as a process: a link with delay
    listing_server.py, sink_server.py   the part of S3 that a listing or a large blob needs
    cold.py       whole processes: Local Storage, the clouds, `storage ls`
    warm.py       processes that stay: one blob, many blobs, the disk, the configuration file
    large.py      what takes minutes: 1 GiB, a listing of 100,000 blobs
    growth.py     from 1 to 100,000 blobs, from 1 KiB to 10 GiB; docs/growth.md
    app.py        the app: its first paint, and how long it keeps the event loop
    terminal.py   a process in a terminal of its own
    callbacks.py  run by app.py as a process: times every callback of the event loop
    alternatives/ the packages in .venv-bench, where ours and the alternatives run
    programs/     the programs that run as processes, of ours and of the alternatives

Nothing here fails because something is slow: machines differ, and the same one from hour to hour.
"""
