"""How bytes move: one backend for each kind of place, all behind the interface in `base.py`.

    base.py          the interface, and what each backend promises
    local.py         folders of this machine; standard library only, like base.py
    kv/              the KV protocol and its client
    s3.py  gcs.py  azure.py    buckets and containers; s3_session.py has S3's connections
    filesystem.py    from a URL to the backend for it
    fsspec_files.py  all other file systems that fsspec knows; by fsspec_calls.py,
                     fsspec_drivers.py, fsspec_entries.py
    ftp.py  sftp.py  webdav.py    what these lack in fsspec; transfers.py is FTP's and SFTP's

What the remote ones share:

    remote.py        deadline, retries, error messages, threads and forks, for all with a driver
    connection.py    a driver that is built when it is needed, and closed
    retry.py         the one retry policy and the one deadline
    translate.py     what kind of failure an exception is; failures.py: what it is called
    stream.py        a blob as a file for reading
    io_loop.py       the event loop on a thread; worker.py: blocking calls off it
    files.py         the caller's own files
"""
