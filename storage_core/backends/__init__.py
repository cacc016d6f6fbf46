"""How bytes move: one backend for each kind of place, all behind the interface in `base.py`.

base.py          the interface over paths, and what each backend promises
entries.py       what it tells about blobs
checked.py       a backend that checks paths first; read_only.py: one that refuses to write
source.py        what is put: an open file of the caller
local/           folders of this machine; standard library only
remote/          what is reached over a network, whatever the driver:
    backend.py       the interface; reading.py, writing.py and stream.py have parts of it
    listing.py       pages side by side; spans.py: where to divide; ranges.py: parts of a large blob
    driver.py        what a driver provides: one attempt at each operation
    policy.py        a call made of attempts; retry.py: when it is tried again
    runner.py        how calls are run: on_loop.py for libraries that are asynchronous, on the event
                     loop of io_loop.py; blocking.py for requests of our own, where they are made
    limit.py         the time limit of a call that blocks; threads.py: threads for blocking calls;
                     lock.py: a lock that a forked child finds open
    way.py           a driver, its secrets, and what its failures mean
    connection.py    the session with a place: opened when needed, closed when not
    faults.py        what kind of failure an exception is; messages.py: what people are told
    broken.py        how a connection broke, in the same words for every library
    network.py       proxies and certificates; hindrance.py: which of them was in the way
    io_loop.py       the event loop on a thread; worker.py: blocking calls off it
drivers/         one folder for each library, and direct/ without any; clouds/: what the two engines
                 of a cloud share
filesystem.py    from a URL to the backend for it
"""
